"""Alarms of one moment, counted and found by channel and device."""

from dataclasses import replace

from micboard_tui.domain.alarm import Alarm, AlarmStatus
from micboard_tui.domain.alarm_list import NO_ALARMS, AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode

DEVICE = DeviceId("d1")
LOST = Alarm(AlarmKey(ProblemCode.RF_LOST, DEVICE, 1), AlarmPriority.NOW, 10.0, 10.0)
LOW = Alarm(AlarmKey(ProblemCode.RF_LOW, DEVICE, 1), AlarmPriority.AT_BREAK, 5.0, 5.0)
FAULT = Alarm(AlarmKey(ProblemCode.CHARGER_FAULT, DeviceId("d2"), part=2), AlarmPriority.AT_BREAK, 7.0, 7.0)


def test_what_is_acknowledged_shelved_or_suppressed_is_not_new() -> None:
    seen = replace(LOST, acknowledged_by="Pia", acknowledged_at=11.0)
    shelved = replace(FAULT, shelved_by="Pia", shelved_until=99.0)
    hidden = replace(LOW, hidden_by=LOST.key)

    alarms = AlarmList((seen, LOST, hidden, shelved))

    assert alarms.new == (LOST,)
    assert [alarms.count(status) for status in AlarmStatus] == [1, 1, 1, 1, 0]


def test_alarms_are_found_by_channel_and_device_without_the_suppressed() -> None:
    hidden = replace(LOW, hidden_by=LOST.key)

    alarms = AlarmList((LOST, hidden, FAULT))

    assert alarms.by_channel == {ChannelRef(DEVICE, 1): [LOST]}
    assert alarms.by_device == {DeviceId("d2"): [FAULT]}


def test_the_worst_new_one_is_the_first_that_needs_action() -> None:
    journal = replace(FAULT, priority=AlarmPriority.JOURNAL)

    assert AlarmList((LOST, LOW)).worst_new is LOST
    assert AlarmList((journal,)).worst_new is None
    assert NO_ALARMS.worst_new is None
    # What is there goes before what has cleared, but never before what is more urgent.
    cleared, later = replace(LOST, cleared_at=11.0), replace(LOST, raised_at=12.0)
    assert AlarmList((cleared, later, LOW)).worst_new is later
    assert AlarmList((cleared, LOW)).worst_new is cleared
