"""A flight recorder that recorded what a test says, and remembers which summaries were asked for."""

from collections.abc import Collection, Mapping, Sequence

from micboard_tui.contracts.recorder import MAX_WINDOWS, RecorderMode, RecorderState
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.recorded_span import AlarmWindow, RecordedSpan, WindowTitle
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary, merge_all


class FakeRecorder:
    """``records`` are the summaries of single seconds, by channel and the second in which they begin."""

    def __init__(
        self,
        records: Mapping[ChannelRef, Mapping[int, ChannelSummary]] | None = None,
        samples: Mapping[ChannelRef, Sequence[Sample]] | None = None,
        windows: Sequence[AlarmWindow] = (),
    ) -> None:
        self.records, self.all_samples, self.windows = records or {}, samples or {}, windows
        self.state = RecorderState(RecorderMode.DISK)
        self.asked: list[tuple[float, float, int]] = []

    async def samples(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
        return Success(
            {
                ref: [sample for sample in self.all_samples.get(ref, ()) if start <= sample.at <= end]
                for ref in channels
            }
        )

    async def summaries(
        self, channels: Collection[ChannelRef], start: float, end: float, columns: int
    ) -> ServiceResult[Mapping[ChannelRef, RecordedSpan]]:
        self.asked.append((start, end, columns))
        return Success({ref: self._span(ref, start, end, columns) for ref in channels})

    async def list_windows(
        self,
        since: float,
        until: float | None = None,
        *,
        channels: Collection[ChannelRef] = (),
        limit: int = MAX_WINDOWS,
    ) -> ServiceResult[Sequence[WindowTitle]]:
        titles = [
            window.title
            for window in self.windows
            if since <= window.title.raised_at and (until is None or window.title.raised_at <= until)
        ]
        wanted = [title for title in titles if not channels or _is_about(title, channels)]
        return Success(wanted[-limit:])

    async def window(self, key: AlarmKey, raised_at: float) -> ServiceResult[AlarmWindow | None]:
        for window in self.windows:
            if window.title.key == key and window.title.raised_at == raised_at:
                return Success(window)
        return Success(None)

    def _span(self, ref: ChannelRef, start: float, end: float, columns: int) -> RecordedSpan:
        records, width = self.records.get(ref, {}), (end - start) / columns
        merged = []
        for column in range(columns):
            begin, stop = start + column * width, start + (column + 1) * width
            touched = [records[at] for at in sorted(records) if at < stop and at + 1 > begin]
            merged.append(merge_all(touched) if touched else EMPTY)
        return RecordedSpan(start, end, merged, 1.0 if records else 0.0)


def _is_about(title: WindowTitle, channels: Collection[ChannelRef]) -> bool:
    key = title.key
    return any(
        ref.device_id == key.device_id and (key.channel is None or key.channel == ref.number)
        for ref in channels
    )
