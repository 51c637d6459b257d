"""What screens read from the services; while these are still being opened there is nothing to read."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.assignment import PastAssignment
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.recording.fine_columns import refine_span
from micboard_tui.domain.recording.recorded_span import WINDOW_AFTER_S, WINDOW_BEFORE_S, RecordedSpan
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.tui.arrange.alarm_lines import find_cleared

if TYPE_CHECKING:
    # The first board waits for what is loaded here, and needs none of it.
    from micboard_tui.contracts.assignment import Spare
    from micboard_tui.contracts.audit import AuditEntry, AuditQuery
    from micboard_tui.contracts.events import EventQuery
    from micboard_tui.contracts.manufacturers import DriverInfo, ManufacturerContract, ManufacturerInfo
    from micboard_tui.contracts.recap import ProgressReport, RecapQuery
    from micboard_tui.contracts.recorder import RecorderContract
    from micboard_tui.contracts.services import Services
    from micboard_tui.contracts.thresholds import ThresholdTable
    from micboard_tui.contracts.walks import RunningWalk
    from micboard_tui.domain.event import Event
    from micboard_tui.domain.recap import Recap
    from micboard_tui.domain.recap_shows import PastShow
    from micboard_tui.domain.walk_test import Walk

FINE_SPAN_S = 90.0
"""Of no more than this single samples are shown."""
MAX_WINDOWS_SHOWN = 20


class ServiceReadings:
    """Screens may open before the services do, so every reading looks whether they are open."""

    def __init__(self, services: "Callable[[], Services | None]") -> None:
        self._services = services

    @property
    def are_open(self) -> bool:
        """Whether there is anything to read yet."""
        return self._services() is not None

    def health(self) -> Mapping[DeviceId, DeviceHealth]:
        """How the session with each device does."""
        services = self._services()
        return {health.device_id: health for health in services.health.snapshot().devices} if services else {}

    def zones(self) -> Sequence[str]:
        """The parts of the network, by name: those with devices, and those that a collector reaches."""
        if (services := self._services()) is None:
            return ()
        collectors = services.health.snapshot().collectors
        of_devices = {snapshot.device.zone for snapshot in services.live.snapshot()}
        return sorted(of_devices | {collector.zone for collector in collectors})

    def find_device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        """The device as it is now."""
        services = self._services()
        return services.live.device(device_id) if services else None

    def find_spec(self, device: Device) -> "DriverInfo | None":
        """The driver of the device; None when its plugin is missing."""
        services = self._services()
        return find_spec(services.manufacturers, device) if services else None

    def unreported(self, device: Device) -> str:
        """What the device's driver never reports."""
        spec = self.find_spec(device)
        return spec.never_reports if spec else ""

    async def history(self, channel: ChannelRef) -> Sequence[PastAssignment]:
        """Who had the channel before, newest first."""
        services = self._services()
        answer = await services.assignments.list_history(channel) if services else None
        return answer.data if answer is not None and answer.success else ()

    def list_spares(self, channel: ChannelRef) -> "Sequence[Spare]":
        """What could take over from the channel, the best first."""
        from micboard_tui.contracts.assignment import list_spares

        services = self._services()
        return list_spares(services.live, channel) if services else ()

    async def audit(self, query: "AuditQuery") -> "ServiceResult[Sequence[AuditEntry]] | None":
        """Entries of the audit; None: nothing can be read yet."""
        services = self._services()
        return await services.audit.list_entries(query) if services else None

    async def past_alarms(self, since: float) -> Sequence[Alarm] | None:
        """Alarms that cleared since then, the newest first; None: they cannot be read now."""
        services = self._services()
        answer = await services.alarms.list_history(since) if services else None
        return find_cleared(answer.data) if answer is not None and answer.success else None

    async def events(self, query: "EventQuery") -> "Sequence[Event] | None":
        """What happened, oldest first; None: it cannot be read now."""
        services = self._services()
        answer = await services.events.list_events(query) if services else None
        return answer.data if answer is not None and answer.success else None

    async def spans(
        self, channels: Sequence[ChannelRef], start: float, end: float, columns: int
    ) -> Mapping[ChannelRef, RecordedSpan]:
        """What the meters of these channels showed, in so many columns; of a short time at full rate.

        Empty: it cannot be read now.
        """
        services = self._services()
        answer = await services.recorder.summaries(channels, start, end, columns) if services else None
        if services is None or answer is None or not answer.success:
            return {}
        if end - start > FINE_SPAN_S:
            return answer.data
        samples = await read_samples(services.recorder, channels, start, end)
        return {ref: refine_span(span, samples.get(ref, ())) for ref, span in answer.data.items()}

    async def thresholds(self) -> "ThresholdTable | None":
        """All numbers that channels are judged by; None: they cannot be read now."""
        services = self._services()
        answer = await services.thresholds.list_thresholds() if services else None
        return answer.data if answer is not None and answer.success else None

    def running_walk(self) -> "RunningWalk | None":
        """The walk test that runs now."""
        services = self._services()
        return services.walks.running if services else None

    async def walks(self) -> "Sequence[Walk] | None":
        """The walk tests that are kept, newest first; None: they cannot be read now."""
        services = self._services()
        answer = await services.walks.list_walks() if services else None
        return answer.data if answer is not None and answer.success else None

    async def past_shows(self) -> "Sequence[PastShow]":
        """The shows that were started, newest first."""
        services = self._services()
        answer = await services.recaps.list_shows() if services else None
        return answer.data if answer is not None and answer.success else ()

    async def recap(
        self, query: "RecapQuery", earlier: "RecapQuery | None", report: "ProgressReport"
    ) -> "ServiceResult[Recap] | None":
        """What became of a span, compared with an earlier one; None: the services are not open."""
        services = self._services()
        return await services.recaps.make_recap(query, earlier, report=report) if services else None


async def read_samples(
    recorder: "RecorderContract", channels: Sequence[ChannelRef], start: float, end: float
) -> Mapping[ChannelRef, Sequence[Sample]]:
    """What is kept at full rate of a span: in the last 75 seconds, and around alarms."""
    found: dict[ChannelRef, list[Sample]] = {ref: [] for ref in channels}
    newest = await recorder.samples(channels, start, end)
    parts = [newest.data] if newest.success else []
    since, until = start - WINDOW_AFTER_S, end + WINDOW_BEFORE_S
    titles = await recorder.list_windows(since, until, channels=channels, limit=MAX_WINDOWS_SHOWN)
    for title in titles.data if titles.success else ():
        window = await recorder.window(title.key, title.raised_at)
        if window.success and window.data is not None:
            parts.append(window.data.samples)
    for part in parts:
        for ref, samples in part.items():
            if ref in found:
                found[ref] += samples
    return found


def find_spec(manufacturers: "ManufacturerContract", device: Device) -> "DriverInfo | None":
    """The driver of the device; None when its plugin is missing."""
    found = manufacturers.find(device.manufacturer)
    return found.data.drivers.get(device.driver) if found.success else None


def list_manufacturers(manufacturers: "ManufacturerContract") -> "Sequence[ManufacturerInfo]":
    """All that are installed. A broken plugin is left out; the health check reports it."""
    found = map(manufacturers.find, manufacturers.codes())
    return [answer.data for answer in found if answer.success]
