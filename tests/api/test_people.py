from tests.api.conftest import ServedRig


async def test_performers_stand_by_name_with_their_channels(prepared: ServedRig) -> None:
    first = (await prepared.client.get("/api/v1/performers?limit=1")).json()
    assert [each["name"] for each in first["performers"]] == ["Ada"]
    cursor = first["next_cursor"]
    last = (await prepared.client.get(f"/api/v1/performers?limit=1&cursor={cursor}")).json()
    (ben,) = last["performers"]
    assert (ben["name"], last["next_cursor"]) == ("Ben", None)
    assert [(use["device"], use["number"], use["mic_number"]) for use in ben["channels"]] == [
        ("Rack A", 1, "7")
    ]


async def test_assignments_stand_in_rack_order(prepared: ServedRig) -> None:
    document = (await prepared.client.get("/api/v1/assignments")).json()
    listed = [(use["performer"], use["channel"], use["mic_number"]) for use in document["assignments"]]
    assert listed == [("Ben", "Lead Vox", "7"), (None, "Guitar", "8")]


async def test_assignments_of_one_performer(prepared: ServedRig) -> None:
    document = (await prepared.client.get("/api/v1/assignments?performer=bEN")).json()
    assert [use["number"] for use in document["assignments"]] == [1]
    assert (await prepared.client.get("/api/v1/assignments?performer=Ada")).json()["assignments"] == []


async def test_a_cursor_that_is_gone_is_named(prepared: ServedRig) -> None:
    answer = await prepared.client.get("/api/v1/performers?cursor=nobody")
    assert (answer.status_code, answer.json()["error"]["details"]) == (422, {"cursor": "not known"})
