"""The blobs of seconds, chunks and windows, and how chunks are built from finer summaries."""

import zlib
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.recording.byte_planes import DamagedRecordingError
from micboard_tui.domain.recording.chunk import (
    CHUNK_RECORDS,
    Chunk,
    ClosedChunk,
    TierBuilder,
    Tiers,
    decode_chunk,
    encode_chunk,
)
from micboard_tui.domain.recording.reading import Reading
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.second_codec import (
    CHANNELS_LIMIT,
    ChannelOrder,
    decode_second,
    encode_second,
)
from micboard_tui.domain.recording.second_summary import (
    EMPTY,
    NO_LEVEL,
    ChannelSummary,
    LevelSummary,
    merge_all,
)
from micboard_tui.domain.recording.span_columns import Series, series_of_chunks
from micboard_tui.domain.recording.summary_columns import (
    Columns,
    columns_of,
    merge_range,
    merge_steps,
    pack_columns,
    summary_at,
    unpack_columns,
)
from micboard_tui.domain.recording.window_codec import (
    MAX_WINDOW_SAMPLES,
    decode_window,
    encode_window,
)

COUNTS = st.integers(1, 0xFFFF)
TENTHS = st.integers(-32767, 32767)
LEVELS = st.one_of(
    st.just(NO_LEVEL),
    st.builds(
        lambda low, mean, high, count: LevelSummary(low, mean * count, high, count), *[TENTHS] * 3, COUNTS
    ),
)
SUMMARIES = st.builds(
    ChannelSummary,
    LEVELS,
    LEVELS,
    LEVELS,
    st.one_of(st.none(), st.integers(0, 100)),
    st.one_of(st.none(), st.integers(0, 106)),
    st.integers(0, 0x7FF8).map(lambda flags: flags & ~7 | 1),
    st.integers(1, 0xFFFF),
)
ORDER = ChannelOrder(
    tuple(ChannelRef(DeviceId(device), number) for device in ("a", "b", "c") for number in (1, 2))
)
ONE = ChannelOrder((ChannelRef(DeviceId("a"), 1),))
REF = ONE.refs[0]


def summary_of(audio: int) -> ChannelSummary:
    return ChannelSummary(audio=LevelSummary(audio, audio, audio, 1), readings=1)


def summaries_of(columns: Columns) -> list[ChannelSummary]:
    return [summary_at(columns, index) for index in range(len(columns[0]))]


def records_of(series: Series) -> dict[float, ChannelSummary]:
    return dict(zip(series.starts, summaries_of(series.columns), strict=True))


def chunk_of(start: int, step_s: int, *records: ChannelSummary) -> Chunk:
    return Chunk(start, step_s, columns_of(records))


@given(st.lists(SUMMARIES, min_size=6, max_size=6))
def test_a_second_comes_back_as_it_was(summaries: list[ChannelSummary]) -> None:
    assert summaries_of(decode_second(encode_second(columns_of(summaries), ORDER), ORDER)) == summaries


def test_a_second_is_not_read_by_another_order_and_orders_only_grow() -> None:
    blob = encode_second(columns_of([summary_of(-100)] * 6), ORDER)
    for refs in (ORDER.refs[::-1], ORDER.refs[:-1], ()):
        with pytest.raises(DamagedRecordingError):
            decode_second(blob, ChannelOrder(refs))
    longer = ORDER.extend([*ORDER.refs, ChannelRef(DeviceId("d"), 1)])
    assert longer.refs[:6] == ORDER.refs
    assert longer.extend(longer.refs) is longer
    many = longer.extend(ChannelRef(DeviceId("e"), number) for number in range(CHANNELS_LIMIT))
    assert len(many.refs) == CHANNELS_LIMIT


@given(st.data())
def test_a_cut_or_damaged_blob_is_refused(data: st.DataObject) -> None:
    columns = columns_of([summary_of(-100)] * 6)
    blob = encode_second(columns, ORDER)
    with pytest.raises(DamagedRecordingError):
        decode_second(blob[: data.draw(st.integers(0, len(blob) - 1))], ORDER)
    place, bit = data.draw(st.integers(0, len(blob) - 1)), data.draw(st.integers(0, 7))
    damaged = bytearray(blob)
    damaged[place] ^= 1 << bit
    with suppress(DamagedRecordingError):
        assert summaries_of(decode_second(bytes(damaged), ORDER)) == summaries_of(columns)


