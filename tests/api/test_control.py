from collections.abc import Mapping, Sequence

from micboard_tui.domain.command_words import COMMAND_KINDS
from tests.api.conftest import CONTROL, WRITE, ServedRig
from tests.api.openapi_check import check_answer, openapi_of
from tests.fakes.users import PASSWORD

COMMANDS = "/devices/rack-1/commands"
GAIN = {"kind": "set_gain", "channel": 1, "gain_db": 12}


async def arm(served: ServedRig, minutes: int = 10) -> None:
    answer = await served.send("POST", "/control/arm", {"minutes": minutes}, CONTROL)
    assert check_answer(served, answer)["armed_until"] is not None


async def test_who_may_control_arms_it_first(served: ServedRig) -> None:
    answer = await served.send("POST", COMMANDS, GAIN, CONTROL)
    error = check_answer(served, answer)["error"]
    assert (answer.status_code, error["code"]) == (403, "CONTROL_NOT_ARMED")
    assert "/api/v1/control/arm" in error["hint"]
    await arm(served)
    answer = await served.send("POST", COMMANDS, GAIN, CONTROL)
    assert check_answer(served, answer)["confirmation"] == {
        "command": GAIN,
        "value": "+12 dB",
        "adapted": False,
    }


async def test_a_command_is_an_event_with_its_user(served: ServedRig) -> None:
    await arm(served)
    await served.send("POST", COMMANDS, GAIN, CONTROL)
    event = served.rig.events.kept[-1]
    assert (event.actor, event.device_id, event.channel) == ("Carla", "rack-1", 1)
    assert event.text == "Gain set to 12 dB"


async def test_arming_disarming_and_its_end_are_events_with_their_user(served: ServedRig) -> None:
    await arm(served)
    await served.send("POST", "/control/disarm", None, CONTROL)
    await served.send("POST", "/control/disarm", None, CONTROL)
    await arm(served, 1)
    served.rig.manual_clock.now += 60.5
    armed_until = served.rig.clock() - 0.5
    await served.rig.users.arming.end_expired()
    events = [event for event in served.rig.events.kept if "control" in event.details]
    assert [(event.text, event.actor, event.details["control"]) for event in events] == [
        ("Control armed for 10 min", "Carla", "armed"),
        ("Control disarmed", "Carla", "disarmed"),
        ("Control armed for 1 min", "Carla", "armed"),
        ("Arming of control ended by itself", "Carla", "expired"),
    ]
    assert events[-1].at >= armed_until
    answer = await served.send("GET", "/events?kind=step", None, CONTROL)
    listed = check_answer(served, answer)["events"]
    assert next(event["text"] for event in listed if event["actor"] == "Carla") == events[-1].text


async def test_arming_ends_by_itself_by_hand_and_with_the_session(served: ServedRig) -> None:
    await arm(served, 1)
    served.rig.manual_clock.now += 60.0
    assert (await served.send("POST", COMMANDS, GAIN, CONTROL)).status_code == 403
    await arm(served)
    await served.send("POST", "/control/disarm", None, CONTROL)
    assert (await served.send("POST", COMMANDS, GAIN, CONTROL)).status_code == 403
    await served.client.post("/api/v1/session", json={"name": "Carla", "password": PASSWORD})
    await arm(served)
    await served.client.delete("/api/v1/session")
    assert (await served.send("POST", COMMANDS, GAIN, CONTROL)).status_code == 403


async def test_each_user_arms_for_themselves_and_only_who_may_control(served: ServedRig) -> None:
    await arm(served)
    assert (await served.send("POST", COMMANDS, GAIN, WRITE)).status_code == 403
    assert (await served.send("POST", "/control/arm", {"minutes": 10}, WRITE)).status_code == 403


async def test_control_is_armed_for_an_hour_at_most(served: ServedRig) -> None:
    for minutes in (0, 61, 1.5, "10", True, None):
        answer = await served.send("POST", "/control/arm", {"minutes": minutes}, CONTROL)
        assert (answer.status_code, check_answer(served, answer)["error"]["code"]) == (422, "INVALID_VALUE")


async def test_every_command_can_be_asked_for_and_no_other(served: ServedRig) -> None:
    schemas = openapi_of(served)["components"]["schemas"]
    kinds = {
        schema["properties"]["kind"]["const"]
        for name, schema in schemas.items()
        if name.endswith("Request") and "kind" in schema["properties"]
    }
    assert kinds == set(COMMAND_KINDS)
    await arm(served)
    for body in (
        {"kind": "factory_reset"},
        {"kind": "reboot"},
        {**GAIN, "force": True},
        {"kind": "set_mute"},
    ):
        assert (await served.send("POST", COMMANDS, body, CONTROL)).status_code == 422


REFUSED: Sequence[tuple[str, Mapping[str, object], int]] = (
    ("/devices/rack-9/commands", GAIN, 404),
    (COMMANDS, {**GAIN, "channel": 5}, 404),
    (COMMANDS, {**GAIN, "gain_db": 61}, 422),
    (COMMANDS, {"kind": "set_channel_name", "channel": 1, "name": "a\x1b[2Jb"}, 422),
    (COMMANDS, {"kind": "set_frequency", "channel": 1, "frequency_khz": 482_126}, 422),
)


async def test_what_cannot_be_done_is_refused_with_its_reason(served: ServedRig) -> None:
    await arm(served)
    for path, body, status in REFUSED:
        answer = await served.send("POST", path, body, CONTROL)
        error = check_answer(served, answer)["error"]
        assert (answer.status_code, bool(error["hint"])) == (status, True), (body, error)
