from collections.abc import Sequence
from dataclasses import replace

import pytest

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.thresholds import DROP_OUT_S
from micboard_tui.tui.arrange.problem_watch import (
    NO_PROBLEM,
    AnyProblem,
    OpenDeviceProblem,
    OpenProblem,
    next_problem_line,
)
from tests.tui.judging_watch import JudgingWatch
from tests.tui.scripted_rig import FACTS, METERS, PACK, device

RACK = device(2, name="Rack A")
FINE = ChannelState(
    RACK.id, 1, link_state=LinkState.LIVE, link_since=900.0, facts=FACTS, meters=METERS, observed_at=1000.0
)
LOST = replace(FINE, number=2, link_state=LinkState.RF_LOST, link_since=940.0)
EMPTY = replace(PACK, battery=Battery(19, 2, 28))
LOW = replace(FINE, number=3, facts=replace(FACTS, frequency_khz=486125, transmitter=EMPTY))


def judge(watch: JudgingWatch, states: list[ChannelState], now: float) -> OpenProblem | None:
    watch.judge(states, now)
    assert not isinstance(watch.worst, OpenDeviceProblem)
    return watch.worst


def channels_of(found: Sequence[AnyProblem]) -> list[ChannelRef]:
    return [problem.ref for problem in found if isinstance(problem, OpenProblem)]


def test_a_problem_is_as_old_as_its_first_sight() -> None:
    watch = JudgingWatch()
    judge(watch, [LOW], 1000.0)
    worst = judge(watch, [LOW], 1030.0)
    assert worst is not None
    assert (worst.code, worst.since) == (ProblemCode.BATTERY_LOW, 1000.0)
    judge(watch, [FINE], 1031.0)
    again = judge(watch, [LOW], 1040.0)
    assert again is not None
    assert again.since == 1040.0


@pytest.mark.parametrize(("gap_s", "since"), [(1.0, 940.0), (DROP_OUT_S, 940.0), (DROP_OUT_S + 0.1, 1005.0)])
def test_a_drop_out_does_not_make_it_a_new_problem(gap_s: float, since: float) -> None:
    watch = JudgingWatch()
    judge(watch, [LOST], 1000.0)
    assert judge(watch, [replace(FINE, number=2)], 1001.0) is None
    judge(watch, [replace(FINE, number=2)], 1001.0 + gap_s)
    again = judge(watch, [replace(LOST, link_since=1005.0)], 1001.0 + gap_s)
    assert again is not None
    assert again.since == since


def test_a_channel_is_lost_since_before_a_drop_out() -> None:
    watch = JudgingWatch()
    judge(watch, [LOST, LOW], 1000.0)
    judge(watch, [replace(FINE, number=2), LOW], 1001.0)
    assert watch.lost_since == {}
    judge(watch, [replace(LOST, link_since=1002.0), LOW], 1002.0)
    assert watch.lost_since == {LOST.ref: 940.0}


def test_of_equal_problems_the_one_that_ends_sooner_is_first_then_the_one_that_lasts_longer() -> None:
    def low(number: int, battery: Battery) -> ChannelState:
        facts = replace(
            FACTS, frequency_khz=500_000 + number * 1000, transmitter=replace(PACK, battery=battery)
        )
        return replace(FINE, number=number, facts=facts)

    lost = [replace(LOST, number=number, link_since=900.0 - number) for number in (7, 8)]
    states = [
        low(1, Battery(minutes=28)),
        low(2, Battery(percent=4)),
        low(3, Battery(minutes=12)),
        low(4, Battery(bars=1)),
        *lost,
    ]
    watch = JudgingWatch()
    worst = judge(watch, states, 1000.0)
    assert worst is not None
    assert worst.state.number == 8
    found = watch.open_problems({state.ref: state for state in states}, 9)
    assert [ref.number for ref in channels_of(found.listed)] == [8, 7, 3, 2, 4, 1]
    assert found.total == len(found.listed)
    quieter = {worst.ref: replace(worst.state, audio_peak_dbfs=-40.0)}
    ((first,), total) = watch.open_problems(quieter, 1)
    assert total == found.total
    assert isinstance(first, OpenProblem)
    assert first.state is quieter[worst.ref]


def test_silence_began_with_the_last_meters() -> None:
    stale = replace(FINE, expected_period_s=0.1, observed_at=999.0, meters_at=990.0)
    worst = judge(JudgingWatch(), [stale], 1000.0)
    assert worst is not None
    assert (worst.code, worst.since) == (ProblemCode.STALE, 990.0)


