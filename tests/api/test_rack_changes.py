from collections.abc import Sequence

from tests.api.conftest import Sent, ServedRig
from tests.api.openapi_check import check_answer


async def test_a_device_is_registered_changed_and_removed_and_comes_back(served: ServedRig) -> None:
    new = {"manufacturer": "shure", "host": "127.0.0.9", "name": "Spare", "location": "Main Stage"}
    answer = await served.post("/devices", new)
    device = check_answer(served, answer)["device"]
    address = answer.headers["location"]
    assert (answer.status_code, device["port"], device["location_id"]) == (201, 2202, "stage")
    assert check_answer(served, await served.client.get(address))["device"] == device
    path = f"/devices/{device['id']}"
    changed = await served.send("PATCH", path, {"out_of_service": True, "name": ""})
    assert check_answer(served, changed)["device"] == {**device, "out_of_service": True, "name": None}
    moved = await served.send("PATCH", path, {"zone": "FOH"})
    assert [check_answer(served, answer)["device"]["zone"] for answer in (changed, moved)] == ["main", "foh"]
    removed = await served.send("DELETE", path)
    assert check_answer(served, removed)["device"]["id"] == device["id"]
    assert (await served.client.get(address)).status_code == 404
    await served.post("/undo")
    assert (await served.client.get(address)).status_code == 200


async def test_a_device_is_put_at_a_location_and_out_of_it(served: ServedRig) -> None:
    answer = await served.send("PUT", "/devices/rack-1/location", {"location_id": "chapel"})
    assert check_answer(served, answer)["device"]["location_id"] == "chapel"
    answer = await served.send("PUT", "/devices/rack-1/location", {"location_id": None})
    assert check_answer(served, answer)["device"]["location_id"] is None


async def test_a_location_is_added_renamed_moved_marked_and_removed(served: ServedRig) -> None:
    answer = await served.post("/locations", {"name": "Attic", "parent": "chapel"})
    made = check_answer(served, answer)["location"]
    assert (answer.status_code, made["parent_id"], made["depth"]) == (201, "chapel", 1)
    path = answer.headers["location"].removeprefix("/api/v1")
    renamed = check_answer(served, await served.send("PATCH", path, {"name": "Loft"}))["location"]
    assert renamed == {**made, "name": "Loft"}
    await served.post("/locations", {"name": "Crypt", "parent": "Chapel"})
    await served.send("PATCH", path, {"position": 1})
    below = [each for each in served.rig.live.locations() if each.parent_id == "chapel"]
    assert max(below, key=lambda each: each.position).name == "Loft"
    moved = check_answer(served, await served.send("PATCH", path, {"parent_id": None}))["location"]
    assert (moved["depth"], moved["parent_id"]) == (0, None)
    marked = await served.send("PATCH", path, {"is_out_of_service": True})
    assert check_answer(served, marked)["location"]["is_out_of_service"] is True
    marked = await served.send("PATCH", path, {"is_rf_zone": True})
    assert check_answer(served, marked)["location"]["is_rf_zone"] is True
    assert check_answer(served, await served.send("DELETE", path))["location"]["name"] == "Loft"
    assert (await served.send("GET", path)).status_code == 404


async def test_one_change_of_a_location_is_made_at_a_time(served: ServedRig) -> None:
    wrong: Sequence[Sent] = (
        {},
        {"name": "A", "is_rf_zone": True},
        {"name": None},
        {"is_rf_zone": "yes"},
        {"depth": 1},
    )
    for body in wrong:
        answer = await served.send("PATCH", "/locations/chapel", body)
        assert (answer.status_code, check_answer(served, answer)["error"]["code"]) == (422, "INVALID_VALUE")


REFUSED: Sequence[tuple[str, str, Sent, int]] = (
    ("POST", "/devices", {"manufacturer": "shure", "host": "127.0.0.1"}, 409),
    ("POST", "/devices", {"manufacturer": "acme", "host": "127.0.0.9"}, 422),
    ("POST", "/devices", {"manufacturer": "shure", "host": "rack.local"}, 502),
    ("POST", "/devices", {"manufacturer": "shure", "host": "bad host"}, 422),
    ("POST", "/devices", {"manufacturer": "shure", "host": "127.0.0.9", "fingerprint": "ab" * 32}, 405),
    ("PATCH", "/devices/rack-1", {"fingerprint": "ab" * 32}, 405),
    ("PATCH", "/devices/rack-9", {"name": "A"}, 404),
    ("PATCH", "/devices/rack-1", {"fingerprint": "zz"}, 422),
    ("DELETE", "/devices/rack-9", None, 404),
    ("GET", "/devices/rack-9/registration", None, 404),
    ("PUT", "/devices/rack-1/location", {"location_id": "attic"}, 404),
    ("PUT", "/devices/rack-9/location", {"location_id": None}, 404),
    ("PUT", "/devices/rack-1/location", {}, 422),
    ("POST", "/locations", {"name": "chapel"}, 409),
    ("POST", "/locations", {"name": "A", "parent": "attic"}, 404),
    ("PATCH", "/locations/attic", {"name": "A"}, 404),
    ("PATCH", "/locations/attic", {"position": 0}, 404),
    ("PATCH", "/locations/chapel", {"parent_id": "chapel"}, 422),
    ("DELETE", "/locations/chapel", None, 409),
    ("DELETE", "/locations/attic", None, 404),
)


async def test_what_cannot_be_done_is_refused_and_changes_nothing(served: ServedRig) -> None:
    for method, path, body, status in REFUSED:
        answer = await served.send(method, path, body)
        assert answer.status_code == status, (method, path, body, answer.text)
        assert check_answer(served, answer)["error"]["message"]
        assert (await served.post("/undo")).status_code == 409, (method, path, body)
