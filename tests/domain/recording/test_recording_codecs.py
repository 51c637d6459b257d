"""The blobs of seconds and chunks, and how chunks are built from finer summaries."""

import zlib
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.recording.chunk import (
    CHUNK_RECORDS,
    Chunk,
    ChunkBuilder,
    decode_chunk,
    encode_chunk,
    merge_chunks,
)
from micboard_tui.domain.recording.second_codec import (
    CHANNELS_LIMIT,
    DamagedRecordingError,
    decode_second,
    encode_second,
    pack_summaries,
    unpack_summaries,
)
from micboard_tui.domain.recording.second_summary import (
    EMPTY,
    NO_LEVEL,
    ChannelSummary,
    LevelSummary,
    merge_all,
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
    st.integers(0, 0x7FFF),
    st.integers(0, 0xFFFF),
)
ORDER = [ChannelRef(DeviceId(device), number) for device in ("a", "b", "c") for number in (1, 2)]


def summary_of(audio: int) -> ChannelSummary:
    return ChannelSummary(audio=LevelSummary(audio, audio, audio, 1), readings=1)


@given(st.dictionaries(st.sampled_from(ORDER), SUMMARIES))
def test_a_second_comes_back_as_it_was(summaries: dict[ChannelRef, ChannelSummary]) -> None:
    known = {ref: summary for ref, summary in summaries.items() if summary != EMPTY}
    assert decode_second(encode_second(summaries, ORDER), ORDER) == known


def test_channels_without_readings_are_left_out_and_unknown_is_kept() -> None:
    silent = ChannelSummary(flags=0x200)
    blob = encode_second({ORDER[1]: silent}, ORDER)
    assert decode_second(blob, ORDER) == {ORDER[1]: silent}
    assert decode_second(encode_second({}, []), []) == {}


def test_a_second_is_not_read_by_another_order() -> None:
    blob = encode_second({ORDER[0]: summary_of(-100)}, ORDER)
    for order in (ORDER[::-1], ORDER[:-1], []):
        with pytest.raises(DamagedRecordingError):
            decode_second(blob, order)


def test_a_second_has_no_more_channels_than_its_limit() -> None:
    order = [ChannelRef(DeviceId("a"), number) for number in range(CHANNELS_LIMIT + 1)]
    with pytest.raises(ValueError, match="4096"):
        encode_second({}, order)
    assert decode_second(encode_second({}, order[:-1]), order[:-1]) == {}


@given(st.data())
def test_a_cut_or_damaged_blob_is_refused(data: st.DataObject) -> None:
    blob = encode_second({ORDER[0]: summary_of(-100)}, ORDER)
    with pytest.raises(DamagedRecordingError):
        decode_second(blob[: data.draw(st.integers(0, len(blob) - 1))], ORDER)
    place, bit = data.draw(st.integers(0, len(blob) - 1)), data.draw(st.integers(0, 7))
    damaged = bytearray(blob)
    damaged[place] ^= 1 << bit
    with suppress(DamagedRecordingError):
        assert decode_second(bytes(damaged), ORDER) == {ORDER[0]: summary_of(-100)}


def test_a_blob_that_would_swell_is_refused() -> None:
    with pytest.raises(DamagedRecordingError):
        unpack_summaries(zlib.compress(bytes(50_000_000)), 2)


def test_more_readings_than_16_bits_count_keep_their_mean() -> None:
    summary = ChannelSummary(
        rf_a=LevelSummary(-1000, -500 * 100_000, 0, 100_000),
        audio=LevelSummary(-5, -5, -5, 1),
        readings=100_000,
    )
    [kept] = unpack_summaries(pack_summaries([summary], level=1), 1)
    assert (kept.readings, kept.rf_a.known, kept.rf_a.mean) == (65_535, 65_535, -50.0)
    assert kept.audio == summary.audio


@given(
    st.integers(0, 2**40),
    st.sampled_from([10, 60]),
    st.lists(SUMMARIES, min_size=1, max_size=CHUNK_RECORDS),
)
def test_a_chunk_comes_back_as_it_was(start: int, step_s: int, records: list[ChannelSummary]) -> None:
    chunk = Chunk(start, step_s, tuple(records))
    assert decode_chunk(encode_chunk(chunk)) == chunk


