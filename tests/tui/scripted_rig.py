"""A whole app on scripted devices: real services, repositories in memory, a clock moved by hand."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import anyio

from micboard_tui.contracts.access import AccessContract
from micboard_tui.contracts.alarms import AlarmContract
from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.audit import AuditContract
from micboard_tui.contracts.control import ControlContract
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import DeviceError, ErrorCode, ErrorInfo, MicboardError
from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.forecasts import ForecastContract
from micboard_tui.contracts.handover import HandoverContract
from micboard_tui.contracts.health import (
    DeviceHealth,
    HealthCheck,
    HealthContract,
    HealthReport,
    HealthSnapshot,
)
from micboard_tui.contracts.line_check import LineCheckContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.manufacturers import ManufacturerContract
from micboard_tui.contracts.ports import (
    Driver,
    DriverSpec,
    FoundDevice,
    Interface,
    Manufacturer,
    Report,
    SessionOptions,
)
from micboard_tui.contracts.recap import RecapContract
from micboard_tui.contracts.recorder import RecorderContract, RecorderMode, RecorderState
from micboard_tui.contracts.recording_store import RecordingStore
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.secrets import SecretContract
from micboard_tui.contracts.services import Services
from micboard_tui.contracts.show import ShowContract
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.contracts.thresholds import ThresholdContract
from micboard_tui.contracts.users import UserContract
from micboard_tui.contracts.walks import WalkContract
from micboard_tui.domain.arming import Arming
from micboard_tui.domain.battery import Battery, BatteryType
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Encryption, Meters, Transmitter
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.command_values import format_value
from micboard_tui.domain.device import Device, DeviceKind, DeviceState
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.shure.strings.commands import check_command, describe_command
from micboard_tui.services.access.access_guard import AccessGuard
from micboard_tui.services.access.access_service import AccessService
from micboard_tui.services.access.audit_service import AuditService
from micboard_tui.services.access.guarded_contracts import guard_services
from micboard_tui.services.access.stored_titles import StoredTitles
from micboard_tui.services.assembly import (
    ServiceSet,
    Synchronization,
    build_control,
    build_services,
    build_synchronization,
)
from micboard_tui.services.assignment.silence_end import SilenceEnd
from micboard_tui.services.discovery.own_networks import OwnNetworks
from micboard_tui.services.events.event_service import EventService
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.manufacturer_catalog import ManufacturerCatalog
from micboard_tui.services.recap.recap_service import RecapService
from micboard_tui.services.recap.recap_sources import Sources
from micboard_tui.services.records import Records
from micboard_tui.services.show.remote_calls import RemoteCalls
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.synchronization.session_lease import SessionLease
from micboard_tui.services.user.control_arming import ControlArming
from micboard_tui.services.user.user_events import UserEvents
from micboard_tui.services.walk.walk_service import WalkService
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.screens.board_screen import BoardScreen
from tests.fakes.alarms import ScriptedAlarms
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.audit import InMemoryAudit
from tests.fakes.events import InMemoryEvents
from tests.fakes.handover import InMemoryHandover
from tests.fakes.leases import ME, InMemoryLease
from tests.fakes.links import until
from tests.fakes.locks import InMemoryLock
from tests.fakes.plugins import Announcements, Plugins, ScriptedProbe
from tests.fakes.recorded import MadeUpRecorder
from tests.fakes.recording import InMemoryRecording
from tests.fakes.repositories import InMemoryDevices, InMemoryLocations
from tests.fakes.secrets import InMemorySecrets
from tests.fakes.services import fake_adapters, no_addresses
from tests.fakes.stored_users import FastHasher
from tests.fakes.users import FakeUsers
from tests.fakes.walks import InMemoryWalks
from tests.services.stage import Clock

THEMES = tuple((Path(__file__).parents[2] / "themes" / f"{name}.toml") for name in ("stage", "light"))
OPTIONS = BoardOptions(THEMES, glyphs="blocks", wall_clock=lambda: datetime(2026, 11, 23, 21, 14, tzinfo=UTC))
STAGE = Location(LocationId("stage"), "Main Stage", position=0)
CHAPEL = Location(LocationId("chapel"), "Chapel", position=1)
INTERFACES = (Interface("192.0.2.1", 24, "eth0"), Interface("127.0.0.1", 8, "lo"))
NETWORKS = OwnNetworks(lambda: INTERFACES, no_addresses)
PATIENT = SessionOptions(silence_limit_s=1e9)
Script = Sequence[Observation] | DeviceError
PACK = Transmitter("ULXD2", "Ada", muted=False, power_mw=10, battery=Battery(78, 4, 405, BatteryType.LI_ION))
FACTS = ChannelFacts(
    name="Lead Vox",
    frequency_khz=482125,
    group_channel="06,11",
    gain_db=12,
    encryption=Encryption.OFF,
    transmitter_present=True,
    transmitter=PACK,
)
METERS = Meters(-52.0, -52.0, -61.0, -20.0, "A", carrier=True)
SILENCE = Meters(-104.0, -104.0, -107.0, -50.0, None, carrier=False)
SILENT = DeviceError(
    ErrorCode.DEVICE_UNREACHABLE, "No answer from 127.0.0.3:2202", hint="Check its power and its cable"
)
REFUSED = DeviceError(
    ErrorCode.DEVICE_REFUSED,
    "127.0.0.4:2202 does not let us in",
    hint="Advanced Settings > Controller Access > Allow",
)


def device(number: int, location: Location | None = STAGE, name: str | None = None) -> Device:
    where = None if location is None else location.id
    host = f"127.0.0.{number}"
    return Device(
        DeviceId(f"rack-{number}"), "shure", "shure-strings", host, 2202, name, where, position=number
    )


def reports(
    name: str, *channels: tuple[ChannelFacts, Meters], model: str = "ULXD4Q"
) -> Sequence[Observation]:
    """What a driver reports of a receiver and its channels; those on one frequency are moved apart."""
    observations: list[Observation] = [
        DeviceHeard(DeviceKind.RECEIVER, len(channels), model, name, "2.7.6.0", rf_band="G51")
    ]
    taken: set[int] = set()
    for number, (wanted, meters) in enumerate(channels, 1):
        facts, khz = wanted, wanted.frequency_khz
        while khz in taken:
            khz += 375
            facts = replace(wanted, frequency_khz=khz)
        taken |= {khz} if khz else set()
        observations += [FactsHeard(number, facts), MetersHeard(number, meters)]
    return observations


def vocal(name: str, khz: int, battery: Battery, meters: Meters = METERS) -> tuple[ChannelFacts, Meters]:
    pack = replace(PACK, name=name, battery=battery)
    return replace(FACTS, name=name, frequency_khz=khz, transmitter=pack), meters


class ScriptedDriver:
    """Reports its script and then nothing; a script that is an error is raised at every attempt."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.report: Report | None = None
        self.commands: list[Command] = []
        self.refusals: dict[Command, DeviceError] = {}
        """What the device does not do, and why."""
        self.may_confirm = anyio.Event()
        """Until it is set the device answers no command."""
        self.may_confirm.set()

    async def run(self, report: Report) -> NoReturn:
        if isinstance(self._script, DeviceError):
            raise self._script
        self.report = report
        report(self._script)
        await anyio.sleep_forever()
        raise AssertionError

    async def execute(self, command: Command) -> Confirmation:
        await self.may_confirm.wait()
        self.commands.append(command)
        if (refusal := self.refusals.get(command)) is not None:
            raise refusal
        return Confirmation(command, format_value(command))

    async def execute_once(self, command: Command) -> Confirmation:
        return Confirmation(command, format_value(command))

    async def read_once(self, report: Report) -> None:
        if isinstance(self._script, DeviceError):
            raise self._script
        report(self._script)


