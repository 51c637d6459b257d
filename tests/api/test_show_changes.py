from collections.abc import Sequence

from micboard_tui.domain.show import Show
from tests.api.conftest import Sent, ServedRig
from tests.api.openapi_check import check_answer

LEAD = {"device_id": "rack-1", "number": 1}
NOWHERE = {"device_id": "rack-1", "number": 9}


async def test_a_show_is_started_held_and_ended(served: ServedRig) -> None:
    answer = await served.post("/show/calls", {"action": "start"})
    assert (answer.status_code, check_answer(served, answer)["error"]["code"]) == (409, "NO_SHOW")
    shows = served.rig.built.shows
    await shows.add_show(Show("Romeo"), actor="Wanda")
    await shows.use_show("Romeo", actor="Wanda")
    for action, state in (("start", "running"), ("break", "break"), ("start", "running"), ("end", "ended")):
        answer = await served.post("/show/calls", {"action": action})
        assert check_answer(served, answer)["progress"]["state"] == state
    assert served.rig.events.kept[-1].actor == "Wanda"


async def test_a_call_that_is_not_understood_is_refused(served: ServedRig) -> None:
    wrong: Sequence[Sent] = (
        {"action": "stop"},
        {"action": "extend"},
        {"action": "go"},
        {"action": "next", "scene": "2"},
        {"action": "extend", "minutes": 1e9},
        {"action": "extend", "minutes": "5"},
    )
    for body in wrong:
        assert (await served.post("/show/calls", body)).status_code == 422, body


async def test_a_marker_is_written_down_with_its_user(served: ServedRig) -> None:
    answer = await served.post("/events", {"text": "feedback", "channel": LEAD})
    event = check_answer(served, answer)["event"]
    assert (answer.status_code, event["actor"], event["about"]) == (201, "Wanda", "Rack A/1")
    answer = await served.post("/events", {"text": "rain", "at": "1970-01-12T13:40:00+00:00"})
    assert check_answer(served, answer)["event"]["at"] == 999_600.0
    assert (await served.post("/events", {"text": "lost", "channel": NOWHERE})).status_code == 404
    for body in ({"text": " "}, {"text": "x" * 201}, {"text": "x", "at": "1970-01-12T13:40:00"}):
        assert (await served.post("/events", body)).status_code == 422


async def test_what_could_harm_a_terminal_is_made_visible_in_texts(served: ServedRig) -> None:
    answer = await served.post("/events", {"text": "a\x1b[2Jb\u202ec"})
    assert check_answer(served, answer)["event"]["text"] == "a␛[2Jb\N{REPLACEMENT CHARACTER}c"
    answer = await served.post("/handover", {"text": "one\ntwo\x07"})
    assert check_answer(served, answer)["note"]["text"] == "one\ntwo␇"


async def test_a_note_for_the_next_shift_is_kept(served: ServedRig) -> None:
    answer = await served.post("/handover", {"text": "Pack 7 is slow to sync"})
    note = check_answer(served, answer)["note"]
    assert (answer.status_code, note["by"], note["shown_at"]) == (201, "Wanda", None)
    assert (await served.post("/handover", {"text": ""})).status_code == 422


async def test_lines_are_ticked_by_hand_until_the_check_ends(served: ServedRig) -> None:
    assert (await served.post("/line-check/tick", {"channels": [LEAD]})).status_code == 422
    started = check_answer(served, await served.post("/line-check/start", {}))
    assert (started["started"]["by"], started["good"], started["count"]) == ("Wanda", 0, 3)
    ticked = check_answer(served, await served.post("/line-check/tick", {"channels": [LEAD, LEAD]}))
    assert [line["by_hand"]["by"] for line in ticked["lines"]] == ["Wanda"]
    assert ticked["good"] == 1
    # A button that is pressed again does not forget what was done.
    again = await served.post("/line-check/start", {})
    assert "Wanda" in check_answer(served, again)["error"]["message"]
    unticked = check_answer(served, await served.post("/line-check/untick", {"channels": [LEAD]}))
    assert (unticked["good"], unticked["lines"][0]["is_checked"]) == (0, False)
    await served.post("/line-check/start", {"anew": True})
    assert (await served.post("/line-check/tick", {"channels": [NOWHERE]})).status_code == 404
    assert check_answer(served, await served.post("/line-check/end"))["started"] is None
    assert (await served.post("/line-check/end")).status_code == 422
