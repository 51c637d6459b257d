"""Recordings that a test makes up. Implements ``RecorderContract``."""

from collections.abc import Callable, Collection, Mapping, Sequence

from micboard_tui.contracts.recorder import MAX_WINDOWS, NOT_RECORDING, RecorderMode, RecorderState
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.recorded_span import AlarmWindow, RecordedSpan, WindowTitle
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary
from tests.domain.recording.reference import encode_meters

Recorded = Callable[[ChannelRef, float], ChannelSummary]
"""What was recorded of a channel in the second that begins at a time."""


class NoRecorder:
    state = NOT_RECORDING

    async def get_state(self) -> ServiceResult[RecorderState]:
        return Success(self.state)

    async def samples(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
        del start, end
        return Success(dict.fromkeys(channels, ()))

    async def summaries(
        self, channels: Collection[ChannelRef], start: float, end: float, columns: int
    ) -> ServiceResult[Mapping[ChannelRef, RecordedSpan]]:
        return Success(dict.fromkeys(channels, RecordedSpan(start, end, (EMPTY,) * columns, 0.0)))

    async def list_windows(
        self,
        since: float,
        until: float | None = None,
        *,
        channels: Collection[ChannelRef] = (),
        limit: int = MAX_WINDOWS,
    ) -> ServiceResult[Sequence[WindowTitle]]:
        del since, until, channels, limit
        return Success(())

    async def window(self, key: AlarmKey, raised_at: float) -> ServiceResult[AlarmWindow | None]:
        del key, raised_at
        return Success(None)


class MadeUpRecorder(NoRecorder):
    """Records of one second; a column takes that of its middle."""

    state = RecorderState(RecorderMode.DISK)

    def __init__(self, recorded: Recorded = lambda _ref, _at: EMPTY) -> None:
        self.recorded = recorded
        self.meters: Mapping[ChannelRef, Meters] = {}
        """What was received ten times a second, all the time."""
        self.reads: list[tuple[Collection[ChannelRef], float, float, int]] = []

    async def samples(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
        ticks = range(round(start * 10), round(end * 10) + 1)
        readings = {ref: encode_meters(self.meters[ref]) for ref in channels if ref in self.meters}
        return Success(
            {ref: [Sample(tick / 10, reading) for tick in ticks] for ref, reading in readings.items()}
        )

    async def summaries(
        self, channels: Collection[ChannelRef], start: float, end: float, columns: int
    ) -> ServiceResult[Mapping[ChannelRef, RecordedSpan]]:
        self.reads.append((tuple(channels), start, end, columns))
        column_s = (end - start) / columns
        moments = [start + (index + 0.5) * column_s for index in range(columns)]
        spans: dict[ChannelRef, RecordedSpan] = {}
        for ref in channels:
            levels: Sequence[ChannelSummary] = [self.recorded(ref, at // 1) for at in moments]
            spans[ref] = RecordedSpan(start, end, levels, 1.0)
        return Success(spans)
