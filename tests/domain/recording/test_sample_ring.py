"""The ring of full-rate samples, and the small integers in which they are kept."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.channel import NO_METERS, Meters
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.reading import (
    UNKNOWN_LEVEL,
    UNKNOWN_QUALITY,
    Reading,
    ReadingFlag,
    decode_level,
    encode_meters,
    link_flag,
    link_states_of,
)
from micboard_tui.domain.recording.sample_ring import CAPACITY, Sample, SampleRing

LEVELS = st.integers(-32768, 32767)
READINGS = st.builds(Reading, LEVELS, LEVELS, LEVELS, st.integers(-1, 100), st.integers(0, 0xFF))
TIMES = st.floats(0, 4e9)


@pytest.mark.parametrize(
    ("meters", "reading"),
    [
        (NO_METERS, Reading()),
        (
            Meters(-60.0, -60.0, -71.5, -18.0, "AB", True, 80),
            Reading(-600, -715, -180, 80, ReadingFlag.ANTENNA_DBM | ReadingFlag.ON_A | ReadingFlag.ON_B),
        ),
        (
            Meters(rf_dbm=-60.0, antenna="B"),
            Reading(rf_a=-600, flags=ReadingFlag.CHANNEL_DBM | ReadingFlag.ON_B),
        ),
        (
            Meters(rf_a_percent=40, rf_b_percent=None),
            Reading(rf_a=400, flags=ReadingFlag.ANTENNA_PERCENT),
        ),
        (Meters(rf_dbm=-55.0, rf_b_dbm=-55.0), Reading(rf_b=-550, flags=ReadingFlag.ANTENNA_DBM)),
        (Meters(carrier=False), Reading(flags=ReadingFlag.NO_CARRIER)),
        (Meters(carrier=True, overload=True), Reading(flags=ReadingFlag.OVERLOAD)),
        (Meters(rf_overload=True), Reading(flags=ReadingFlag.RF_OVERLOAD)),
        (Meters(audio_dbfs=nan, quality_percent=101), Reading()),
        (Meters(audio_dbfs=inf), Reading()),
        (Meters(audio_dbfs=-3276.8, quality_percent=-3), Reading()),
        (Meters(audio_dbfs=0.0, quality_percent=0), Reading(audio=0, quality=0)),
    ],
)
def test_meters_become_small_integers(meters: Meters, reading: Reading) -> None:
    assert encode_meters(meters) == reading


def test_an_unknown_level_stays_unknown() -> None:
    assert decode_level(UNKNOWN_LEVEL) is None
    assert decode_level(-715) == -71.5
    assert (Reading().rf_a, Reading().quality) == (UNKNOWN_LEVEL, UNKNOWN_QUALITY)


@given(st.one_of(st.none(), st.floats(-300, 300)))
def test_a_level_is_kept_to_a_tenth(level: float | None) -> None:
    decoded = decode_level(encode_meters(Meters(audio_dbfs=level))[2])
    assert decoded is None if level is None else decoded == pytest.approx(level, abs=0.0501)


def test_link_states_are_flags_of_their_own() -> None:
    flags = 0xFF
    for state in LinkState:
        flags |= link_flag(state)
    assert flags == 0x7FFF
    assert link_states_of(flags) == frozenset(LinkState) - {LinkState.UNKNOWN}
    assert link_states_of(0xFF) == frozenset()
    assert link_states_of(link_flag(LinkState.RF_LOST)) == {LinkState.RF_LOST}


def test_a_ring_holds_75_seconds_in_12_kilobytes() -> None:
    ring = SampleRing()
    for number in range(CAPACITY + 10):
        ring.append(number / 10, Reading(rf_a=-number))
    assert (len(ring), ring.size_bytes) == (750, 12_000)
    samples = ring.window(0, 1000)
    assert samples[0] == Sample(1.0, Reading(rf_a=-10))
    assert samples[-1] == Sample(75.9, Reading(rf_a=-759))


def test_a_window_includes_both_ends() -> None:
    ring = SampleRing()
    for at in (1.0, 2.0, 3.0, 4.0):
        ring.append(at, Reading())
    assert [sample.at for sample in ring.window(2.0, 3.0)] == [2.0, 3.0]
    assert ring.window(5.0, 6.0) == []
    assert SampleRing().window(0, 1) == []


def test_a_clock_that_goes_back_hides_nothing() -> None:
    ring = SampleRing()
    for at in (100.0, 101.0, 40.0, 41.0, 100.5):
        ring.append(at, Reading())
    assert [sample.at for sample in ring.window(100, 101)] == [100.0, 101.0, 100.5]
    assert [sample.at for sample in ring.window(40, 50)] == [40.0, 41.0]


def test_a_ring_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        SampleRing(0)


@given(st.integers(1, 12), st.lists(st.tuples(TIMES, READINGS), max_size=40))
def test_a_ring_keeps_the_newest_and_never_grows(
    capacity: int, appended: list[tuple[float, Reading]]
) -> None:
    ring = SampleRing(capacity)
    for at, reading in appended:
        ring.append(at, reading)
        assert len(ring) <= capacity
        assert len(ring._buffer) == ring.size_bytes == capacity * 16
    assert ring.window(0, 4e9) == [Sample(at, reading) for at, reading in appended[-capacity:]]


def test_a_sample_gives_its_levels_as_numbers_or_none() -> None:
    sample = Sample(1.0, Reading(rf_a=-605, audio=-180, quality=80, flags=ReadingFlag.CHANNEL_DBM))
    assert (sample.rf_a, sample.rf_b, sample.audio, sample.quality) == (-60.5, None, -18.0, 80)
    assert Sample(1.0, Reading()).quality is None
