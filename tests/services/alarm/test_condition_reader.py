"""Conditions follow from the show, forecasts and the state of this program."""

from dataclasses import replace

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.alarm_life import ActiveShow
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.observation import MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.show import Show, ShowProfile, ShowProgress, ShowState
from micboard_tui.domain.storage_cause import StorageCause
from micboard_tui.services.alarm.condition_reader import SETTLE_S, ConditionReader
from micboard_tui.services.event_loop_lag import LoopMonitor
from micboard_tui.services.live.state import LiveState
from tests.services.stage import HEARD, LOUD, RACK, Clock

NOT_STORED = AlarmKey(ProblemCode.NOT_STORED)
ON = ShowProgress(Show("Romeo"), ShowState.ENDED)


def test_readings_that_are_not_stored_and_packs_that_are_left_on_are_conditions() -> None:
    clock = Clock()
    live = LiveState(clock)
    live.place([RACK], [])
    live.take_observations(RACK.id, [HEARD, MetersHeard(1, LOUD)])
    faults = [ErrorInfo(ErrorCode.DISK_FULL, "The disk is full")]
    reader = ConditionReader(live, LoopMonitor(), lambda: faults[0] if faults else None)
    assert reader.read(live.judge(), {}).by_key == {NOT_STORED: True}
    assert reader.storage_cause is StorageCause.DISK_FULL
    faults.clear()
    live.findings = replace(live.findings, show=replace(ON, ended_at=clock.now))
    clock.now += 2
    assert reader.read(live.judge(), {}).by_key == {}
    assert reader.storage_cause is StorageCause.DISK_FULL
    clock.now += 700
    live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
    left_on = AlarmKey(ProblemCode.PACK_LEFT_ON, *ChannelRef(RACK.id, 1))
    assert reader.read(live.judge(), {}).by_key == {left_on: True}


def test_a_profile_is_known_once_it_was_active_for_a_few_seconds() -> None:
    clock = Clock()
    live = LiveState(clock)
    reader = ConditionReader(live, LoopMonitor(), lambda: None)
    assert reader.read(live.judge(), {}).active is None
    clock.now += SETTLE_S
    assert reader.read(live.judge(), {}).active == ActiveShow(ShowProfile.SHOW)
    live.findings = replace(live.findings, profile=ShowProfile.BREAK)
    assert reader.read(live.judge(), {}).active is None
    clock.now += SETTLE_S
    assert reader.read(live.judge(), {}).active == ActiveShow(ShowProfile.BREAK)
