"""What is wrong with a device itself: the one rule for board, documents and health."""

from dataclasses import replace

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, DeviceKind, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.device_problem import (
    DeviceProblem,
    find_assignments_without_channel,
    find_device_problems,
    is_channel_count_known,
)
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.problem import ProblemCode

RACK = Device(DeviceId("rack"), "shure", "shure-strings", "127.0.0.2", 2202)
CHANNELS = tuple(ChannelState(RACK.id, number) for number in range(1, 5))
ZOE = Assignment(ChannelRef(RACK.id, 5), Performer(PerformerId("zoe"), "Zoe"))
MAX = Assignment(ChannelRef(RACK.id, 2), Performer(PerformerId("max"), "Max"))


def snapshot(status: DeviceStatus, *channels: ChannelState, bays: tuple[Bay, ...] = ()) -> DeviceSnapshot:
    return DeviceSnapshot(RACK, DeviceState(RACK.id, status=status, bays=bays), channels)


def test_people_on_channels_that_the_device_does_not_have_are_found_by_channel() -> None:
    sixth = replace(ZOE, channel=ChannelRef(RACK.id, 6))
    marked = replace(ZOE, channel=ChannelRef(RACK.id, 7), performer=None)
    planned = (sixth, marked, ZOE, MAX)
    numbers = {state.number for state in CHANNELS}
    assert find_assignments_without_channel(planned, numbers, is_count_known=True) == (ZOE, sixth)
    assert find_assignments_without_channel(planned, numbers, is_count_known=False) == ()
    assert find_assignments_without_channel((MAX,), numbers, is_count_known=True) == ()


def test_a_receiver_that_has_reported_no_channel_may_still_have_some() -> None:
    assert is_channel_count_known(DeviceKind.RECEIVER, 4)
    assert not is_channel_count_known(DeviceKind.RECEIVER, 0)
    assert is_channel_count_known(DeviceKind.CHARGER, 0)


def test_a_missing_channel_is_a_problem_of_the_device() -> None:
    rack = replace(snapshot(DeviceStatus.ONLINE, *CHANNELS), assignments_without_channel=(ZOE,))
    (problem,) = find_device_problems(rack)
    assert (problem.code, problem.assignment, problem.number) == (ProblemCode.CHANNEL_MISSING, ZOE, 5)


def test_that_it_cannot_be_read_is_its_problem_where_no_channel_shows_it() -> None:
    for status, code in (
        (DeviceStatus.OFFLINE, ProblemCode.OFFLINE),
        (DeviceStatus.REFUSED, ProblemCode.REFUSED),
    ):
        assert find_device_problems(snapshot(status)) == (DeviceProblem(code),)
        assert find_device_problems(snapshot(status, *CHANNELS)) == ()
    for status in (DeviceStatus.ONLINE, DeviceStatus.CONNECTING, DeviceStatus.UNKNOWN):
        assert find_device_problems(snapshot(status)) == ()


def test_packs_in_use_and_faults_of_bays_are_its_problems_worst_first() -> None:
    bays = (
        Bay(1, BayState.FAULT, error="Too warm"),
        Bay(2, BayState.IN_USE, battery=Battery(18)),
        Bay(3, BayState.IN_USE, battery=Battery(3)),
        Bay(4, BayState.CHARGING, battery=Battery(3)),
        Bay(5, BayState.CHARGING, error="Battery defect"),
    )
    for channels in ((), CHANNELS):
        found = find_device_problems(snapshot(DeviceStatus.ONLINE, *channels, bays=bays))
        assert [(problem.code, problem.number) for problem in found] == [
            (ProblemCode.BATTERY_CRITICAL, 3),
            (ProblemCode.BATTERY_LOW, 2),
            (ProblemCode.CHARGER_FAULT, 1),
            (ProblemCode.CHARGER_FAULT, 5),
        ]
