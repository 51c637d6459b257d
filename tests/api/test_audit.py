"""The audit over HTTP: by which token and from where, and only for who may control."""

from tests.api.conftest import CONTROL, WATCH, WRITE, ServedRig
from tests.api.openapi_check import check_answer


async def test_who_may_control_reads_who_did_what_with_which_token(served: ServedRig) -> None:
    served.come_from("10.0.0.7")
    await served.send("POST", "/events", {"text": "It began"}, WRITE)
    await served.send("POST", "/control/arm", {"minutes": 5}, CONTROL)
    answer = await served.send("GET", "/audit", None, CONTROL)
    entries = check_answer(served, answer)["entries"]
    assert [(entry["actor"], entry["text"], entry["result"]) for entry in entries] == [
        ("Carla", "Control armed for 5 min", "done"),
        ("Wanda", "It began", "done"),
    ]
    origins = {(entry["front_end"], entry["token"], entry["address"]) for entry in entries}
    assert origins == {("api", "test", "10.0.0.7")}
    for user in (WATCH, WRITE):
        assert (await served.send("GET", "/audit", None, user)).status_code == 403


async def test_pages_go_back_and_filters_hold(served: ServedRig) -> None:
    for number in range(5):
        await served.send("POST", "/events", {"text": f"Mark {number}"}, WRITE)
    first = check_answer(served, await served.send("GET", "/audit?limit=2", None, CONTROL))
    assert [entry["text"] for entry in first["entries"]] == ["Mark 4", "Mark 3"]
    path = f"/audit?limit=2&cursor={first['next_cursor']}"
    second = check_answer(served, await served.send("GET", path, None, CONTROL))
    assert [entry["text"] for entry in second["entries"]] == ["Mark 2", "Mark 1"]
    found = check_answer(served, await served.send("GET", "/audit?text=mark%203", None, CONTROL))
    assert [entry["text"] for entry in found["entries"]] == ["Mark 3"]
    none = check_answer(served, await served.send("GET", "/audit?actor=Eve", None, CONTROL))
    assert (none["entries"], none["next_cursor"]) == ([], None)
