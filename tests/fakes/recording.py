"""A recording in memory, whose disk fails when a test wants it to. Implements ``RecordingStore``."""

from collections.abc import Collection, Mapping, Sequence

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.recording_store import RecordedStep, WindowRecord
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.chunk import Chunk
from micboard_tui.domain.recording.recorded_span import AlarmWindow, WindowTitle
from micboard_tui.domain.recording.sample_ring import samples_between
from micboard_tui.domain.recording.span_columns import SECOND, Series, sorted_series
from micboard_tui.domain.recording.summary_columns import EMPTY_ROW


class InMemoryRecording:
    def __init__(self) -> None:
        self.steps: list[RecordedStep] = []
        self.windows: list[WindowRecord] = []
        self.fault: ErrorCode | None = None
        """Why opening and writing fail now."""
        self.note: str | None = None
        self.is_open = False
        self.opened = self.refused = 0

    def open(self) -> str | None:
        self._fail()
        self.is_open = True
        self.opened += 1
        return self.note

    def write(self, steps: Sequence[RecordedStep], windows: Sequence[WindowRecord]) -> None:
        assert self.is_open
        self._fail()
        self.steps += steps
        self.windows += windows

    def close(self) -> None:
        self.is_open = False

    def find_newest(self) -> float | None:
        return next((float(step.second.at) for step in reversed(self.steps) if step.second is not None), None)

    def read_seconds(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> Mapping[ChannelRef, Series]:
        return {ref: self._seconds_of(ref, start, end) for ref in channels}

    def read_chunks(
        self, step_s: int, channels: Collection[ChannelRef], start: float, end: float
    ) -> Mapping[ChannelRef, Sequence[Chunk]]:
        closed = [chunk for step in self.steps for chunk in step.chunks]
        return {
            ref: [
                each.chunk
                for each in closed
                if each.ref == ref and each.chunk.step_s == step_s
                if each.chunk.end > start and each.chunk.start < end
            ]
            for ref in channels
        }

    def list_windows(
        self, since: float, until: float | None, channels: Collection[ChannelRef], limit: int
    ) -> Sequence[WindowTitle]:
        return [window.title for window in self.windows][-limit:]

    def read_window(self, key: AlarmKey, raised_at: float) -> AlarmWindow | None:
        for title, refs, blocks in self.windows:
            if (title.key, title.raised_at) == (key, raised_at):
                return AlarmWindow(
                    title, {ref: samples_between(blocks, ref, title.start, title.end) for ref in refs}
                )
        return None

    def _seconds_of(self, ref: ChannelRef, start: float, end: float) -> Series:
        starts: list[float] = []
        columns: list[list[int]] = [[] for _ in EMPTY_ROW]
        for second, _ in self.steps:
            index = None if second is None else second.order.index.get(ref)
            if second is not None and index is not None and start - SECOND < second.at < end:
                starts.append(second.at)
                for column, values in zip(columns, second.columns, strict=True):
                    column.append(values[index])
        return sorted_series(SECOND, starts, columns)

    def _fail(self) -> None:
        if self.fault is not None:
            self.is_open = False
            self.refused += 1
            raise StorageError(self.fault, "The recording cannot be written", hint="Make room")
