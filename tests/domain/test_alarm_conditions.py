"""Which conditions were observed: true, ended, or neither."""

from dataclasses import replace

import pytest

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_conditions import find_conditions
from micboard_tui.domain.alarm_life import WatchedAlarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelState, Meters
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import judge_problems
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemStarts

RACK = DeviceId("rack")
LIVE = ChannelState(RACK, 1, link_state=LinkState.LIVE, meters=Meters(rf_dbm=-50.0), observed_at=990.0)
LOST = replace(LIVE, link_state=LinkState.RF_LOST)
AWAY = replace(LIVE, link_state=LinkState.OFFLINE)
OFF = replace(AWAY, assignment=Assignment(ChannelRef(RACK, 1), expected_off=True))
UNHEARD = replace(LIVE, link_state=LinkState.UNKNOWN, observed_at=900.0)
HEARD = replace(UNHEARD, observed_at=995.0)
ONLINE, OFFLINE, UNKNOWN = DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.UNKNOWN
RF_LOST = AlarmKey(ProblemCode.RF_LOST, RACK, 1)
GONE, GONE_1 = AlarmKey(ProblemCode.OFFLINE, RACK), AlarmKey(ProblemCode.OFFLINE, RACK, 1)


def observe(
    key: AlarmKey, status: DeviceStatus, *channels: ChannelState, is_there: bool = True
) -> bool | None:
    """The condition of an alarm that was seen last at 950."""
    where = Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202)
    snapshot = DeviceSnapshot(where, DeviceState(RACK, status=status, status_since=930.0), channels)
    devices = {RACK: snapshot} if is_there else {}
    states = {state.ref: state for state in channels}
    judgement = judge_problems(states, devices, 1000.0, ProblemStarts())
    watched = {key: WatchedAlarm(Alarm(key, AlarmPriority.NOW, 900.0, 950.0))}
    return find_conditions(judgement, watched).get(key)


@pytest.mark.parametrize(
    ("status", "state", "condition"),
    [
        (ONLINE, LOST, True),
        (ONLINE, LIVE, False),
        (OFFLINE, AWAY, None),
        (OFFLINE, OFF, False),
        (ONLINE, UNHEARD, None),
        (ONLINE, HEARD, False),
    ],
)
def test_a_condition_of_a_channel_ends_when_the_channel_is_heard_without_it(
    status: DeviceStatus, state: ChannelState, condition: bool | None
) -> None:
    assert observe(RF_LOST, status, state) is condition


def test_a_channel_that_is_not_there_has_ended_only_where_its_device_can_be_read() -> None:
    assert observe(RF_LOST, UNKNOWN) is None
    assert observe(RF_LOST, ONLINE) is False
    assert observe(RF_LOST, ONLINE, is_there=False) is False


def test_a_device_that_cannot_be_read_is_a_condition_of_itself_beside_those_of_its_channels() -> None:
    assert observe(GONE, OFFLINE, AWAY) is True
    assert observe(GONE_1, OFFLINE, AWAY) is True
    assert observe(GONE, DeviceStatus.REFUSED, AWAY) is False
    assert observe(GONE, ONLINE, LIVE) is False
    assert observe(GONE, UNKNOWN, UNHEARD) is None
