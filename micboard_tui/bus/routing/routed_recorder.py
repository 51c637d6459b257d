"""What was recorded on a site with collectors: implements ``RecorderContract`` where the record is.

Each collector records the channels of the devices that it holds. What it wrote is read from the record here,
by ``record``; what only its memory has, which is the last 75 seconds at full rate and windows of alarms that
are not over, is asked of the holders. What one of them does not answer is a gap.
"""

from collections.abc import Collection, Mapping, Sequence

from micboard_tui.bus.routing.collectors import Collector, Collectors
from micboard_tui.bus.routing.side_by_side import ask_all
from micboard_tui.contracts.recorder import (
    MAX_WINDOWS,
    NOT_RECORDING,
    RecorderContract,
    RecorderMode,
    RecorderState,
)
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.recorded_span import AlarmWindow, RecordedSpan, WindowTitle
from micboard_tui.domain.recording.sample_ring import Sample


class RoutedRecorder:
    def __init__(self, record: RecorderContract, collectors: Collectors) -> None:
        self._record, self._collectors = record, collectors

    @property
    def state(self) -> RecorderState:
        """How the collectors record, as they told last: that of the one that does worst."""
        states = [sign.health.recorder for sign in self._collectors.heard.values()]
        for state in states:
            if state.fault is not None:
                return state
        written = [state for state in states if state.mode is RecorderMode.DISK]
        return (written or states or [NOT_RECORDING])[0]

    async def get_state(self) -> ServiceResult[RecorderState]:
        return Success(self.state)

    async def samples(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
        parts = self._collectors.by_holder(channels)

        async def ask(holder: Collector) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
            return await holder.recorder.samples(parts[holder], start, end)

        found: dict[ChannelRef, Sequence[Sample]] = dict.fromkeys(channels, ())
        answers = [answer for _, answer in await ask_all(parts, ask)]
        for answer in answers:
            if answer.success:
                found |= answer.data
            elif len(answers) == 1:
                return answer
        missing = [answer.error.message for answer in answers if not answer.success]
        return Success(found, warning="; ".join(missing) or None)

    async def summaries(
        self, channels: Collection[ChannelRef], start: float, end: float, columns: int
    ) -> ServiceResult[Mapping[ChannelRef, RecordedSpan]]:
        return await self._record.summaries(channels, start, end, columns)

    async def list_windows(
        self,
        since: float,
        until: float | None = None,
        *,
        channels: Collection[ChannelRef] = (),
        limit: int = MAX_WINDOWS,
    ) -> ServiceResult[Sequence[WindowTitle]]:
        return await self._record.list_windows(since, until, channels=channels, limit=limit)

    async def window(self, key: AlarmKey, raised_at: float) -> ServiceResult[AlarmWindow | None]:
        stored = await self._record.window(key, raised_at)
        holder = None if key.device_id is None else self._collectors.holder_of(key.device_id)
        asked = self._collectors.all() if key.device_id is None else [holder] if holder is not None else []
        answers = await ask_all(asked, lambda each: each.recorder.window(key, raised_at))
        kept = [answer.data for _, answer in answers if answer.success and answer.data is not None]
        if stored.success and stored.data is not None:
            kept.insert(0, stored.data)
        if not kept:
            return stored
        samples = {ref: found for window in kept for ref, found in window.samples.items() if found}
        return Success(AlarmWindow(kept[0].title, samples))
