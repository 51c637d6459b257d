import pytest

from tests.api.conftest import ServedRig
from tests.api.openapi_check import check_answer


@pytest.mark.parametrize(
    ("record", "method", "path", "body"),
    [
        ("/assignments/rack-1/1", "PATCH", "/assignments/rack-1/1", {"mic_number": "7"}),
        ("/locations/chapel", "PATCH", "/locations/chapel", {"name": "Crypt"}),
        ("/locations/attic", "DELETE", "/locations/attic", None),
        ("/devices/rack-1/registration", "PATCH", "/devices/rack-1", {"name": "FOH"}),
        ("/devices/rack-1/registration", "PUT", "/devices/rack-1/location", {"location_id": None}),
        ("/devices/rack-1/registration", "DELETE", "/devices/rack-1", None),
    ],
)
async def test_a_record_is_changed_only_as_it_was_read(
    served: ServedRig, record: str, method: str, path: str, body: dict[str, object] | None
) -> None:
    if "attic" in path:
        made = await served.post("/locations", {"name": "Attic"})
        record = path = made.headers["location"].removeprefix("/api/v1")
    tag = (await served.send("GET", record)).headers["etag"]
    refused = await served.send(method, path, body, If_Match='"another"')
    assert (refused.status_code, check_answer(served, refused)["error"]["code"]) == (412, "CHANGED_SINCE")
    assert (await served.send("GET", record)).headers["etag"] == tag
    done = await served.send(method, path, body, If_Match=tag)
    check_answer(served, done)
    after = await served.send("GET", record)
    assert (done.status_code, after.headers.get("etag") == tag) == (200, False)
    if body is not None:
        assert done.headers["etag"] == after.headers["etag"]
    assert (await served.send(method, path, body, If_Match=tag)).status_code == (404 if body is None else 412)


async def test_a_performer_is_changed_only_as_it_was_read(served: ServedRig) -> None:
    made = await served.post("/performers", {"name": "Ada"})
    path, tag = made.headers["location"].removeprefix("/api/v1"), made.headers["etag"]
    changed = await served.send("PATCH", path, {"name": "Eva"}, If_Match=tag)
    assert changed.status_code == 200
    assert (await served.send("DELETE", path, If_Match=tag)).status_code == 412
    assert (await served.send("DELETE", path, If_Match=changed.headers["etag"])).status_code == 200


async def test_a_channel_is_taken_from_its_performer_only_as_it_was_read(served: ServedRig) -> None:
    path = "/assignments/rack-1/1"
    tag = (await served.send("GET", path)).headers["etag"]
    lead = {"channels": [{"device_id": "rack-1", "number": 1}], "performer": "Ada"}
    assert (await served.post("/assignments", lead)).status_code == 200
    assert (await served.send("DELETE", path, If_Match=tag)).status_code == 412
    assert (await served.send("DELETE", path, If_Match="*")).status_code == 200


async def test_of_what_is_not_there_nothing_is_compared(served: ServedRig) -> None:
    assert (await served.send("DELETE", "/performers/none", If_Match='"any"')).status_code == 404
