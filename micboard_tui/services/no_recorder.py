"""A recorder that records nothing, where there is no place for it. Implements ``RecorderContract``."""

from collections.abc import Collection, Mapping, Sequence

from micboard_tui.contracts.recorder import MAX_WINDOWS, RecorderMode, RecorderState
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.recorded_span import AlarmWindow, RecordedSpan, WindowTitle
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.second_summary import EMPTY


class NoRecorder:
    state = RecorderState(RecorderMode.OFF)

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
