"""Where the flight recorder writes: the port that ``storage/recorder`` implements.

All methods block, and are called in threads: one that writes, any that read.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.chunk import Chunk, ClosedChunk
from micboard_tui.domain.recording.recorded_span import AlarmWindow, WindowTitle
from micboard_tui.domain.recording.sample_ring import SampleBlock
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.span_columns import Series
from micboard_tui.domain.recording.summary_columns import Columns


class SecondRecord(NamedTuple):
    at: int
    """When it begins, in seconds since the epoch."""
    order: ChannelOrder
    columns: Columns


class RecordedStep(NamedTuple):
    """What one second brought: itself, and the chunks that ended before it."""

    second: SecondRecord | None
    """None: there was no room for it."""
    chunks: Sequence[ClosedChunk] = ()


class WindowRecord(NamedTuple):
    title: WindowTitle
    refs: Sequence[ChannelRef]
    blocks: Sequence[SampleBlock]
    """Those that hold the samples of the window, and others."""


class RecordingStore(Protocol):
    """Every method raises StorageError."""

    def open(self) -> str | None:
        """Be the only one that writes, and finish what a killed program left; what the user should know.

        ALREADY_RUNNING: another process records.
        """
        ...

    def write(self, steps: Sequence[RecordedStep], windows: Sequence[WindowRecord]) -> None:
        """Write all of it, or nothing; what was written survives the end of the process."""
        ...

    def close(self) -> None:
        """Let others write. Raises nothing."""
        ...

    def find_newest(self) -> float | None:
        """When the second that was written last begins; None: there is none."""
        ...

    def read_seconds(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> Mapping[ChannelRef, Series]:
        """The seconds that touch the span."""
        ...

    def read_chunks(
        self, step_s: int, channels: Collection[ChannelRef], start: float, end: float
    ) -> Mapping[ChannelRef, Sequence[Chunk]]:
        """The chunks of a tier that touch the span."""
        ...

    def list_windows(
        self, since: float, until: float | None, channels: Collection[ChannelRef], limit: int
    ) -> Sequence[WindowTitle]:
        """The newest ``limit`` of them, oldest first."""
        ...

    def read_window(self, key: AlarmKey, raised_at: float) -> AlarmWindow | None:
        """None: there is none."""
        ...
