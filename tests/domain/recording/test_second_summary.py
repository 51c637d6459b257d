"""What is kept of a second, and that merged summaries are the summary of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.reading import (
    UNKNOWN_LEVEL,
    Reading,
    ReadingFlag,
    link_flag,
    link_states_of,
)
from micboard_tui.domain.recording.second_summary import (
    EMPTY,
    NO_LEVEL,
    WAITING_LIMIT,
    ChannelSummary,
    LevelSummary,
    SecondAccumulator,
    encode_charge,
    merge,
    merge_all,
    summarize,
)

LEVELS = st.one_of(st.just(UNKNOWN_LEVEL), st.integers(-1500, 1000))
FLAGS = st.sampled_from([0x00, 0x01, 0x01, 0x01, 0x02, 0x04, 0x18, 0x61])
READINGS = st.builds(Reading, LEVELS, LEVELS, LEVELS, st.integers(-1, 100), FLAGS)


def test_the_summary_of_a_second() -> None:
    accumulator = SecondAccumulator()
    accumulator.add(Reading(-600, UNKNOWN_LEVEL, -200, 80, ReadingFlag.ANTENNA_DBM))
    accumulator.add(Reading(-700, -650, -100, -1, ReadingFlag.ANTENNA_DBM | ReadingFlag.OVERLOAD))
    accumulator.add(Reading(-650, -750, -300, 60, ReadingFlag.ANTENNA_DBM))
    summary = accumulator.take(encode_charge(Battery(percent=70)), link_flag(LinkState.LIVE))
    assert (summary.rf_a.lowest, summary.rf_a.mean, summary.rf_a.highest) == (-70.0, -65.0, -60.0)
    assert (summary.rf_b.lowest, summary.rf_b.mean, summary.rf_b.highest) == (-75.0, -70.0, -65.0)
    assert (summary.rf_a.known, summary.rf_b.known) == (3, 2)
    assert (summary.audio.lowest, summary.audio.mean, summary.audio.highest) == (-30.0, -20.0, -10.0)
    assert (summary.quality, summary.battery_percent, summary.battery_bars) == (60, 70, None)
    assert summary.flags & 0xFF == ReadingFlag.ANTENNA_DBM | ReadingFlag.OVERLOAD
    assert link_states_of(summary.flags) == {LinkState.LIVE}
    assert summary.readings == 3


def test_what_is_unknown_stays_unknown() -> None:
    summary = summarize([Reading(), Reading()])
    assert summary == ChannelSummary(readings=2)
    for level in (summary.rf_a, summary.rf_b, summary.audio):
        assert (level.lowest, level.mean, level.highest) == (None, None, None)
    assert (summary.quality, summary.battery_percent, summary.battery_bars) == (None, None, None)
    assert summarize([]) == EMPTY


def test_a_second_begins_anew_after_it_was_taken() -> None:
    accumulator = SecondAccumulator()
    accumulator.add(Reading(audio=-100))
    assert accumulator.take(50).readings == 1
    assert accumulator.take() == EMPTY


def test_an_accumulator_is_bounded() -> None:
    accumulator = SecondAccumulator()
    for number in range(1000):
        accumulator.add(Reading(audio=-number))
        assert len(accumulator._waiting) < WAITING_LIMIT
    summary = accumulator.take()
    assert summary.audio == LevelSummary(-999, -499_500, 0, 1000)
    assert summary.readings == 1000


def test_levels_of_several_units_are_not_mixed() -> None:
    dbm = Reading(rf_a=-600, audio=-100, flags=ReadingFlag.ANTENNA_DBM)
    percent = Reading(rf_a=400, audio=-200, flags=ReadingFlag.ANTENNA_PERCENT)
    summary = summarize([dbm, percent])
    assert (summary.rf_a, summary.audio.lowest) == (NO_LEVEL, -20.0)
    assert merge(summary, summarize([dbm])).rf_a == NO_LEVEL


@pytest.mark.parametrize(
    ("battery", "percent", "bars"),
    [
        (None, None, None),
        (NO_BATTERY, None, None),
        (Battery(percent=0, bars=5), 0, None),
        (Battery(percent=100), 100, None),
        (Battery(percent=101, bars=5), None, None),
        (Battery(bars=0), None, 0),
        (Battery(bars=5), None, 5),
        (Battery(bars=6), None, None),
        (Battery(minutes=90), None, None),
    ],
)
def test_a_charge_keeps_its_unit(battery: Battery | None, percent: int | None, bars: int | None) -> None:
    summary = ChannelSummary(charge=encode_charge(battery))
    assert (summary.battery_percent, summary.battery_bars) == (percent, bars)


def test_the_newest_known_charge_is_kept() -> None:
    charges = [ChannelSummary(charge=charge) for charge in (20, 90, None)]
    assert merge_all(charges).charge == 90


@given(st.lists(st.lists(READINGS, max_size=12), max_size=8))
def test_merged_summaries_are_the_summary_of_all(seconds: list[list[Reading]]) -> None:
    merged = merge_all(summarize(list(second)) for second in seconds)
    assert merged == summarize([reading for second in seconds for reading in second])


@given(st.lists(READINGS, max_size=150))
def test_an_accumulator_gives_the_summary_of_its_readings(readings: list[Reading]) -> None:
    accumulator = SecondAccumulator()
    for reading in readings:
        accumulator.add(reading)
    assert accumulator.take() == summarize(list(readings))
