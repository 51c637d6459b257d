"""Joins the services: the container gives them the real things, tests give them fakes, both through here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from micboard_tui import __version__
from micboard_tui.contracts.alarms import AlarmRepository
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.device_holding import WHOLE_RACK, DeviceHolding
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.forecasts import PackRepository
from micboard_tui.contracts.handover import HandoverRepository
from micboard_tui.contracts.line_check import LineCheckRepository
from micboard_tui.contracts.ports import ManufacturerRegistry, MeterRateMemory, SessionOptions
from micboard_tui.contracts.recording_store import RecordingStore
from micboard_tui.contracts.secrets import RefusalMemory, SecretStore
from micboard_tui.contracts.show import PlotFiles
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.contracts.thresholds import ThresholdRepository
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, STORE_INTERVAL_S, STORED_LATE_S, Thresholds
from micboard_tui.services.alarm.alarm_service import AlarmService
from micboard_tui.services.alarm.condition_reader import ConditionReader
from micboard_tui.services.assignment.assignment_service import AssignmentService
from micboard_tui.services.assignment.silence_end import SilenceEnd
from micboard_tui.services.control.command_desk import CommandDesk
from micboard_tui.services.control.command_sender import CommandSender
from micboard_tui.services.control.command_undo import CommandUndo
from micboard_tui.services.control.control_service import ControlService
from micboard_tui.services.device.device_access import DeviceAccess, Drivers
from micboard_tui.services.device.device_network import DeviceNetwork, OwnNetwork
from micboard_tui.services.device.device_service import DeviceService
from micboard_tui.services.device.registration import DeviceRegistration
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.discovery.device_search import DeviceSearch
from micboard_tui.services.discovery.own_networks import OwnNetworks
from micboard_tui.services.event_loop_lag import LoopMonitor
from micboard_tui.services.events.event_service import EventService
from micboard_tui.services.events.link_watch import LinkWatch
from micboard_tui.services.forecast.forecast_service import ForecastService
from micboard_tui.services.handover.handover_service import HandoverService
from micboard_tui.services.host_names import HostNames, Resolve
from micboard_tui.services.line_check.line_check_service import LineCheckService
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.location.location_service import LocationService
from micboard_tui.services.recorder.flight_recorder import FlightRecorder
from micboard_tui.services.records import Records
from micboard_tui.services.secret_events import SecretEvents
from micboard_tui.services.secret_service import SecretService
from micboard_tui.services.show.show_service import ShowService
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from micboard_tui.services.steps import Steps
from micboard_tui.services.synchronization.driver_opener import DriverOpener
from micboard_tui.services.synchronization.read_once import DeviceReader
from micboard_tui.services.synchronization.session_door import SessionDoor
from micboard_tui.services.synchronization.session_lease import SessionLease
from micboard_tui.services.synchronization.state_saver import StateSaver
from micboard_tui.services.synchronization.synchronization_service import SynchronizationService
from micboard_tui.services.threshold.numbers_reader import NumbersReader
from micboard_tui.services.threshold.threshold_service import ThresholdService

LiveT = TypeVar("LiveT", bound=LiveSite)


@dataclass(frozen=True, slots=True)
class Adapters(Generic[LiveT]):
    """What the services need from outside."""

    records: Records
    live: LiveT
    clock: SteadyClock
    manufacturers: ManufacturerRegistry
    secrets: SecretStore
    refusals: RefusalMemory
    meter_rates: Callable[[str, int], MeterRateMemory]
    resolve: Resolve
    networks: OwnNetworks
    options: SessionOptions
    events: EventService
    alarms: AlarmRepository
    plot_files: PlotFiles
    packs: PackRepository
    line_checks: LineCheckRepository
    handover: HandoverRepository
    threshold_records: ThresholdRepository
    recording: RecordingStore
    lease: SessionLease
    store_interval_s: float = STORE_INTERVAL_S
    writing_is_dear: bool = False
    """Whether only what changed besides meters is stored between two writings of all readings."""
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    loop: LoopMonitor = field(default_factory=LoopMonitor)
    find_storage_fault: Callable[[], ErrorInfo | None] = lambda: None
    """Why what is read or changed is not stored now; None: it is."""
    holding: DeviceHolding = WHOLE_RACK
    """Which devices this process is to speak with."""
    collector: str = ""
    """The name of this process, where it is one of several that hold devices."""


@dataclass(frozen=True, slots=True)
class Synchronization:
    service: SessionDoor
    saver: StateSaver
    link_watch: LinkWatch


@dataclass(frozen=True, slots=True)
class ServiceSet:
    devices: DeviceService
    steps: Steps
    command_desk: CommandDesk
    locations: LocationService
    assignments: AssignmentService
    secrets: SecretService
    silences: SilenceEnd
    alarms: AlarmService
    shows: ShowService
    forecasts: ForecastService
    line_check: LineCheckService
    handover: HandoverService
    thresholds: ThresholdService
    recorder: FlightRecorder


def build_synchronization(adapters: Adapters[LiveState]) -> Synchronization:
    saver = StateSaver(
        adapters.live,
        adapters.records.devices,
        adapters.store_interval_s,
        writing_is_dear=adapters.writing_is_dear,
        holding=adapters.holding,
    )
    service = SynchronizationService(
        adapters.records,
        adapters.live,
        adapters.clock,
        _build_opener(adapters),
        saver,
        adapters.options.silence_limit_s,
    )
    watch = LinkWatch(
        adapters.live, adapters.events, lambda: service.is_running, __version__, adapters.collector
    )
    return Synchronization(SessionDoor(service, adapters.lease, adapters.live), saver, watch)


def build_services(
    adapters: Adapters[LiveT], sessions: SynchronizationContract, network: DeviceNetwork | None = None
) -> ServiceSet:
    """``network``: where devices are reached before they are registered; None: ours."""
    records, manufacturers, options = adapters.records, adapters.manufacturers, adapters.options
    steps = Steps(records.assignments, adapters.clock, sessions.refresh, adapters.events)
    opener = _build_opener(adapters)
    numbers = NumbersReader(
        adapters.threshold_records, records.shows, records.locations, adapters.clock, adapters.thresholds
    )
    drivers = Drivers(
        manufacturers,
        opener,
        DeviceReader(opener, adapters.clock, numbers.read),
        options.connect_timeout_s,
        adapters.lease,
    )
    age_limit_s = options.silence_limit_s + adapters.store_interval_s
    stored = StoredDevices(records.devices, adapters.clock, age_limit_s + STORED_LATE_S, numbers.read)
    host_names = HostNames(adapters.resolve, options.connect_timeout_s)
    assignments = AssignmentService(records, stored, adapters.live, steps)
    shows = ShowService(records, adapters.live, adapters.clock, steps, adapters.events, adapters.plot_files)
    return ServiceSet(
        DeviceService(
            stored,
            adapters.live,
            DeviceRegistration(records, steps, manufacturers, network or OwnNetwork(host_names)),
            DeviceAccess(records, adapters.live, sessions, drivers),
            DeviceSearch(records.devices, manufacturers, adapters.networks, host_names),
        ),
        steps,
        CommandDesk(opener),
        LocationService(records.locations, stored, steps),
        assignments,
        SecretService(
            adapters.secrets,
            records.devices,
            manufacturers,
            sessions.refresh,
            SecretEvents(adapters.events, adapters.live.now),
        ),
        SilenceEnd(adapters.live, assignments),
        AlarmService(
            adapters.live,
            sessions,
            records,
            adapters.alarms,
            adapters.events,
            ConditionReader(adapters.live, adapters.loop, adapters.find_storage_fault),
        ),
        shows,
        ForecastService(adapters.live, adapters.packs, stored, steps, adapters.events, steady_s),
        LineCheckService(adapters.live, adapters.line_checks, adapters.events, steady_s),
        HandoverService(adapters.handover, adapters.events, adapters.live.now),
        ThresholdService(
            records, adapters.threshold_records, adapters.live, steps, stored, adapters.thresholds
        ),
        FlightRecorder(
            adapters.live, adapters.recording, adapters.events.append, lambda: sessions.is_running
        ),
    )


def build_control(
    adapters: Adapters[LiveT],
    services: ServiceSet,
    devices: DeviceContract,
    is_armed: Callable[[str], bool],
) -> ControlService:
    """Control of ``devices``, which reach all of them; the steps of ``services`` can be undone from then on.

    ``is_armed``: whether a user has armed control.
    """
    sender = CommandSender(devices, adapters.events, adapters.live.now)
    services.steps.commands = CommandUndo(devices, sender, is_armed)
    return ControlService(devices, sender, services.command_desk, services.steps, is_armed)


def _build_opener(adapters: Adapters[LiveT]) -> DriverOpener:
    return DriverOpener(
        adapters.manufacturers,
        adapters.options,
        adapters.secrets,
        adapters.refusals,
        adapters.meter_rates,
        adapters.holding,
    )
