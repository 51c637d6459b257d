"""A span in columns, from records of several tiers, with honest gaps."""

import pytest

from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.chunk import Chunk, decode_chunk, encode_chunk
from micboard_tui.domain.recording.reading import Reading, ReadingFlag, link_flag, link_states_of
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary, LevelSummary
from micboard_tui.domain.recording.span_columns import (
    Series,
    choose_step,
    make_span,
    series_of_chunks,
    series_of_samples,
)
from micboard_tui.domain.recording.summary_columns import columns_of


def summary_of(audio: int, readings: int = 10) -> ChannelSummary:
    return ChannelSummary(audio=LevelSummary(audio, audio * readings, audio, readings), readings=readings)


def series_of(step_s: int, records: dict[int, ChannelSummary]) -> Series:
    return series_of_chunks(step_s, [Chunk(at, step_s, columns_of([each])) for at, each in records.items()])


def lows_of(columns: object) -> list[float | None]:
    assert isinstance(columns, list)
    return [column.audio.lowest for column in columns]


@pytest.mark.parametrize(("column_s", "step_s"), [(0.3, 1), (4.9, 1), (5, 10), (59, 10), (60, 60)])
def test_the_tier_follows_from_the_width_of_a_column(column_s: float, step_s: int) -> None:
    assert choose_step(column_s) == step_s


def test_each_column_is_merged_from_all_records_that_touch_it_and_gaps_are_empty() -> None:
    seconds = series_of(1, {at: summary_of(-at) for at in (100, 101, 102, 106)})
    span = make_span(100, 110, 5, [seconds])
    assert lows_of(span.columns) == [-10.1, -10.2, None, -10.6, None]
    assert (span.columns[2], span.columns[0].readings, span.step_s, span.column_s) == (EMPTY, 20, 1, 2.0)
    nothing = make_span(0, 10, 2, [])
    assert (list(nothing.columns), nothing.step_s) == ([EMPTY, EMPTY], 0)


def test_a_long_record_fills_all_columns_that_it_touches() -> None:
    span = make_span(0, 30, 6, [series_of(10, {10: summary_of(-50)})])
    assert lows_of(span.columns) == [None, None, -5.0, -5.0, None, None]
    assert span.step_s == 10


def test_an_open_record_may_have_more_readings_than_a_packed_one() -> None:
    packed = decode_chunk(encode_chunk(Chunk(0, 10, columns_of([summary_of(-50, 100)]))))
    many = Chunk(10, 10, columns_of([summary_of(-60, 70_000)]))
    for chunks in ([packed], [packed, many]):
        series = series_of_chunks(10, chunks)
        span = make_span(0, 10 * len(chunks), len(chunks), [series])
        assert [column.readings for column in span.columns] == [100, 70_000][: len(chunks)]
        assert lows_of(span.columns) == [-5.0, -6.0][: len(chunks)]


def test_finer_records_fill_what_the_preferred_tier_does_not_hold_yet() -> None:
    tens = series_of(10, {0: summary_of(-10, 100)})
    seconds = series_of(1, {at: summary_of(-100 - at) for at in range(8, 14)})
    span = make_span(0, 20, 2, [tens, seconds])
    assert lows_of(span.columns) == [-1.0, -11.3]
    assert [column.readings for column in span.columns] == [100, 40]


def test_coarser_records_stand_in_where_finer_ones_are_gone() -> None:
    minutes = series_of(60, {0: summary_of(-10, 600), 60: summary_of(-20, 600), 120: summary_of(-30, 600)})
    tens = series_of(
        10,
        {at: summary_of(-40, 100) for at in (90, 100, 110)}  # the start of that minute is gone
        | {at: summary_of(-50, 100) for at in range(120, 180, 10)},
    )
    span = make_span(0, 180, 3, [tens, minutes])
    assert lows_of(span.columns) == [-1.0, -2.0, -5.0]
    assert [column.readings for column in span.columns] == [600, 600, 600]


def test_samples_are_records_of_their_own_and_link_states_come_from_seconds() -> None:
    samples = series_of_samples(
        [
            Sample(101.0, Reading(rf_a=-700, flags=ReadingFlag.ANTENNA_DBM)),
            Sample(100.0, Reading(rf_a=-600, audio=-100, quality=40, flags=ReadingFlag.ANTENNA_DBM)),
        ]
    )
    live = ChannelSummary(charge=50, flags=link_flag(LinkState.LIVE), readings=1)
    span = make_span(100, 102, 4, [samples, series_of(1, {100: live, 101: live})])
    assert [column.rf_a.lowest for column in span.columns] == [-60.0, None, -70.0, None]
    assert [column.quality for column in span.columns] == [40, None, None, None]
    assert [column.battery_percent for column in span.columns] == [50] * 4
    assert all(link_states_of(column.flags) == {LinkState.LIVE} for column in span.columns)
    assert span.step_s == pytest.approx(0.1)
