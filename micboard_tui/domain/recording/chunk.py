"""Chunks of 60 records of one channel: the form of the 10 s and the 1 min tier.

A builder a channel and tier takes summaries of a finer tier and merges those of one step. It gives the chunk
when a summary lies beyond its last record. A step without summaries is an empty record. A clock that goes
back within the chunk merges into the record of that time; one that goes back beyond its start closes the
chunk, so that chunks may overlap; their records are merged when they are read. Where chunks end is fixed by
the time and the builder's phase, so that those of many channels do not end at once, whatever the clock did
(docs/explanation/recorder.md).
"""

from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from micboard_tui.domain.recording.second_codec import (
    DamagedRecordingError,
    pack_summaries,
    unpack_summaries,
)
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary, merge

CHUNK_RECORDS = 60
STEPS_S = (10, 60)
"""The steps of the tiers above single seconds."""

_FORM = 1
_HEAD = Struct("<BBBq")


class Chunk(NamedTuple):
    start: int
    """When the first record begins, in seconds since the epoch; a multiple of the step."""
    step_s: int
    records: tuple[ChannelSummary, ...]
    """One for each step, 60 at most."""


class ChunkBuilder:
    """Merges the summaries of one channel into the records of one tier.

    Builders of different ``phase`` end their chunks in different steps, 60 phases in turn.
    """

    def __init__(self, step_s: int, phase: int = 0) -> None:
        if step_s not in STEPS_S:
            raise ValueError(f"no tier has steps of {step_s} s")
        self._step_s = step_s
        self._phase = phase
        self._capacity = CHUNK_RECORDS
        self._start = 0
        self._records: list[ChannelSummary] = []

    def add(self, at: int, summary: ChannelSummary) -> Chunk | None:
        """Merge the summary of the span that begins at ``at``; gives the chunk that this closed."""
        step = at - at % self._step_s
        index = (step - self._start) // self._step_s
        closed = None if self._records and 0 <= index < self._capacity else self.close()
        if not self._records:
            self._start, index = step, 0
            self._capacity = CHUNK_RECORDS - (step // self._step_s + self._phase) % CHUNK_RECORDS
        missing = index + 1 - len(self._records)
        if missing > 0:
            self._records.extend([EMPTY] * missing)
        record = self._records[index]
        self._records[index] = summary if record is EMPTY else merge(record, summary)
        return closed

    def open_chunk(self) -> Chunk | None:
        """What was merged since the last closed chunk."""
        return Chunk(self._start, self._step_s, tuple(self._records)) if self._records else None

    def close(self) -> Chunk | None:
        """Give what ``open_chunk`` gives, and begin anew."""
        chunk = self.open_chunk()
        self._records.clear()
        return chunk


def encode_chunk(chunk: Chunk) -> bytes:
    if not 0 < len(chunk.records) <= CHUNK_RECORDS:
        raise ValueError(f"a chunk has 1 to {CHUNK_RECORDS} records")
    head = _HEAD.pack(_FORM, chunk.step_s, len(chunk.records), chunk.start)
    return head + pack_summaries(chunk.records, level=6)


def decode_chunk(blob: bytes) -> Chunk:
    if len(blob) < _HEAD.size:
        raise DamagedRecordingError("the chunk is cut")
    form, step_s, count, start = _HEAD.unpack_from(blob)
    if form != _FORM or step_s not in STEPS_S or not 0 < count <= CHUNK_RECORDS:
        raise DamagedRecordingError("the chunk is of another form")
    return Chunk(start, step_s, tuple(unpack_summaries(blob[_HEAD.size :], count)))


def merge_chunks(chunks: Iterable[Chunk]) -> dict[int, ChannelSummary]:
    """The records by the time at which they begin, in the order of time; those of one time are merged."""
    records: dict[int, ChannelSummary] = {}
    for chunk in chunks:
        for index, record in enumerate(chunk.records):
            if record != EMPTY:
                at = chunk.start + index * chunk.step_s
                records[at] = merge(records[at], record) if at in records else record
    return dict(sorted(records.items()))
