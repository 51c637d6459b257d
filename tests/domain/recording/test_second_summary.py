"""What is kept of a second, and that merged summaries are the summary of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.recording.reading import (
    UNKNOWN_LEVEL,
    Reading,
    ReadingFlag,
)
from micboard_tui.domain.recording.second_summary import (
    EMPTY,
    NO_LEVEL,
    ChannelSummary,
    encode_charge,
    merge,
    merge_all,
)
from tests.domain.recording.reference import summarize

LEVELS = st.one_of(st.just(UNKNOWN_LEVEL), st.integers(-1500, 1000))
FLAGS = st.sampled_from([0x00, 0x01, 0x01, 0x01, 0x02, 0x04, 0x18, 0x61])
READINGS = st.builds(Reading, LEVELS, LEVELS, LEVELS, st.integers(-1, 100), FLAGS)


def test_what_is_unknown_stays_unknown() -> None:
    summary = summarize([Reading(), Reading()])
    assert summary == ChannelSummary(readings=2)
    for level in (summary.rf_a, summary.rf_b, summary.audio):
        assert (level.lowest, level.mean, level.highest) == (None, None, None)
    assert (summary.quality, summary.battery_percent, summary.battery_bars) == (None, None, None)
    assert summarize([]) == EMPTY


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
