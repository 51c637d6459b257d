from tests.api.conftest import ServedRig


async def test_locations_stand_with_what_they_lie_in(served: ServedRig) -> None:
    made = await served.services.locations.create("Wings", parent="Main Stage", actor="Ada")
    assert made.success
    listed = (await served.client.get("/api/v1/locations")).json()["locations"]
    assert [(each["name"], each["parent_id"], each["depth"]) for each in listed] == [
        ("Main Stage", None, 0),
        ("Wings", "stage", 1),
        ("Chapel", None, 0),
    ]


async def test_a_summary_counts_what_is_known_now(served: ServedRig) -> None:
    by_id = (await served.client.get("/api/v1/locations/stage/summary")).json()
    assert (await served.client.get("/api/v1/locations/main stage/summary")).json() == by_id
    counts = by_id["counts"]
    assert (counts["devices"], counts["devices_online"], counts["channels"]) == (2, 1, 2)
    assert (counts["live"], counts["low_battery"], counts["unknown_battery"]) == (2, 1, 0)
    chapel = (await served.client.get("/api/v1/locations/chapel/summary")).json()["counts"]
    assert (chapel["low_battery"], chapel["unknown_battery"]) == (0, 1)


async def test_an_unknown_location_has_no_summary(served: ServedRig) -> None:
    answer = await served.client.get("/api/v1/locations/attic/summary")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "LOCATION_NOT_FOUND")
