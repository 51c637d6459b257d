"""What can be set, previews, and plans for several channels by HTTP."""

from micboard_tui.domain.command import SetMute
from tests.api.conftest import CONTROL, WATCH, WRITE, ServedRig
from tests.api.openapi_check import check_answer
from tests.api.test_control import arm

MUTE = {"kind": "set_mute", "channel": 1, "muted": True}
PLAN = "/control/plan"


async def test_who_watches_sees_what_can_be_set(served: ServedRig) -> None:
    answer = await served.send("GET", "/devices/rack-1/controls?channel=1", None, WATCH)
    listed = check_answer(served, answer)["controls"]
    assert ("set_gain", "Use -18 to 42 dB") in [(each["kind"], each["cure"]) for each in listed]
    missing = await served.send("GET", "/devices/rack-1/controls?channel=60", None, WATCH)
    assert check_answer(served, missing)["error"]["code"] == "CHANNEL_NOT_FOUND"


async def test_a_preview_has_what_is_sent_and_the_effect(served: ServedRig) -> None:
    answer = await served.send("POST", "/devices/rack-1/commands/preview", MUTE, CONTROL)
    preview = check_answer(served, answer)["preview"]
    assert preview["messages"] == ["< SET 1 AUDIO_MUTE ON >"]
    assert (preview["command"], preview["class"], preview["confirmations"]) == (MUTE, "sound", 1)
    assert [each.commands for each in served.rig.drivers.values() if each.commands] == []


async def test_a_plan_is_shown_and_carried_out_by_who_has_armed_control(served: ServedRig) -> None:
    wanted = {"purpose": "mute", "channels": [{"device_id": "rack-1", "number": 1}]}
    plan = check_answer(served, await served.send("POST", PLAN, wanted, CONTROL))
    assert [line["preview"]["new"] for line in plan["lines"]] == ["muted"]
    commands = {"commands": [{"device_id": "rack-1", "command": plan["lines"][0]["preview"]["command"]}]}
    refused = await served.send("POST", f"{PLAN}/execute", commands, CONTROL)
    assert check_answer(served, refused)["error"]["code"] == "CONTROL_NOT_ARMED"
    await arm(served)
    assert (await served.send("POST", f"{PLAN}/execute", commands, WRITE)).status_code == 403
    done = check_answer(served, await served.send("POST", f"{PLAN}/execute", commands, CONTROL))
    assert (done["is_complete"], len(done["result"]["done"]), done["result"]["left"]) == (True, 1, 0)
    assert [each.commands for each in served.rig.drivers.values() if each.commands] == [
        [SetMute(1, muted=True)]
    ]


async def test_a_plan_for_all_is_one_without_channels(served: ServedRig) -> None:
    plan = check_answer(served, await served.send("POST", PLAN, {"purpose": "names"}, CONTROL))
    assert plan["lines"]
