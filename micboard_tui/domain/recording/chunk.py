"""Chunks of 60 records of one channel: the form of the tiers of 10 s, 1 min and 5 min.

A builder a tier takes summaries of a finer tier, of all channels at once, and merges those of one step. When
a step ends, the record of every channel is added to its open chunk, and the chunks of one channel in 60 end:
which ones follows from the time and the channel's place in the order, so that those of many channels are not
compressed at once. Steps of which nothing came are empty records. A clock that goes back, or ahead by more
than a chunk, ends all chunks, so that chunks may overlap; their records are merged when they are read
(docs/explanation/recorder.md).
"""

from array import array
from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.byte_planes import DamagedRecordingError
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.summary_columns import (
    CODES,
    EMPTY_ROW,
    FLAGS,
    READINGS,
    Columns,
    columns_of,
    empty_columns,
    merge_range,
    merge_steps,
    pack_columns,
    unpack_columns,
)

CHUNK_RECORDS = 60
TEN_SECONDS, MINUTE, FIVE_MINUTES = 10, 60, 300
STEPS_S = (TEN_SECONDS, MINUTE)
"""The steps of the tiers above single seconds that are made while it is recorded."""
STORED_STEPS_S = (*STEPS_S, FIVE_MINUTES)
"""Those and the one of old chunks (``thinning.py``)."""

_FORM = 1
_HEAD = Struct("<BBBq")
_STEP_CODES = {TEN_SECONDS: 10, MINUTE: 60, FIVE_MINUTES: 5}
"""The byte of the head that stands for a step."""
_STEPS_BY_CODE = {code: step_s for step_s, code in _STEP_CODES.items()}


class Chunk(NamedTuple):
    start: int
    """When the first record begins, in seconds since the epoch; a multiple of the step."""
    step_s: int
    columns: Columns
    """A record for each step, 60 at most."""

    @property
    def length(self) -> int:
        """How many records."""
        return len(self.columns[READINGS])

    @property
    def end(self) -> int:
        """When the last record ends."""
        return self.start + self.length * self.step_s

    @property
    def is_empty(self) -> bool:
        """Whether nothing was received and no link state known."""
        return not any(self.columns[READINGS]) and not any(self.columns[FLAGS])


class ClosedChunk(NamedTuple):
    ref: ChannelRef
    chunk: Chunk


class Step(NamedTuple):
    """The merged summaries of all channels of one step."""

    at: int
    columns: Columns


class TierBuilder:
    """Merges the summaries of all channels into the records of one tier. The order only grows."""

    def __init__(self, step_s: int, order: ChannelOrder) -> None:
        if step_s not in STEPS_S:
            raise ValueError(f"no tier has steps of {step_s} s")
        self._step_s, self.order = step_s, order
        self._pending_at = 0
        self._pending: list[Columns] = []
        self._first = 0
        """The number of the first step in ``_history``: its time divided by its length."""
        self._history: list[Columns] = []
        self._closed: list[ClosedChunk] = []

    def add(self, at: int, columns: Columns, order: ChannelOrder) -> Step | None:
        """Take the summaries of the span that begins at ``at``; gives the step that this ended."""
        self.order = order
        step = at - at % self._step_s
        ended = self._end_step() if self._pending and step != self._pending_at else None
        self._pending_at = step
        self._pending.append(columns)
        width = len(order.refs)
        # What comes is narrower, too, where the order grew just as a step of the tier below ended.
        if any(len(pending[0]) < width for pending in self._pending):
            self._pending = [_widen(pending, width) for pending in self._pending]
        return ended

    def take_closed(self) -> list[ClosedChunk]:
        """The chunks that ended since the last call."""
        closed, self._closed = self._closed, []
        return closed

    def close(self) -> Step | None:
        """End the step and the chunks of all channels; what ended is given by ``take_closed``."""
        ended = self._end_step() if self._pending else None
        self._close_all()
        return ended

    def open_chunks(self, ref: ChannelRef) -> list[Chunk]:
        """What was merged for a channel since its last chunk ended; the unfinished step is one of its own."""
        index = self.order.index.get(ref)
        if index is None:
            return []
        count = self._open_count(index)
        chunks = [self._cut(index, count)] if count else []
        if self._pending and index < len(self._pending[0][0]):
            columns = [[step[rank][index] for step in self._pending] for rank in range(len(EMPTY_ROW))]
            last = merge_range(columns, 0, len(self._pending))
            chunks.append(Chunk(self._pending_at, self._step_s, columns_of([last])))
        return [chunk for chunk in chunks if not chunk.is_empty]

    def _end_step(self) -> Step:
        merged, number = merge_steps(self._pending), self._pending_at // self._step_s
        at = self._pending_at
        self._pending = []
        width = len(merged[0])
        if self._history:
            if len(self._history[0][0]) < width:
                self._history = [_widen(columns, width) for columns in self._history]
            missing = number - self._first - len(self._history)
            if not 0 <= missing < CHUNK_RECORDS:
                self._close_all()
            else:
                for _ in range(missing):
                    self._append(empty_columns(width))
        if not self._history:
            self._first = number
        self._append(merged)
        return Step(at, merged)

    def _append(self, columns: Columns) -> None:
        self._history.append([array(code, column) for code, column in zip(_ROOMY, columns, strict=True)])
        phase = (self._first + len(self._history)) % CHUNK_RECORDS
        for index in range(-phase % CHUNK_RECORDS, len(columns[0]), CHUNK_RECORDS):
            self._close(index, min(CHUNK_RECORDS, len(self._history)))
        if len(self._history) >= CHUNK_RECORDS:
            del self._history[0]
            self._first += 1

    def _close_all(self) -> None:
        for index in range(len(self._history[0][0]) if self._history else 0):
            if count := self._open_count(index):
                self._close(index, count)
        self._history.clear()

    def _open_count(self, index: int) -> int:
        """How many records a channel has that no ended chunk holds."""
        return min(len(self._history), (self._first + len(self._history) + index) % CHUNK_RECORDS)

    def _close(self, index: int, count: int) -> None:
        chunk = self._cut(index, count)
        if not chunk.is_empty:
            self._closed.append(ClosedChunk(self.order.refs[index], chunk))

    def _cut(self, index: int, count: int) -> Chunk:
        """The last ``count`` records of a channel."""
        steps = self._history[-count:]
        first = self._first + len(self._history) - count
        if index >= len(steps[0][0]):
            return Chunk(first * self._step_s, self._step_s, empty_columns(count))
        columns = [[step[rank][index] for step in steps] for rank in range(len(EMPTY_ROW))]
        return Chunk(first * self._step_s, self._step_s, columns)