def test_problems_rank_and_criticals_are_known() -> None:
    watch = JudgingWatch()
    assert judge(watch, [FINE], 1000.0) is None
    judge(watch, [FINE, LOW, LOST], 1000.0)
    assert watch.urgency(FINE.ref) == NO_PROBLEM
    assert watch.urgency(LOST.ref) < watch.urgency(LOW.ref) < NO_PROBLEM
    assert watch.critical_lines() == {LOST.ref}


def test_conflicts_of_channels_are_problems_of_both() -> None:
    watch = JudgingWatch()
    worst = judge(watch, [FINE, replace(FINE, number=5), replace(LOW, number=6, facts=FINE.facts)], 1000.0)
    assert worst is not None
    assert worst.code is ProblemCode.SAME_FREQUENCY
    assert {ref.number for ref in watch.conflicts} == {1, 5, 6}
    assert watch.problems[FINE.ref] == (ProblemCode.SAME_FREQUENCY,)
    judge(watch, [FINE], 1001.0)
    assert (watch.conflicts, watch.problems) == ({}, {})


def test_the_next_problem_is_found_around_the_ends() -> None:
    channels = [ChannelRef(RACK.id, number) for number in range(1, 6)]
    second, fourth = channels[1], channels[3]
    problems = {second: (ProblemCode.RF_LOST,), fourth: (ProblemCode.STALE,)}
    steps = [(None, 1, second), (channels[0], 1, second), (second, 1, fourth), (fourth, 1, second)]
    steps += [(second, -1, fourth), (channels[4], -1, fourth), (channels[2], -1, second)]
    for selected, direction, expected in steps:
        assert next_problem_line(channels, problems, selected, direction) == expected
    assert next_problem_line(channels, {}, second, 1) is None


def server(*bays: Bay, status: DeviceStatus = DeviceStatus.ONLINE) -> DeviceSnapshot:
    where = device(5, name="Server")
    state = DeviceState(where.id, status=status, status_since=930.0, bays=bays)
    return DeviceSnapshot(where, state)


def test_problems_of_devices_stand_among_those_of_channels_by_severity_urgency_and_age() -> None:
    pack = Bay(4, BayState.IN_USE, battery=Battery(minutes=12))
    later = Bay(5, BayState.IN_USE, battery=Battery(minutes=25))
    broken = Bay(1, BayState.FAULT, error="Too warm")
    refused = replace(server(status=DeviceStatus.REFUSED), device=device(6, name="Rack C"))
    rack = [server(broken, later, pack), refused]
    watch = JudgingWatch()
    watch.judge([LOW, LOST], 1000.0, rack)
    found = watch.open_problems({state.ref: state for state in (LOW, LOST)}, 9)
    assert [problem.code for problem in found.listed] == [
        ProblemCode.RF_LOST,
        ProblemCode.REFUSED,
        ProblemCode.BATTERY_CRITICAL,
        ProblemCode.BATTERY_LOW,
        ProblemCode.BATTERY_LOW,
        ProblemCode.CHARGER_FAULT,
    ]
    # Twenty-five minutes come before twenty-eight, and a refusal is as old as its status.
    assert [problem.ref for problem in found.listed[3:5]] == [rack[0].device.id, LOW.ref]
    assert [problem.since for problem in found.listed[:3]] == [940.0, 930.0, 1000.0]
    assert watch.lines_with_problem == {LOW.ref, LOST.ref, rack[0].device.id, refused.device.id}
    assert watch.critical_lines() == {LOST.ref, rack[0].device.id, refused.device.id}
    assert watch.urgency(refused.device.id) < watch.urgency(rack[0].device.id) < watch.urgency(LOW.ref)
    watch.judge([LOW], 1010.0, rack)
    assert isinstance(watch.worst, OpenDeviceProblem)
    assert watch.worst.ref == refused.device.id
    watch.judge([LOW], 1020.0, rack[:1])
    assert watch.worst is not None
    assert (watch.worst.code, watch.worst.since) == (ProblemCode.BATTERY_CRITICAL, 1000.0)
    watch.judge([], 1030.0)
    assert not watch.lines_with_problem
    assert not watch.device_problems


def test_the_next_problem_may_be_a_device() -> None:
    first, charger = ChannelRef(RACK.id, 1), DeviceId("charger")
    assert next_problem_line([first, charger], {charger}, first, 1) == charger
    assert next_problem_line([first, charger], {charger, first}, charger, 1) == first
