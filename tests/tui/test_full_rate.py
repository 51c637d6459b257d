"""A short time on the timeline has all samples that are kept: the newest, and those around alarms."""

from collections.abc import Collection, Mapping, Sequence

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.recorder import MAX_WINDOWS
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.recorded_span import AlarmWindow, WindowTitle
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.tui.service_readings import read_samples
from tests.domain.recording.test_fine_columns import sample
from tests.fakes.recorded import NoRecorder

ONE, TWO = ChannelRef(DeviceId("rack"), 1), ChannelRef(DeviceId("rack"), 2)
TITLES = [
    WindowTitle(AlarmKey(ProblemCode.RF_LOST, DeviceId("rack"), 1), 100.0, 40.0, 115.0),
    WindowTitle(AlarmKey(ProblemCode.RF_LOST, DeviceId("rack"), 1), 130.0, 70.0, 145.0),
]


class WithWindows(NoRecorder):
    """Has one alarm's window, and one that is gone."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, float | None]] = []

    async def samples(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
        del channels, start, end
        return Failure(ErrorInfo(ErrorCode.DATABASE_ERROR, "no"))

    async def list_windows(
        self,
        since: float,
        until: float | None = None,
        *,
        channels: Collection[ChannelRef] = (),
        limit: int = MAX_WINDOWS,
    ) -> ServiceResult[Sequence[WindowTitle]]:
        del channels, limit
        self.asked.append((since, until))
        return Success(TITLES)

    async def window(self, key: AlarmKey, raised_at: float) -> ServiceResult[AlarmWindow | None]:
        del key
        if raised_at != TITLES[0].raised_at:
            return Success(None)
        return Success(AlarmWindow(TITLES[0], {ONE: [sample(99.0, -90.0)], TWO: [sample(99.0, -50.0)]}))


async def test_what_was_kept_around_alarms_is_found() -> None:
    recorder = WithWindows()
    found = await read_samples(recorder, [ONE], 80.0, 140.0)
    assert found == {ONE: [sample(99.0, -90.0)]}
    # Alarms whose window reaches into the span, from either side.
    assert recorder.asked == [(65.0, 200.0)]