def test_a_chunk_of_another_size_or_form_is_refused() -> None:
    for records in ((), (EMPTY,) * 61):
        with pytest.raises(ValueError, match="1 to 60"):
            encode_chunk(Chunk(0, 10, records))
    blob = encode_chunk(Chunk(0, 10, (EMPTY,)))
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
        ChunkBuilder(7)


def test_ten_seconds_make_a_record_and_sixty_records_a_chunk() -> None:
    builder = ChunkBuilder(10)
    chunks = [builder.add(second, summary_of(-second)) for second in range(1205, 1905)]
    [chunk] = [chunk for chunk in chunks if chunk is not None]
    assert (chunk.start, chunk.step_s, len(chunk.records)) == (1200, 10, 60)
    assert [record.readings for record in chunk.records] == [5] + [10] * 59
    assert chunk.records[1].audio == LevelSummary(-1219, -sum(range(1210, 1220)), -1210, 10)
    open_chunk = builder.open_chunk()
    assert open_chunk is not None
    assert (open_chunk.start, len(open_chunk.records)) == (1800, 11)


def test_a_gap_is_empty_records_and_a_long_one_closes_the_chunk() -> None:
    builder = ChunkBuilder(10)
    builder.add(0, summary_of(1))
    builder.add(30, summary_of(2))
    assert builder.add(600, summary_of(3)) == Chunk(0, 10, (summary_of(1), EMPTY, EMPTY, summary_of(2)))
    assert builder.close() == Chunk(600, 10, (summary_of(3),))
    assert builder.close() is None


def test_a_clock_that_goes_back_loses_nothing() -> None:
    builder = ChunkBuilder(10)
    builder.add(100, summary_of(1))
    builder.add(120, summary_of(2))
    assert builder.add(101, summary_of(3)) is None
    earlier = builder.add(70, summary_of(4))
    assert earlier is not None
    assert [record.readings for record in earlier.records] == [2, 0, 1]
    builder.add(102, summary_of(5))
    later = builder.close()
    assert later is not None
    records = merge_chunks([earlier, later])
    assert list(records) == [70, 100, 120]
    assert [record.readings for record in records.values()] == [1, 3, 1]
    assert records[100].audio == LevelSummary(1, 9, 5, 3)


@given(st.lists(st.tuples(st.integers(-5000, 5000), st.integers(-1500, 1000)), max_size=60))
def test_every_reading_is_in_one_record_whatever_the_clock_does(spans: list[tuple[int, int]]) -> None:
    builder, chunks = ChunkBuilder(10), []
    for at, audio in spans:
        if (chunk := builder.add(at, summary_of(audio))) is not None:
            chunks.append(chunk)
        open_chunk = builder.open_chunk()
        assert open_chunk is not None
        assert len(open_chunk.records) <= CHUNK_RECORDS
    if (last := builder.close()) is not None:
        chunks.append(last)
    records = merge_chunks(chunks)
    for step in {at - at % 10 for at, _ in spans}:
        assert records[step] == merge_all(summary_of(audio) for at, audio in spans if at - at % 10 == step)
    assert len(records) == len({at - at % 10 for at, _ in spans})


def test_chunks_of_many_channels_do_not_end_at_once() -> None:
    builders = [ChunkBuilder(10, phase) for phase in range(120)]
    ended = Counter(
        at
        for at in (*range(1000, 1600, 10), *range(7, 1207, 10))  # the clock goes back between them
        for builder in builders
        if builder.add(at, summary_of(1)) is not None
    )
    assert ended.pop(7) == 120
    assert set(ended.values()) == {2}


def test_minutes_merged_from_records_are_those_merged_from_seconds() -> None:
    tens, minutes, direct = ChunkBuilder(10), ChunkBuilder(60), ChunkBuilder(60)
    for second in range(600):
        assert tens.add(second, summary_of(second % 37)) is None
        assert direct.add(second, summary_of(second % 37)) is None
    chunk = tens.close()
    assert chunk is not None
    for at, record in merge_chunks([decode_chunk(encode_chunk(chunk))]).items():
        minutes.add(at, record)
    assert minutes.close() == direct.close()