@dataclass(frozen=True)
class AllServices:
    """Implements ``Services``."""

    live: LiveContract
    devices: DeviceContract
    control: ControlContract
    locations: LocationContract
    assignments: AssignmentContract
    synchronization: SynchronizationContract
    health: HealthContract
    secrets: SecretContract
    silences: SilenceEnd
    events: EventContract
    alarms: AlarmContract
    shows: ShowContract
    remote_calls: RemoteCalls
    forecasts: ForecastContract
    recorder: RecorderContract
    walks: WalkContract
    line_check: LineCheckContract
    handover: HandoverContract
    manufacturers: ManufacturerContract
    thresholds: ThresholdContract
    recaps: RecapContract
    users: UserContract
    audit: AuditContract
    access: AccessContract


class SessionsHealth:
    """Implements ``HealthContract`` as far as screens use it."""

    storage_fault: ErrorInfo | None = None
    task_fault: ErrorInfo | None = None
    storage_note: str | None = None
    loop_lag_s: float | None = None
    stored_at: float | None = None
    recorder = RecorderState(RecorderMode.DISK)
    checks: tuple[HealthCheck, ...] = ()

    def __init__(self, sessions: Callable[[], tuple[DeviceHealth, ...]]) -> None:
        self._sessions = sessions

    def snapshot(self) -> HealthSnapshot:
        return HealthSnapshot(
            self._devices(),
            self.storage_fault,
            self.recorder,
            self.task_fault,
            self.loop_lag_s,
            self.stored_at,
            self.storage_note,
        )

    def _devices(self) -> tuple[DeviceHealth, ...]:
        """How often a device was tried and how much it reports in a second is up to the machine."""
        return tuple(
            replace(session, failures=min(1, session.failures), messages_per_s=0.0)
            for session in self._sessions()
        )

    async def check(self) -> ServiceResult[HealthReport]:
        return Success(HealthReport(self.checks))


