"""The flight recorder: the meters of all channels, from 75 seconds at full rate to 90 days."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.recorded_span import AlarmWindow, RecordedSpan, WindowTitle
from micboard_tui.domain.recording.sample_ring import Sample

MAX_WINDOWS = 1000
"""So many windows are listed at once, the newest."""


class RecorderMode(StrEnum):
    OFF = "off"
    """This process holds no sessions, so it records nothing; it reads what others recorded."""
    MEMORY = "memory"
    """The last 75 seconds are kept and nothing is stored: ``RecorderState.fault`` says why."""
    DISK = "disk"
    """It is stored: in a file, or on a database server."""


@dataclass(frozen=True, slots=True)
class RecorderState:
    """How recording is going now."""

    mode: RecorderMode
    fault: ErrorInfo | None = None
    """Why nothing is stored, and the cure; None when it is, or need not be."""
    dropped_s: int = 0
    """Seconds that were not stored since the program started: the disk or server was too slow, or full."""
    note: str | None = None
    """What the user should know of how the file was opened; None: nothing."""


NOT_RECORDING = RecorderState(RecorderMode.OFF)


class RecorderContract(Protocol):
    """Times are seconds since the epoch. What cannot be read is a gap, never an invented level."""

    async def get_state(self) -> ServiceResult[RecorderState]:
        """How it goes now."""
        ...

    async def samples(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
        """Every sample of the last 75 seconds between both times, in the order in which they came."""
        ...

    async def summaries(
        self, channels: Collection[ChannelRef], start: float, end: float, columns: int
    ) -> ServiceResult[Mapping[ChannelRef, RecordedSpan]]:
        """Lowest, mean and highest of each column, from the finest records that are left of each time.

        All channels that were asked for are answered, each with as many columns. INVALID_VALUE: ``end`` is
        not after ``start``, or ``columns`` is not 1 to ``MAX_COLUMNS``.
        """
        ...

    async def list_windows(
        self,
        since: float,
        until: float | None = None,
        *,
        channels: Collection[ChannelRef] = (),
        limit: int = MAX_WINDOWS,
    ) -> ServiceResult[Sequence[WindowTitle]]:
        """The newest ``limit`` windows of alarms raised in a span, oldest first; no channels: of all.

        A window of a device's own alarm belongs to all channels of that device, and one of an alarm of a
        location or of the whole rig to all channels.
        """
        ...

    async def window(self, key: AlarmKey, raised_at: float) -> ServiceResult[AlarmWindow | None]:
        """The 60 s before and 15 s after an alarm; None: it was not kept, or is no longer."""
        ...
