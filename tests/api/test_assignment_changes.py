from collections.abc import Sequence

from tests.api.conftest import CONTROL, Sent, ServedRig
from tests.api.openapi_check import check_answer

LEAD = {"device_id": "rack-1", "number": 1}
GUITAR = {"device_id": "rack-1", "number": 2}
NOWHERE = {"device_id": "rack-1", "number": 9}


async def assign(served: ServedRig, name: str = "Ada") -> None:
    answer = await served.post("/assignments", {"channels": [LEAD], "performer": name})
    assert check_answer(served, answer)["assignments"][0]["performer"] == name


async def test_a_performer_is_added_changed_and_removed(served: ServedRig) -> None:
    answer = await served.post("/performers", {"name": "Ada", "role": "lead vocals"})
    performer = check_answer(served, answer)["performer"]
    address = answer.headers["location"]
    assert (answer.status_code, performer["role"], performer["channels"]) == (201, "lead vocals", [])
    assert (await served.client.get(address)).json()["performer"] == performer
    path = address.removeprefix("/api/v1")
    changed = await served.send("PATCH", path, {"note": "in-ears", "role": ""})
    assert check_answer(served, changed)["performer"] == {**performer, "note": "in-ears", "role": None}
    assert check_answer(served, await served.send("DELETE", path))["performer"]["name"] == "Ada"
    assert check_answer(served, await served.client.get(address))["error"]["code"] == "PERFORMER_NOT_FOUND"


async def test_two_performers_of_one_name_are_refused(served: ServedRig) -> None:
    await served.post("/performers", {"name": "Ada"})
    answer = await served.post("/performers", {"name": "ADA"})
    assert (answer.status_code, check_answer(served, answer)["error"]["code"]) == (409, "PERFORMER_EXISTS")


async def test_channels_are_assigned_marked_and_taken_back(served: ServedRig) -> None:
    await assign(served)
    path = "/assignments/rack-1/1"
    marked = await served.send("PATCH", path, {"expected_off": True, "role": "backup", "note": "spare pack"})
    entry = check_answer(served, marked)["assignment"]
    assert (entry["use"], entry["expected_off"], entry["note"]) == ("backup", True, "spare pack")
    numbered = await served.send("PATCH", path, {"mic_number": "7"})
    assert check_answer(served, numbered)["assignment"] == {**entry, "mic_number": "7"}
    await served.send("PATCH", path, {"planned_model": "ULXD2", "planned_pack": "Pack 7"})
    planned = await served.send("PATCH", path, {"planned_model": ""})
    entry = check_answer(served, planned)["assignment"]
    assert (entry["planned_model"], entry["planned_pack"]) == (None, "Pack 7")
    taken = check_answer(served, await served.send("DELETE", path))
    assert (taken["assignment"]["performer"], taken["assignment"]["mic_number"]) == (None, "7")


async def test_one_request_is_one_step_or_none(served: ServedRig) -> None:
    for body in ({"mic_number": "7", "role": "spare"}, {}, {"planned_pack": "a", "note": "b"}):
        answer = await served.send("PATCH", "/assignments/rack-1/1", body)
        assert (answer.status_code, check_answer(served, answer)["error"]["code"]) == (422, "INVALID_VALUE")


async def test_a_warning_says_what_a_person_should_know(served: ServedRig) -> None:
    await assign(served)
    answer = await served.post("/assignments", {"channels": [LEAD], "performer": "Bob"})
    assert "Ada" in check_answer(served, answer)["warning"]


async def test_a_performer_is_swapped_to_a_spare(served: ServedRig) -> None:
    await assign(served)
    answer = await served.post("/swap", {"channel": LEAD, "spare": GUITAR})
    spare = check_answer(served, answer)["assignment"]
    assert (spare["performer"], spare["number"]) == ("Ada", 2)
    left = await served.client.get("/api/v1/assignments/rack-1/1")
    assert check_answer(served, left)["assignment"]["expected_off"] is True


async def test_each_user_undoes_their_own_steps(served: ServedRig) -> None:
    await assign(served)
    await served.send("POST", "/performers", {"name": "Bob"}, CONTROL)
    undone = check_answer(served, await served.post("/undo"))["step"]
    assert (undone["text"], undone["actor"]) == ("Lead Vox assigned to Ada", "Wanda")
    assert check_answer(served, await served.post("/redo"))["step"] == undone
    steps = [event for event in served.rig.events.kept if event.kind.value == "step"]
    assert {event.actor for event in steps} == {"Wanda", "Carla"}
    assert check_answer(served, await served.post("/redo"))["error"]["code"] == "NOTHING_TO_REDO"


MISSING: Sequence[tuple[str, str, Sent]] = (
    ("GET", "/assignments/rack-1/9", None),
    ("PATCH", "/assignments/rack-9/1", {"role": "spare"}),
    ("DELETE", "/assignments/rack-1/9", None),
    ("POST", "/assignments", {"channels": [LEAD, NOWHERE], "performer": "Ada"}),
    ("POST", "/swap", {"channel": LEAD, "spare": NOWHERE}),
    ("PATCH", "/performers/none", {"name": "Ada"}),
    ("DELETE", "/performers/none", None),
)


async def test_what_is_not_there_is_not_found(served: ServedRig) -> None:
    await assign(served)
    for method, path, body in MISSING:
        answer = await served.send(method, path, body)
        code = check_answer(served, answer)["error"]["code"]
        assert (answer.status_code, code[-9:]) == (404, "NOT_FOUND"), (method, path)


HOSTILE = ("Ada\x1b[2J", "Ada\u202eevil", "Ada\x00", "A\nB", "\u2066Ada", "")


async def test_names_that_could_harm_a_terminal_are_refused(served: ServedRig) -> None:
    for name in HOSTILE:
        for path, body in (
            ("/performers", {"name": name}),
            ("/assignments", {"channels": [LEAD], "performer": name}),
            ("/locations", {"name": name}),
        ):
            answer = await served.post(path, body)
            error = check_answer(served, answer)["error"]
            assert (answer.status_code, error["code"]) == (422, "INVALID_VALUE"), (path, name)
            assert not any(sign in answer.text for sign in ("\x1b", "\u202e", "\u2066", "\x00"))
    too_long = await served.post("/performers", {"name": "A" * 65})
    assert "64" in check_answer(served, too_long)["error"]["hint"]