def test_a_blob_that_would_swell_is_refused() -> None:
    with pytest.raises(DamagedRecordingError):
        unpack_columns(zlib.compress(bytes(50_000_000)), 2)


def test_more_readings_than_16_bits_count_keep_their_mean() -> None:
    summary = ChannelSummary(
        rf_a=LevelSummary(-1000, -500 * 100_000, 0, 100_000),
        audio=LevelSummary(-5, -5, -5, 1),
        readings=100_000,
    )
    [kept] = summaries_of(unpack_columns(pack_columns(columns_of([summary]), level=1), 1))
    assert (kept.readings, kept.rf_a.known, kept.rf_a.mean) == (65_535, 65_535, -50.0)
    assert kept.audio == summary.audio


FLAGGED = st.builds(
    lambda summary, flags: summary._replace(flags=flags) if summary.readings else summary,
    SUMMARIES,
    st.sampled_from([0x01, 0x01, 0x02, 0x108, 0x41]),
)


@given(st.lists(st.one_of(st.just(EMPTY), FLAGGED), min_size=1, max_size=8))
def test_merging_by_column_is_merging_one_by_one(summaries: list[ChannelSummary]) -> None:
    merged = merge_all(summaries)
    if len(summaries) > 1:
        assert summaries_of(merge_steps([columns_of([each]) for each in summaries])) == [merged]
    assert merge_range(columns_of(summaries), 0, len(summaries)) == merged
    assert merge_range(columns_of(summaries), 1, 1) == EMPTY


@given(
    st.integers(0, 2**40),
    st.sampled_from([10, 60]),
    st.lists(SUMMARIES, min_size=1, max_size=CHUNK_RECORDS),
)
def test_a_chunk_comes_back_as_it_was(start: int, step_s: int, records: list[ChannelSummary]) -> None:
    chunk = decode_chunk(encode_chunk(chunk_of(start, step_s, *records)))
    assert (chunk.start, chunk.step_s, summaries_of(chunk.columns)) == (start, step_s, records)


def test_a_chunk_of_another_size_or_form_is_refused() -> None:
    for records in ((), (EMPTY,) * 61):
        with pytest.raises(ValueError, match="1 to 60"):
            encode_chunk(chunk_of(0, 10, *records))
    blob = encode_chunk(chunk_of(0, 10, EMPTY))
    for damaged in (
        b"",
        b"\2" + blob[1:],
        blob[:1] + b"\7" + blob[2:],
        blob[:2] + b"\0" + blob[3:],
        blob[:-1],
    ):
        with pytest.raises(DamagedRecordingError):
            decode_chunk(damaged)
    with pytest.raises(ValueError, match="7 s"):
        TierBuilder(7, ORDER)


def test_ten_seconds_make_a_record_and_sixty_records_a_chunk() -> None:
    builder = TierBuilder(10, ONE)
    for second in range(1205, 1905):
        builder.add(second, columns_of([summary_of(-second)]), ONE)
    [(ref, chunk)] = builder.take_closed()
    records = summaries_of(chunk.columns)
    assert (ref, chunk.start, chunk.step_s, chunk.end) == (REF, 1200, 10, 1800)
    assert [record.readings for record in records] == [5] + [10] * 59
    assert records[1].audio == LevelSummary(-1219, -sum(range(1210, 1220)), -1210, 10)
    history, unfinished = builder.open_chunks(REF)
    assert (history.start, history.end, unfinished.start, unfinished.end) == (1800, 1900, 1900, 1910)
    assert builder.open_chunks(ChannelRef(DeviceId("z"), 1)) == []


def closed_by(builder: TierBuilder, *spans: tuple[int, int]) -> list[Chunk]:
    for at, audio in spans:
        builder.add(at, columns_of([summary_of(audio)]), ONE)
    return [chunk for _, chunk in builder.take_closed()]


def test_a_gap_is_empty_records_and_a_long_one_closes_the_chunk() -> None:
    builder = TierBuilder(10, ONE)
    assert closed_by(builder, (0, 1), (30, 2), (2000, 3), (2010, 4)) == [
        chunk_of(0, 10, summary_of(1), EMPTY, EMPTY, summary_of(2))
    ]
    builder.close()
    [(_, chunk)] = builder.take_closed()
    assert (chunk.start, summaries_of(chunk.columns)) == (2000, [summary_of(3), summary_of(4)])
    assert builder.close() is None
    assert builder.take_closed() == []


