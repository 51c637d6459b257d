"""Control from the board: arming, one setting with its preview, and plans for several channels."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetFrequency,
    SetGain,
    SetMute,
)
from micboard_tui.tui.flows.arm_control import DISARMED_ELSEWHERE
from micboard_tui.tui.screens.control_dialogs import CommandPlanDialog, CommandPreviewDialog
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.progress_dialog import ProgressDialog
from tests.tui.flows.flow_stage import FlowStage, Selected, flow_stage, vox

LINES = ("Mute", "Gain", "Name", "Frequency", "Group, channel", "RF of slot 1", "Device name", "Identify")


def sent(stage: FlowStage) -> list[Command]:
    return [command for driver in stage.rig.drivers.values() for command in driver.commands]


def line(title: str) -> Callable[[ListDialog], Awaitable[int]]:
    """Takes the line that begins so."""

    async def take(dialog: ListDialog) -> int:
        return next(number for number, text in enumerate(dialog.lines) if str(text).startswith(title))

    return take


async def do_work(dialog: ProgressDialog[Any]) -> object:
    return await dialog.do_work(lambda _: None)


async def arm(stage: FlowStage) -> None:
    stage.answer(line("10 minutes"))
    await stage.flows.arm_control.run()
    stage.messages.texts.clear()


async def test_without_armed_control_keys_say_how_to_arm_it() -> None:
    async with flow_stage() as stage:
        await stage.flows.control_device.run(Selected(vox(1)))
        await stage.flows.control_plan.run(Selected(vox(1)))
        assert stage.messages.texts == ["Control is not armed. C arms it."] * 2
        assert stage.dialogs.screens == []


async def test_control_is_armed_for_some_minutes_and_disarmed_by_the_same_key() -> None:
    async with flow_stage() as stage:
        stage.answer(line("20 minutes"))
        await stage.flows.arm_control.run()
        assert stage.flows.arm_control.is_armed
        assert stage.messages.texts[0].startswith("Control is armed until ")
        await stage.flows.arm_control.run()
        assert not stage.flows.arm_control.is_armed
        assert stage.messages.texts[1] == "Control is disarmed."
        stage.flows.arm_control.report_end()
        assert len(stage.messages.texts) == 2


async def test_that_the_time_is_over_is_reported_once() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.flows.arm_control.report_end()
        stage.rig.manual_clock.now += 601
        stage.flows.arm_control.report_end()
        stage.flows.arm_control.report_end()
        assert stage.messages.texts == ["The time is over: control is disarmed."]


async def test_arming_can_be_left() -> None:
    async with flow_stage() as stage:
        stage.answer(None)
        await stage.flows.arm_control.run()
        assert not stage.flows.arm_control.is_armed


async def test_a_setting_is_shown_before_it_is_sent_and_asked_about_once() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.answer(line("Name"), "Ada", True)
        await stage.flows.control_device.run(Selected(vox(1)))
        listed = stage.dialogs.screens[1]
        assert isinstance(listed, ListDialog)
        assert [str(each).split("  ")[0] for each in listed.lines] == list(LINES)
        assert isinstance(stage.dialogs.screens[-1], CommandPreviewDialog)
        assert sent(stage) == [SetChannelName(1, "Ada")]
        assert stage.messages.texts == ["A/1 confirms: name Ada. u undoes it."]


async def test_an_unknown_mute_is_asked_for_and_no_sends_nothing() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.answer(line("Mute"), line("muted"), False)
        await stage.flows.control_device.run(Selected(vox(1)))
        (preview,) = (each for each in stage.dialogs.screens if isinstance(each, CommandPreviewDialog))
        assert preview._preview.new == "muted"
        assert sent(stage) == []


@pytest.mark.parametrize("is_sure", [True, False])
async def test_what_can_end_a_link_is_asked_twice(is_sure: bool) -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.answer(line("Frequency"), "500", True, is_sure)
        await stage.flows.control_device.run(Selected(vox(1)))
        assert isinstance(stage.dialogs.screens[-1], ConfirmScreen)
        assert "is lost until its pack is synced" in stage.dialogs.screens[-1]._question
        assert sent(stage) == ([SetFrequency(1, 500_000)] if is_sure else [])


async def test_flashing_is_not_asked_about() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.answer(line("Identify"))
        await stage.flows.control_device.run(Selected(vox(1)))
        assert sent(stage) == [Identify(1)]


async def test_what_cannot_be_sent_is_asked_for_again() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.answer(line("Gain"), "loud", "999", "6", True, True)
        await stage.flows.control_device.run(Selected(vox(1)))
        assert stage.messages.texts[0] == "Give a gain in dB, as 12 or -6."
        assert "999 dB is out of range" in stage.messages.texts[1]
        assert sent(stage) == [SetGain(1, 6)]


async def test_what_the_device_does_not_offer_says_why() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.answer(line("RF of slot"), None)
        await stage.flows.control_device.run(Selected(vox(1)))
        assert stage.messages.texts[0].startswith("RF of slot 1: ULX-D cannot change a transmitter")
        assert sent(stage) == []


async def test_the_names_of_the_show_are_shown_before_they_are_written() -> None:
    async with flow_stage() as stage:
        stage.pick("Johanna Berg")
        await stage.flows.assign.run(Selected(vox(1)))
        await arm(stage)
        stage.answer(line("Names of the show to all"), True, do_work)
        selection = Selected(vox(1))
        await stage.flows.control_plan.run(selection)
        (plan,) = (each for each in stage.dialogs.screens if isinstance(each, CommandPlanDialog))
        assert [str(each.preview.new) for each in plan._lines if each.preview] == ["Johanna"]
        assert sent(stage) == [SetChannelName(1, "Johanna")]
        assert stage.messages.texts == ["1 of 1 confirmed. u undoes it."]


async def test_chosen_channels_are_muted_one_at_a_time() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.answer(line("Mute 2 chosen"), True, do_work)
        await stage.flows.control_plan.run(Selected(vox(1), vox(2)))
        assert sent(stage) == [SetMute(1, muted=True), SetMute(2, muted=True)]


async def test_a_plan_that_is_left_sends_nothing() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        for answers in ((None,), (line("Mute 1 chosen"), False), (line("Unmute 1 chosen"), False)):
            stage.answer(*answers)
            await stage.flows.control_plan.run(Selected(vox(1)))
        assert sent(stage) == []


async def test_that_control_ended_without_this_board_says_why() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        stage.flows.arm_control.report_end()
        # As a hub that took over knows no arming.
        await stage.rig.users.arming.disarm_all("another hub")
        stage.flows.arm_control.report_end()
        assert stage.messages.texts == [f"{DISARMED_ELSEWHERE} C arms it again."]
        await arm(stage)
        stage.flows.arm_control.report_end()
        await stage.rig.access.lock_show("4711", actor="Ada")
        for _ in range(2):
            stage.flows.arm_control.report_end()
        assert stage.messages.texts == ["The show was locked: control is disarmed."]


async def test_an_arming_that_this_board_does_not_see_yet_has_not_ended() -> None:
    async with flow_stage() as stage:
        await arm(stage)
        findings = stage.rig.live.findings
        # As on a board that is attached to another computer, which hears of it a moment later.
        stage.rig.live.findings = replace(findings, armings=())
        stage.flows.arm_control.report_end()
        stage.rig.live.findings = findings
        stage.flows.arm_control.report_end()
        assert stage.messages.texts == []
        stage.rig.live.findings = replace(findings, armings=())
        stage.flows.arm_control.report_end()
        assert stage.messages.texts == [f"{DISARMED_ELSEWHERE} C arms it again."]
