"""What services need from outside, made of fakes: for tests of services and of the app."""

from collections.abc import AsyncIterator, Sequence

from micboard_tui.contracts.alarms import AlarmRepository
from micboard_tui.contracts.errors import DeviceError, MicboardError
from micboard_tui.contracts.events import EventRepository
from micboard_tui.contracts.forecasts import PackRepository
from micboard_tui.contracts.handover import HandoverRepository
from micboard_tui.contracts.live import Changes
from micboard_tui.contracts.ports import NO_METER_RATES, Interface, ManufacturerRegistry, SessionOptions
from micboard_tui.contracts.recording_store import RecordingStore
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.secrets import RefusalMemory, SecretStore
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation
from micboard_tui.services.assembly import Adapters
from micboard_tui.services.discovery.own_networks import OwnNetworks
from micboard_tui.services.events.event_service import EventService
from micboard_tui.services.host_names import Resolve
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.records import Records
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.synchronization.session_lease import SessionLease
from micboard_tui.storage.plots.plot_files import FileFormats
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.events import InMemoryEvents
from tests.fakes.handover import InMemoryHandover
from tests.fakes.leases import ME, InMemoryLease
from tests.fakes.line_checks import InMemoryLineChecks
from tests.fakes.packs import InMemoryPacks
from tests.fakes.recording import InMemoryRecording
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.secrets import InMemorySecrets
from tests.fakes.stored_alarms import InMemoryAlarms
from tests.fakes.thresholds import InMemoryThresholds


class NoRefusals:
    """No device has refused any key. Implements ``RefusalMemory``."""

    async def since(self, device_id: DeviceId, key: str) -> float | None:
        return None

    async def note(self, device_id: DeviceId, key: str) -> None:
        pass


class FakeSessions:
    """No sessions run, only commands are answered. Implements ``SynchronizationContract``."""

    def __init__(self) -> None:
        self.refreshed = 0
        self.retried: list[DeviceId] = []
        self.read_for_s: dict[DeviceId, float] = {}
        self.has_sessions: bool | MicboardError = False
        self.answer: Confirmation | DeviceError | None = None
        self.is_running = False

    async def start(self, manufacturer_code: str | None = None) -> ServiceResult[int]:
        raise AssertionError

    async def stop(self) -> None:
        raise AssertionError

    async def refresh(self) -> None:
        self.refreshed += 1

    async def retry(self, device_id: DeviceId) -> None:
        self.retried.append(device_id)

    async def read(self, device_id: DeviceId, timeout_s: float) -> bool:
        self.read_for_s[device_id] = timeout_s
        if isinstance(self.has_sessions, MicboardError):
            raise self.has_sessions
        return self.has_sessions

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        raise AssertionError

    async def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        raise AssertionError
        yield Changes(0)

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        if isinstance(self.answer, DeviceError):
            raise self.answer
        return self.answer


def no_interfaces() -> Sequence[Interface]:
    return ()


async def no_addresses(host: str) -> Sequence[str]:
    return ()


async def no_name_service(host: str) -> None:
    raise AssertionError(host)


NO_NETWORKS = OwnNetworks(no_interfaces, no_addresses)


def in_memory(devices: InMemoryDevices) -> Records:
    """Records around ``devices``, with the locations that they stand at."""
    return Records(devices, devices.locations, InMemoryAssignments(devices), devices.shows)


def fake_adapters(
    records: Records,
    manufacturers: ManufacturerRegistry,
    *,
    live: LiveState | None = None,
    clock: SteadyClock | None = None,
    secrets: SecretStore | None = None,
    refusals: RefusalMemory | None = None,
    resolve: Resolve = no_name_service,
    networks: OwnNetworks = NO_NETWORKS,
    options: SessionOptions | None = None,
    events: EventRepository | None = None,
    packs: PackRepository | None = None,
    handover: HandoverRepository | None = None,
    alarms: AlarmRepository | None = None,
    recording: RecordingStore | None = None,
    lease: SessionLease | None = None,
) -> Adapters[LiveState]:
    clock = clock or SteadyClock()
    live = live or LiveState(clock)
    events = InMemoryEvents() if events is None else events
    return Adapters(
        records,
        live,
        clock,
        manufacturers,
        secrets or InMemorySecrets(),
        refusals or NoRefusals(),
        lambda _host, _port: NO_METER_RATES,
        resolve,
        networks,
        options or SessionOptions(),
        EventService(events, records.devices, live, clock),
        alarms or InMemoryAlarms(events if isinstance(events, InMemoryEvents) else None),
        FileFormats(),
        packs or InMemoryPacks(_cast_of(records)),
        InMemoryLineChecks(),
        handover or InMemoryHandover(),
        InMemoryThresholds(_cast_of(records)),
        recording or InMemoryRecording(),
        lease or SessionLease(InMemoryLease(), ME),
    )


def _cast_of(records: Records) -> InMemoryAssignments | None:
    return records.assignments if isinstance(records.assignments, InMemoryAssignments) else None