def test_a_clock_that_goes_back_loses_nothing() -> None:
    builder = TierBuilder(10, ONE)
    chunks = closed_by(builder, (100, 1), (120, 2), (101, 3), (70, 4), (102, 5))
    builder.close()
    chunks += [chunk for _, chunk in builder.take_closed()]
    series = series_of_chunks(10, chunks)
    assert series.starts == [70, 100, 100, 100, 120]
    assert merge_range(series.columns, 1, 4).audio == LevelSummary(1, 9, 5, 3)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(-1500, 1000)), max_size=60))
def test_every_reading_is_in_one_chunk_whatever_the_clock_does(spans: list[tuple[int, int]]) -> None:
    builder = TierBuilder(10, ONE)
    chunks = closed_by(builder, *spans)
    opened = builder.open_chunks(REF)
    builder.close()
    last = [chunk for _, chunk in builder.take_closed()]
    assert records_of(series_of_chunks(10, opened)) == records_of(series_of_chunks(10, last))
    assert all(chunk.length <= CHUNK_RECORDS for chunk in chunks + last)
    series = series_of_chunks(10, chunks + last)
    expected = Counter(at - at % 10 for at, _ in spans)
    found: Counter[float] = Counter()
    for at, summary in zip(series.starts, summaries_of(series.columns), strict=True):
        found[at] += summary.readings
    assert found == expected


def test_chunks_of_many_channels_end_in_turn_and_none_is_lost_when_channels_come() -> None:
    refs = [ChannelRef(DeviceId("a"), number) for number in range(120)]
    few, many = ChannelOrder(tuple(refs[:7])), ChannelOrder(tuple(refs))
    builder, ended = TierBuilder(10, few), Counter[int]()
    closed: list[ClosedChunk] = []
    for at in range(1000, 4000, 10):
        order = few if at < 1500 else many
        builder.add(at, columns_of([summary_of(1)] * len(order.refs)), order)
        closed += (now := builder.take_closed())
        ended[at] += len(now)
    assert max(ended.values()) == 2
    builder.close()
    closed += builder.take_closed()
    for ref in refs:
        starts = series_of_chunks(10, [chunk for channel, chunk in closed if channel == ref]).starts
        assert starts == list(range(1000 if ref in few.refs else 1500, 4000, 10))


def test_minutes_merged_from_records_are_those_merged_from_seconds() -> None:
    tiers, direct = Tiers(), TierBuilder(60, ONE)
    for second in range(620):
        columns = columns_of([summary_of(second % 37)])
        tiers.add(second, columns, ONE)
        direct.add(second, columns, ONE)
    direct.close()
    [(_, chunk)] = direct.take_closed()
    minutes, _ = tiers.open_chunks(REF, 60)
    assert summaries_of(minutes.columns)[:10] == summaries_of(chunk.columns)[:10]
    tens, unfinished = tiers.open_chunks(REF, 10)
    assert (tens.start, tens.end, unfinished.end) == (600, 610, 620)
    assert Tiers().open_chunks(REF, 10) == []


SAMPLES = st.builds(
    Sample,
    st.integers(0, 75_000).map(lambda ms: 1000.0 + ms / 1000),
    st.builds(Reading, TENTHS, TENTHS, TENTHS, st.integers(-1, 100), st.integers(0, 0xFF)),
)


@given(st.dictionaries(st.integers(1, 5), st.lists(SAMPLES, max_size=9)))
def test_a_window_comes_back_as_it_was(by_number: dict[int, list[Sample]]) -> None:
    device = DeviceId("a")
    samples = {ChannelRef(device, number): each for number, each in by_number.items()}
    found = decode_window(encode_window(samples, 1000.0), 1000.0)
    assert list(found) == list(samples)
    for ref, expected in samples.items():
        assert [sample.reading for sample in found[ref]] == [sample.reading for sample in expected]
        assert [sample.at for sample in found[ref]] == pytest.approx([sample.at for sample in expected])


def test_a_window_is_bounded_and_a_damaged_one_refused() -> None:
    sample = Sample(1.0, Reading())
    blob = encode_window({REF: [sample] * (MAX_WINDOW_SAMPLES + 1)}, 0.0)
    assert len(decode_window(blob, 0.0)[REF]) == MAX_WINDOW_SAMPLES
    small = encode_window({REF: [sample]}, 0.0)
    for damaged in (
        b"",
        b"\2" + small[1:],
        small[:9],
        small.replace(b'"a"', b"[a]"),
        small.replace(b", 1]", b", 7]"),
        small[:-1],
    ):
        with pytest.raises(DamagedRecordingError):
            decode_window(damaged, 0.0)
