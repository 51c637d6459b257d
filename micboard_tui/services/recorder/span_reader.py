"""Reads a span of some channels from all tiers that hold it. In a thread: reading takes a moment.

The length of a column decides which tier is preferred (``span_columns.choose_step``). What it does not hold
is read from finer tiers where it has not come so far yet, and from coarser ones where it is gone.
"""

from collections.abc import Collection, Mapping, Sequence

from micboard_tui.contracts.recording_store import RecordingStore
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.chunk import CHUNK_RECORDS, FIVE_MINUTES, MINUTE, TEN_SECONDS, Chunk
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.sample_ring import SampleBlock, samples_between
from micboard_tui.domain.recording.span_columns import (
    SAMPLE_S,
    SECOND,
    Series,
    choose_step,
    make_span,
    series_of_chunks,
    series_of_samples,
)
from micboard_tui.domain.recording.summary_columns import empty_columns

OpenChunks = Mapping[tuple[int, ChannelRef], Sequence[Chunk]]
"""What no ended chunk holds yet, by step and channel."""
AllSeries = Mapping[ChannelRef, Series]


class SpanReader:
    """One span. ``open_chunks`` and ``blocks`` are what is in memory and not in the store."""

    def __init__(
        self,
        store: RecordingStore,
        channels: Collection[ChannelRef],
        start: float,
        end: float,
        open_chunks: OpenChunks,
        blocks: Sequence[SampleBlock],
    ) -> None:
        self._store, self._channels = store, channels
        self._start, self._end = start, end
        # Whole minutes, so that records of all tiers can be compared at the edges.
        self._first, self._last = start - start % MINUTE, end + -end % MINUTE
        self._open_chunks, self._blocks = open_chunks, blocks

    def read(self, columns: int) -> dict[ChannelRef, RecordedSpan]:
        """The span in so many columns. Raises StorageError."""
        column_s = (self._end - self._start) / columns
        tiers = self._read_tiers(choose_step(column_s), with_samples=column_s < SECOND)
        return {
            ref: make_span(self._start, self._end, columns, [tier[ref] for tier in tiers])
            for ref in self._channels
        }

    def _read_tiers(self, step_s: int, *, with_samples: bool) -> list[AllSeries]:
        if step_s == SECOND:
            tiers = [self._read_seconds(self._first)]
            if with_samples:
                tiers.insert(0, self._read_samples())
        else:
            tiers = [self._read_chunks(step_s, self._first, self._last)]
            if step_s == MINUTE:
                tiers.append(self._read_chunks(TEN_SECONDS, self._end_of(tiers), self._last))
            tiers.append(self._read_seconds(self._end_of(tiers)))
        for coarser_s in (TEN_SECONDS, MINUTE):
            if coarser_s > step_s and (begin := self._begin_of(tiers)) > self._start:
                # The oldest chunk of another channel may begin up to one chunk later.
                end = min(begin + CHUNK_RECORDS * max(_steps_of(tiers), default=0), self._last)
                tiers.append(self._read_chunks(coarser_s, self._first, end))
        # Of each channel minutes are thinned when they are old, and not of all at once.
        tiers.append(self._read_chunks(FIVE_MINUTES, self._first, self._last))
        return tiers

    def _read_samples(self) -> AllSeries:
        return {
            ref: series_of_samples(samples_between(self._blocks, ref, self._start - SAMPLE_S, self._end))
            for ref in self._channels
        }

    def _read_seconds(self, start: float) -> AllSeries:
        nothing = Series(SECOND, [], empty_columns(0))
        found = self._store.read_seconds(self._channels, start, self._last) if start < self._last else {}
        return {ref: found.get(ref, nothing) for ref in self._channels}

    def _read_chunks(self, step_s: int, start: float, end: float) -> AllSeries:
        found = self._store.read_chunks(step_s, self._channels, start, end) if start < end else {}
        chunks = {
            ref: [*found.get(ref, ()), *self._open_chunks.get((step_s, ref), ())] for ref in self._channels
        }
        return {ref: series_of_chunks(step_s, chunks[ref]).cut(start, end) for ref in self._channels}

    def _end_of(self, tiers: Sequence[AllSeries]) -> float:
        """Until when these tiers hold all that there is.

        In the process that records, that is the newest record. For others, the chunks of a channel may end
        up to one chunk earlier than those of another, and the first one of a session may not have ended yet.
        """
        ends = [
            max((tier[ref].end or self._first for tier in tiers), default=self._first)
            for ref in self._channels
        ]
        latest = max(ends, default=self._first)
        if any(self._open_chunks.values()):
            return latest
        return max(min(ends, default=self._first), latest - CHUNK_RECORDS * min(_steps_of(tiers), default=0))

    def _begin_of(self, tiers: Sequence[AllSeries]) -> float:
        """From when on any channel has records."""
        firsts = [tier[ref].starts[0] for tier in tiers for ref in self._channels if tier[ref].starts]
        return min(firsts, default=self._end)


def _steps_of(tiers: Sequence[AllSeries]) -> list[float]:
    """In seconds; none where no channel is asked for."""
    return [series.step_s for tier in tiers for series in tier.values()]
