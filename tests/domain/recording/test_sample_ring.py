"""The ring of full-rate samples, and the small integers in which they are kept."""

from array import array
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.channel import NO_METERS, Meters
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.meter_columns import encode_meter_columns
from micboard_tui.domain.recording.reading import (
    UNKNOWN_LEVEL,
    UNKNOWN_QUALITY,
    Reading,
    ReadingFlag,
    decode_level,
    link_flag,
    link_states_of,
)
from micboard_tui.domain.recording.sample_ring import Sample, SampleBlock, SampleRing, samples_between
from tests.domain.recording.reference import encode_meters

REF = ChannelRef(DeviceId("a"), 1)
LEVELS = st.one_of(st.none(), st.floats(-150, 100), st.integers(-150, 100).map(float), st.just(nan))
PERCENT = st.one_of(st.none(), st.integers(-1, 101))
METERS = st.builds(
    Meters,
    rf_dbm=LEVELS,
    rf_a_dbm=LEVELS,
    rf_b_dbm=LEVELS,
    audio_dbfs=LEVELS,
    antenna=st.sampled_from([None, "A", "B", "AB", "X"]),
    carrier=st.sampled_from([None, True, False]),
    quality_percent=PERCENT,
    overload=st.booleans(),
    rf_a_percent=PERCENT,
    rf_b_percent=PERCENT,
    rf_overload=st.booleans(),
)


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


def block_of(*samples: Sample, ref: ChannelRef = REF) -> SampleBlock:
    rows = [sample.reading for sample in samples]
    rf_a, rf_b, audio, quality, flags = zip(*rows, strict=True) if rows else ((),) * 5
    return SampleBlock(
        {ref: (0, len(rows))},
        array("d", [sample.at for sample in samples]),
        array("h", rf_a),
        array("h", rf_b),
        array("h", audio),
        array("b", quality),
        array("B", flags),
    )


def test_a_ring_holds_75_seconds_in_12_kilobytes_a_channel() -> None:
    ring = SampleRing()
    for second in range(100):
        ring.append(block_of(*(Sample(second + tick / 10, Reading(rf_a=-second)) for tick in range(10))))
    assert (len(ring), ring.size_bytes, ring.blocks[0].times[0]) == (770, 12_320, 23.0)
    samples = samples_between(ring.blocks, REF, 0, 1000)
    assert samples[0] == Sample(23.0, Reading(rf_a=-23))
    assert samples[-1] == Sample(99.9, Reading(rf_a=-99))
    assert samples_between(ring.blocks, ChannelRef(DeviceId("b"), 1), 0, 1000) == []


def test_a_window_includes_both_ends_and_a_clock_that_goes_back_hides_nothing() -> None:
    ring = SampleRing()
    ring.append(block_of())
    for at in (100.0, 101.0, 40.0, 41.0, 100.5):
        ring.append(block_of(Sample(at, Reading())))
    assert [sample.at for sample in samples_between(ring.blocks, REF, 100, 101)] == [100.0, 101.0, 100.5]
    assert [sample.at for sample in samples_between(ring.blocks, REF, 40, 50)] == [40.0, 41.0]
    assert samples_between(ring.blocks, REF, 200, 300) == []


def test_a_ring_is_bounded_by_samples_too_and_needs_room() -> None:
    ring = SampleRing(max_samples=5)
    for at in range(4):
        ring.append(block_of(*[Sample(at, Reading())] * 3))
    assert (len(ring), ring.blocks[0].times[0]) == (3, 3.0)
    with pytest.raises(ValueError, match="at least one"):
        SampleRing(0)


@given(st.lists(METERS, min_size=1, max_size=20))
def test_many_meters_by_column_are_each_by_itself(meters: list[Meters]) -> None:
    columns = encode_meter_columns(meters)
    assert list(zip(*columns, strict=True)) == [encode_meters(each) for each in meters]


def test_a_sample_gives_its_levels_as_numbers_or_none() -> None:
    sample = Sample(1.0, Reading(rf_a=-605, audio=-180, quality=80, flags=ReadingFlag.CHANNEL_DBM))
    assert (sample.rf_a, sample.rf_b, sample.audio, sample.quality) == (-60.5, None, -18.0, 80)
    assert Sample(1.0, Reading()).quality is None
