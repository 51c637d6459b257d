"""Thins old chunks of one channel: their records become fewer and longer ones. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from micboard_tui.domain.recording.chunk import CHUNK_RECORDS, Chunk
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary
from micboard_tui.domain.recording.span_columns import Series, series_of_chunks
from micboard_tui.domain.recording.summary_columns import columns_of, merge_range


class ThinnedChunks(NamedTuple):
    coarse: Chunk | None
    """None: the records before the end had nothing."""
    remainder: Chunk | None
    """The records from the end on, as long as they were."""


def thin_chunks(chunks: Sequence[Chunk], step_s: int, end: int) -> ThinnedChunks:
    """Merge the records before ``end`` into steps of ``step_s``. The chunks have one step, and may overlap.

    Neither part may be longer than a chunk.
    """
    fine_s = chunks[0].step_s
    series = series_of_chunks(fine_s, chunks)
    place = bisect_left(series.starts, end)
    return ThinnedChunks(
        _merge_records(series, 0, place, step_s), _merge_records(series, place, len(series.starts), fine_s)
    )


def _merge_records(series: Series, first: int, last: int, step_s: int) -> Chunk | None:
    """One chunk with the records ``first`` to before ``last``; those of one step are merged."""
    if first == last:
        return None
    start = int(series.starts[first]) // step_s * step_s
    summaries: list[ChannelSummary] = []
    while first < last:
        step_end = start + (len(summaries) + 1) * step_s
        stop = bisect_left(series.starts, step_end, first, last)
        summaries.append(merge_range(series.columns, first, stop) if stop > first else EMPTY)
        first = stop
    if len(summaries) > CHUNK_RECORDS:
        raise ValueError(f"a chunk has {CHUNK_RECORDS} records at most")
    return Chunk(start, step_s, columns_of(summaries))
