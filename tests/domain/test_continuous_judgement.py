"""What changed is judged as all of it would be; beside the machine of tests/services/live."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.continuous_judgement import ContinuousJudge
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.judgement import Judgement, judge_problems
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemStarts
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, BatteryThresholds

RACK = DeviceId("rack")
FACTS = ChannelFacts(
    frequency_khz=500_000,
    transmitter_present=True,
    transmitter=Transmitter(battery=Battery(minutes=40)),
    meter_interval_s=5.0,
)
FIRST = ChannelState(
    RACK,
    1,
    link_state=LinkState.LIVE,
    link_since=900.0,
    facts=FACTS,
    meters=Meters(rf_dbm=-50.0, carrier=True),
    observed_at=1000.0,
    meters_at=1000.0,
    expected_period_s=5.0,
)
SECOND = replace(FIRST, number=2, facts=replace(FACTS, frequency_khz=510_000))


class Comparison:
    """Judges twice: what changed, and everything."""

    def __init__(self, *states: ChannelState) -> None:
        self.device = DeviceSnapshot(
            Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202),
            DeviceState(RACK, status=DeviceStatus.ONLINE, model="ULXD4Q"),
            states,
        )
        self.judge, self.starts = ContinuousJudge(), ProblemStarts()
        self.judge.begin({state.ref: state for state in states}, {RACK: self.device})

    def at(self, now: float, *newer: ChannelState, model: str = "ULXD4Q") -> Judgement:
        self.device = replace(self.device, state=replace(self.device.state, model=model))
        self.judge.take(newer, [self.device])
        judgement = self.judge.judge(now, self.starts)
        whole = judge_problems(self.judge.states, self.judge.devices, now, self.starts)
        assert judgement == whole
        assert [*judgement.problems] == [*whole.problems]
        self.starts = judgement.starts
        return judgement

    def problems_at(
        self, now: float, *newer: ChannelState, model: str = "ULXD4Q"
    ) -> dict[ChannelRef, Sequence[ProblemCode]]:
        return dict(self.at(now, *newer, model=model).problems)


STALE, SAME = (ProblemCode.STALE,), (ProblemCode.SAME_FREQUENCY,)


def test_meters_become_overdue_although_nothing_changes() -> None:
    comparison = Comparison(FIRST, SECOND)
    assert comparison.problems_at(1007.0) == {}
    assert comparison.problems_at(1007.5, replace(SECOND, meters_at=1007.0)) == {FIRST.ref: STALE}
    assert comparison.problems_at(1014.5) == {FIRST.ref: STALE, SECOND.ref: STALE}
    assert comparison.problems_at(1014.6, replace(FIRST, meters_at=1014.6)) == {SECOND.ref: STALE}
    assert comparison.problems_at(1022.0) == {FIRST.ref: STALE, SECOND.ref: STALE}


def test_meters_are_overdue_sooner_where_they_are_due_more_often() -> None:
    comparison = Comparison(FIRST)
    assert comparison.problems_at(1000.0) == {}
    oftener = replace(FIRST, expected_period_s=0.5)
    assert comparison.problems_at(1001.0, oftener) == {}
    assert comparison.problems_at(1003.0) == {FIRST.ref: STALE}


def test_nothing_is_overdue_any_more_when_the_clock_goes_back() -> None:
    comparison = Comparison(FIRST)
    assert comparison.problems_at(1010.0) == {FIRST.ref: STALE}
    assert comparison.problems_at(1001.0) == {}
    assert comparison.problems_at(1010.0) == {FIRST.ref: STALE}


def test_problems_come_and_go_with_meters_that_cross_a_threshold_only() -> None:
    comparison = Comparison(FIRST, SECOND)
    assert comparison.problems_at(1000.0, replace(FIRST, meters=Meters(-80.0, carrier=True))) == {}
    low = replace(FIRST, meters=Meters(-86.0, carrier=True))
    assert comparison.problems_at(1001.0, low) == {FIRST.ref: (ProblemCode.RF_LOW,)}
    lower = replace(FIRST, meters=Meters(-96.0, carrier=True))
    assert comparison.problems_at(1002.0, lower) == {FIRST.ref: (ProblemCode.RF_CRITICAL,)}
    assert comparison.problems_at(1003.0, FIRST) == {}


def test_other_thresholds_judge_the_battery_anew() -> None:
    comparison = Comparison(FIRST)
    assert comparison.problems_at(1000.0) == {}
    stricter = replace(DEFAULT_THRESHOLDS, battery=BatteryThresholds(low_minutes=60))
    assert comparison.problems_at(1000.0, replace(FIRST, thresholds=stricter)) == {
        FIRST.ref: (ProblemCode.BATTERY_LOW,)
    }


def test_channels_come_into_conflict_by_what_others_do() -> None:
    first = replace(FIRST, rf_zone=LocationId("here"))
    comparison = Comparison(first, SECOND)
    assert comparison.problems_at(1000.0) == {}
    second = replace(SECOND, facts=FACTS)
    assert comparison.problems_at(1001.0, second) == {FIRST.ref: SAME, SECOND.ref: SAME}
    assert comparison.problems_at(1002.0, replace(second, rf_zone=LocationId("far"))) == {}
    assert comparison.problems_at(1003.0, replace(second, rf_zone=LocationId("here"))) == {
        FIRST.ref: SAME,
        SECOND.ref: SAME,
    }
    assert comparison.problems_at(1004.0, replace(second, link_state=LinkState.TRANSMITTER_OFF)) == {}


def test_channels_come_into_conflict_when_the_system_becomes_known() -> None:
    near = replace(SECOND, facts=replace(FACTS, frequency_khz=500_100))
    comparison = Comparison(FIRST, near)
    assert comparison.problems_at(1000.0, model="Other") == {}
    assert comparison.problems_at(1000.5) == {FIRST.ref: SAME, SECOND.ref: SAME}
    assert comparison.problems_at(1001.0, model="Other") == {}


def test_a_problem_keeps_its_start_while_others_come() -> None:
    comparison = Comparison(FIRST, SECOND)
    low = replace(SECOND, meters=Meters(-86.0, carrier=True))
    comparison.at(1001.0, low)
    judgement = comparison.at(1002.0, replace(FIRST, meters=Meters(-86.0, carrier=True)))
    assert [*judgement.problems] == [FIRST.ref, SECOND.ref], "in rack order"
    assert judgement.since(SECOND.ref, ProblemCode.RF_LOW) == 1001.0
    assert judgement.since(FIRST.ref, ProblemCode.RF_LOW) == 1002.0