class Tiers:
    """Both tiers above single seconds: ends of steps go from one to the next."""

    def __init__(self) -> None:
        self._builders = [TierBuilder(step_s, ChannelOrder()) for step_s in STEPS_S]

    def add(self, at: int, columns: Columns, order: ChannelOrder) -> list[ClosedChunk]:
        """Take the summaries of one second; gives the chunks that ended."""
        step: Step | None = Step(at, columns)
        for builder in self._builders:
            step = builder.add(step.at, step.columns, order) if step is not None else None
        return [chunk for builder in self._builders for chunk in builder.take_closed()]

    def close(self) -> list[ClosedChunk]:
        """End all chunks, so that another order can begin."""
        tens, minutes = self._builders
        if (step := tens.close()) is not None:
            minutes.add(step.at, step.columns, tens.order)
        minutes.close()
        return [chunk for builder in self._builders for chunk in builder.take_closed()]

    def open_chunks(self, ref: ChannelRef, step_s: int) -> list[Chunk]:
        """What no ended chunk holds yet of one tier."""
        return self._builders[STEPS_S.index(step_s)].open_chunks(ref)


def encode_chunk(chunk: Chunk) -> bytes:
    if not 0 < chunk.length <= CHUNK_RECORDS:
        raise ValueError(f"a chunk has 1 to {CHUNK_RECORDS} records")
    head = _HEAD.pack(_FORM, _STEP_CODES[chunk.step_s], chunk.length, chunk.start)
    return head + pack_columns(chunk.columns, level=6)


def decode_chunk(blob: bytes) -> Chunk:
    """Raises DamagedRecordingError."""
    if len(blob) < _HEAD.size:
        raise DamagedRecordingError("the chunk is cut")
    form, code, count, start = _HEAD.unpack_from(blob)
    step_s = _STEPS_BY_CODE.get(code)
    if form != _FORM or step_s is None or not 0 < count <= CHUNK_RECORDS:
        raise DamagedRecordingError("the chunk is of another form")
    return Chunk(start, step_s, unpack_columns(blob[_HEAD.size :], count))


_ROOMY = CODES.replace("H", "i")
"""Counts may be beyond 16 bits until they are packed."""


def _widen(columns: Sequence[Sequence[int]], width: int) -> Columns:
    """The same columns with empty records for channels that came later."""
    return [
        array(code, [*column, *([value] * (width - len(column)))])
        for code, column, value in zip(_ROOMY, columns, EMPTY_ROW, strict=True)
    ]