class ScriptedRig:
    """``scripts`` holds what the device at each address reports, or the error that it gives."""

    recording: RecordingStore
    is_read_only = False
    """Whether what changes something is refused; to be set before the app starts."""
    locks: InMemoryLock
    guard: AccessGuard
    access: AccessService
    audit: AuditService
    sessions: Synchronization
    health: "SessionsHealth"
    built: ServiceSet
    """The real services; there when the app has opened them."""

    def __init__(
        self,
        scripts: Mapping[str, Script] | None = None,
        *devices: Device,
        locations: Sequence[Location] = (STAGE, CHAPEL),
        answering: Sequence[FoundDevice] = (),
        announcing: Sequence[FoundDevice] = (),
        stays: bool = False,
    ) -> None:
        self.manual_clock = Clock(1_000_000.0)
        self.clock = SteadyClock(wall=self.manual_clock, steady=self.manual_clock)
        self.live = LiveState(self.clock)
        self.scripts = dict(scripts or {})
        self.drivers: dict[str, ScriptedDriver] = {}
        self.locations = InMemoryLocations(*locations)
        self.events = InMemoryEvents()
        self.handover = InMemoryHandover()
        self.recorder, self.recording = MadeUpRecorder(), InMemoryRecording()
        self.walks, self.users, self.audited = InMemoryWalks(), FakeUsers(), InMemoryAudit()
        self.records = InMemoryDevices(*devices, locations=self.locations)
        self.assignments = InMemoryAssignments(self.records)
        self.answering_devices = ScriptedProbe(*answering)
        self.drivers_known = {"shure-strings": 2202}
        self.other_manufacturers: list[Manufacturer] = []
        """Other plugins that are installed."""
        self.broken_plugins: Sequence[str] = ()
        """And those that cannot be loaded."""
        self.alarms = ScriptedAlarms(self.live)
        self.announcements = Announcements(*announcing, stays=stays)
        self.secrets, self.leases = InMemorySecrets(), InMemoryLease()
        self.failure: MicboardError | None = None
        self.opened = 0
        self.may_open = anyio.Event()
        self.may_open.set()

    def app(self, look: BoardOptions = OPTIONS) -> MicboardApp:
        return MicboardApp(self.live, self.services, look)

    def choose_watchers(self, services: ServiceSet) -> tuple[AlarmContract, RecorderContract]:
        """Made up, so that a test says what they show; a rig may take the real ones."""
        return self.alarms, self.recorder

    @asynccontextmanager
    async def services(self) -> AsyncGenerator[Services]:
        await self.may_open.wait()
        if self.failure is not None:
            raise self.failure
        specs = {
            name: DriverSpec(
                name, name, port, self.open, check_command=check_command, describe_command=describe_command
            )
            for name, port in self.drivers_known.items()
        }
        plugins = Plugins(
            Manufacturer("shure", "Shure", specs, self.answering_devices, self.announcements),
            *self.other_manufacturers,
            broken=self.broken_plugins,
        )
        adapters = fake_adapters(
            Records(self.records, self.locations, self.assignments, self.records.shows),
            plugins,
            live=self.live,
            clock=self.clock,
            events=self.events,
            secrets=self.secrets,
            resolve=self._resolve,
            networks=NETWORKS,
            options=PATIENT,
            handover=self.handover,
            recording=self.recording,
            lease=SessionLease(self.leases, ME),
        )
        self.sessions = build_synchronization(adapters)
        synchronization = self.sessions.service
        services = self.built = build_services(adapters, synchronization)
        alarms, recorder = self.choose_watchers(services)
        walks = WalkService(self.walks, recorder, self.live, adapters.events)
        sources = Sources(
            self.live, services.shows, services.devices, recorder, adapters.events, services.handover
        )
        guard = self.guard = self._make_guard(adapters.events)
        self.opened += 1
        try:
            self.health = SessionsHealth(synchronization.sessions)
            offered = AllServices(
                self.live,
                services.devices,
                build_control(adapters, services, services.devices, self._is_armed),
                services.locations,
                services.assignments,
                synchronization,
                self.health,
                services.secrets,
                services.silences,
                adapters.events,
                alarms,
                services.shows,
                RemoteCalls(services.shows, adapters.events, self.live),
                services.forecasts,
                recorder,
                walks,
                services.line_check,
                services.handover,
                ManufacturerCatalog(plugins),
                services.thresholds,
                RecapService(sources),
                self.users,
                self.audit,
                self.access,
            )
            yield guard_services(offered, guard)
        finally:
            await synchronization.stop()
            self.opened -= 1

    def _make_guard(self, events: EventService) -> AccessGuard:
        clock = self.clock
        arming = self.users.arming = ControlArming(UserEvents(events, clock), clock, self._publish_armings)
        self.locks = InMemoryLock(clock)
        self.access = AccessService(self.locks, FastHasher(), arming, self.live, events, clock)
        titles = StoredTitles(Records(self.records, self.locations, self.assignments, self.records.shows))
        self.audit = AuditService(self.audited, self.live, clock, titles.find)
        return AccessGuard(
            is_read_only=self.is_read_only,
            find_lock=self.access.find_for_guard,
            is_armed=self._is_armed,
            audit=self.audit,
        )

    def _is_armed(self, user: str) -> bool:
        return self.users.arming.end_of(user) is not None

    def _publish_armings(self, armings: Sequence[Arming]) -> None:
        self.live.findings = replace(self.live.findings, armings=tuple(armings))

    def report(self, number: int, *observations: Observation) -> None:
        """Let the device at 127.0.0.``number`` report something more."""
        report = self.drivers[f"127.0.0.{number}"].report
        assert report is not None
        report(observations)

    async def all_devices_settle(self) -> None:
        """Wait until every registered device is online, or has a fault."""
        await until(
            lambda: (
                len(self.live.snapshot()) == len(self.records.kept)
                and all(
                    device.state.is_online or device.state.fault is not None
                    for device in self.live.snapshot()
                )
            )
        )

    def store(self, snapshot: DeviceState, *channels: ChannelState) -> None:
        """What was stored of a device before the app starts."""
        self.records.states[snapshot.device_id] = snapshot
        self.records.channels.update((each.ref, each) for each in channels)

    async def _resolve(self, host: str) -> None:
        raise DeviceError(
            ErrorCode.HOST_NOT_RESOLVED, f"No address is known for {host}", hint="Check the spelling"
        )

    def open(self, host: str, port: int, options: SessionOptions) -> Driver:
        self.drivers[host] = ScriptedDriver(self.scripts.get(host, SILENT))
        return self.drivers[host]


def settle(app: MicboardApp) -> BoardScreen:
    """Bring the board up to the present, without waiting for its clocks."""
    board = next(screen for screen in app.screen_stack if isinstance(screen, BoardScreen))
    board.sample()
    board.judge()
    return board
