"""What a person does about alarms, without a screen: what is asked and reported, and what is not done."""

from dataclasses import replace

from micboard_tui.contracts.result import Success
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import ShelfEnd, ShowShelf
from micboard_tui.domain.show import Show, ShowBreak, ShowProgress, ShowState
from micboard_tui.tui.flows.alarms import NO_ALARM, NONE_OF_CHANNEL, NOTHING_NEW
from tests.tui.flows.flow_stage import Selected, flow_stage, vox
from tests.tui.scripted_rig import device

RACK = device(2).id
LOST = Alarm(AlarmKey(ProblemCode.RF_LOST, RACK, 1), AlarmPriority.NOW, 10.0, 20.0)
OTHER = replace(LOST, key=LOST.key._replace(channel=2), note="cable")
OF_DEVICE = replace(LOST, key=AlarmKey(ProblemCode.RECEIVER_FAULT, RACK))


class SelectedAlarms(Selected):
    """Implements ``AlarmSelection``."""

    def __init__(self, *keys: AlarmKey) -> None:
        super().__init__()
        self.chosen_alarms = self.shown_alarms = keys


async def test_from_the_board_the_new_alarms_of_channels_or_of_a_device_are_acknowledged() -> None:
    async with flow_stage() as stage:
        alarms, flow = stage.rig.alarms, stage.flows.alarms
        await flow.acknowledge(Selected(vox(1)))
        assert stage.messages.texts[-1] == NONE_OF_CHANNEL
        alarms.show(LOST, OTHER, OF_DEVICE)
        await flow.acknowledge(Selected(vox(1)))
        assert stage.messages.texts[-1] == "RF lost of Vox 1: seen."
        # A swap from the desk, on which u takes back what was done about alarms.
        flow._notices.report_change(Success(None), "Ada is now on Vox 2.", SelectedAlarms(LOST.key))
        assert stage.messages.texts[-1] == "Ada is now on Vox 2. u on the board undoes it."
        of_device = Selected()
        of_device.chosen_devices = [RACK]
        await flow.acknowledge(of_device)
        assert stage.messages.texts[-1] == "Receiver fault of A: seen."
        assert [alarm.key for alarm in stage.rig.live.findings.alarms.new] == [OTHER.key]
        assert of_device.changes_shown == 1


async def test_without_an_alarm_nothing_is_asked_and_it_is_said() -> None:
    async with flow_stage() as stage:
        flow, nothing = stage.flows.alarms, SelectedAlarms()
        for run in (flow.acknowledge, flow.shelve, flow.note):
            await run(nothing)
            assert stage.messages.texts[-1] == NO_ALARM
        await flow.acknowledge_all(nothing)
        assert stage.messages.texts[-1] == NOTHING_NEW
        await flow.acknowledge_all(Selected(vox(1)))
        await flow.undo(nothing)
        assert stage.messages.severities[-1] == "error"
        await flow.acknowledge(SelectedAlarms(LOST.key))
        assert "not listed any more" in stage.messages.texts[-1]
        assert stage.rig.alarms.actors == []


async def test_what_was_left_changes_nothing_and_a_shelf_is_given_back_by_the_same_key() -> None:
    async with flow_stage() as stage:
        alarms, flow, live = stage.rig.alarms, stage.flows.alarms, stage.rig.live
        alarms.show(LOST, OTHER)
        one, both = SelectedAlarms(OTHER.key), SelectedAlarms(LOST.key, OTHER.key)
        stage.answer(None, None, "cable", False)
        await flow.shelve(one)
        await flow.note(one)
        await flow.note(one)
        await flow.acknowledge_all(both)
        assert alarms.actors == []
        stage.answer(3)
        await flow.shelve(both)
        assert stage.messages.texts[-1] == "2 alarms: shelved, until it clears."
        assert all(alarm.shelved_until is None and alarm.is_shelved for alarm in live.findings.alarms.alarms)
        await flow.shelve(both)
        assert stage.messages.texts[-1] == "2 alarms: back from the shelf."
        await flow.undo(both)
        assert all(alarm.is_shelved for alarm in live.findings.alarms.alarms)


async def test_a_shelf_until_the_break_ends_when_that_begins_however_long_the_question_was_open() -> None:
    async with flow_stage() as stage:
        live, clock = stage.rig.live, stage.rig.manual_clock
        stage.rig.alarms.show(LOST)
        begin = live.now()
        show = Show("Hamlet", breaks=(ShowBreak(75.0, 20.0),), end_min=150.0)
        progress = ShowProgress(show, ShowState.RUNNING, started_at=begin, position_at=begin)
        live.findings = replace(live.findings, show=progress)

        async def think(_: object) -> int:
            clock.now += 600.0
            return 4

        stage.answer(think)
        await stage.flows.alarms.shelve(SelectedAlarms(LOST.key))
        assert live.findings.alarms.alarms[0].shelved_show == ShowShelf(ShelfEnd.BREAK)
        assert stage.messages.texts[-1].endswith("shelved, until the next break.")
        await stage.flows.alarms.shelve(SelectedAlarms(LOST.key))
        stage.answer(6)
        await stage.flows.alarms.shelve(SelectedAlarms(LOST.key))
        assert live.findings.alarms.alarms[0].shelved_profile is live.findings.profile
        assert stage.messages.texts[-1].endswith("shelved, until the profile is not show any more.")
