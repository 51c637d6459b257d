from tests.api.conftest import ServedRig


async def test_shows_say_which_is_current(prepared: ServedRig) -> None:
    shows = (await prepared.client.get("/api/v1/shows")).json()["shows"]
    assert [(each["name"], each["is_current"], each["mics"]) for each in shows] == [
        ("Romeo", True, 1),
        ("Tosca", False, 0),
    ]


async def test_a_show_has_its_plot(prepared: ServedRig) -> None:
    document = (await prepared.client.get("/api/v1/shows/romeo")).json()
    assert document["show"]["breaks"] == [{"at_min": 75, "minutes": 20}]
    assert [scene["name"] for scene in document["plot"]["scenes"]] == ["Street", "Hall"]
    assert len(document["plot"]["hand_overs"]) == 1


async def test_a_show_that_is_not_there(prepared: ServedRig) -> None:
    answer = await prepared.client.get("/api/v1/shows/Hamlet")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SHOW_NOT_FOUND")


async def test_the_progress_counts_to_the_break(prepared: ServedRig) -> None:
    prepared.rig.manual_clock.now += 600
    progress = (await prepared.client.get("/api/v1/show")).json()["progress"]
    assert (progress["state"], progress["minutes_to_break"], progress["profile"]) == ("running", 65, "show")


async def test_without_a_show_there_is_no_progress(served: ServedRig) -> None:
    assert (await served.client.get("/api/v1/show")).json() == {"schema": 1, "progress": None}
