"""The one place where implementations are chosen and given to each other."""

import gc
import os
import platform
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from socket import SOCK_STREAM

import anyio
import anyio.to_thread

from micboard_tui import __version__
from micboard_tui.config.paths import Paths
from micboard_tui.config.secret_mask import Mask
from micboard_tui.contracts.alarm_outputs import NO_OUTPUTS, OutputOptions
from micboard_tui.contracts.alarms import AlarmContract
from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.forecasts import ForecastContract
from micboard_tui.contracts.handover import HandoverContract
from micboard_tui.contracts.health import HealthContract
from micboard_tui.contracts.lease import LeaseHolder
from micboard_tui.contracts.line_check import LineCheckContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.manufacturers import ManufacturerContract
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.contracts.recap import RecapContract
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.secrets import SecretContract
from micboard_tui.contracts.show import ShowContract
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.contracts.thresholds import ThresholdContract
from micboard_tui.contracts.users import UserContract
from micboard_tui.contracts.walks import WalkContract
from micboard_tui.domain.thresholds import (
    DEFAULT_THRESHOLDS,
    PEAK_HOLD_S,
    SERVER_STORE_INTERVAL_S,
    STORE_INTERVAL_S,
    Thresholds,
)
from micboard_tui.manufacturers.transport.name_resolver import NAMES
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s

DEFAULT_SESSION = SessionOptions()


@dataclass(frozen=True, slots=True)
class Container:
    """Everything that a front end may ask for; what it is made of stays here."""

    live: LiveContract
    devices: DeviceContract
    locations: LocationContract
    assignments: AssignmentContract
    synchronization: SynchronizationContract
    health: HealthContract
    secrets: SecretContract
    events: EventContract
    alarms: AlarmContract
    shows: ShowContract
    forecasts: ForecastContract
    recorder: RecorderContract
    walks: WalkContract
    line_check: LineCheckContract
    handover: HandoverContract
    manufacturers: ManufacturerContract
    thresholds: ThresholdContract
    recaps: RecapContract
    users: UserContract


@dataclass(frozen=True, slots=True)
class Options:
    """What the container needs to know."""

    database_url: str | None = None
    """None: an SQLite file in the data directory."""
    session: SessionOptions = DEFAULT_SESSION
    store_interval_s: float | None = None
    """Seconds between two writings of all readings; None: what suits the database."""
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    """What channels are judged by."""
    outputs: OutputOptions = NO_OUTPUTS
    """Where alarms are sent to."""
    osc_listen: str | None = None
    """Where show control may call, as host:port; None: nowhere."""
    mask: Mask = field(default_factory=Mask)
    """Learns every secret that is read, so that logs can leave it out."""


class LiveAndClock:
    """The live state and its clock, still empty: cheap, so that a screen can be painted before all else."""

    def __init__(self, peak_hold_s: float = PEAK_HOLD_S, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> None:
        self.clock = SteadyClock()
        self.live = LiveState(self.clock, peak_hold_s, thresholds)


@asynccontextmanager
async def open_container(
    options: Options, paths: Paths, live_and_clock: LiveAndClock | None = None
) -> AsyncGenerator[Container]:
    """Open the database and join everything; in the end say goodbye to all devices and close.

    Raises StorageError. The libraries for the database are loaded here, in a thread, since they cost
    more processor time than all the rest of the start.
    """
    with _collector_stopped():
        await anyio.to_thread.run_sync(import_module, "micboard_tui.storage.database")
        from micboard_tui.config.changed_rates import ChangedRates
        from micboard_tui.config.home_identity import find_home
        from micboard_tui.config.operator_name import find_operator
        from micboard_tui.config.refused_secrets import RefusedKeys
        from micboard_tui.config.secrets.secret_stores import SecretStores
        from micboard_tui.inputs.osc_input import OscInput
        from micboard_tui.manufacturers.plugin_registry import EntryPointRegistry
        from micboard_tui.manufacturers.transport.interfaces import list_interfaces
        from micboard_tui.outputs.announcer import AlarmAnnouncer, build_outputs
        from micboard_tui.services.assembly import Adapters, build_services, build_synchronization
        from micboard_tui.services.background import BackgroundTasks
        from micboard_tui.services.discovery.own_networks import OwnNetworks
        from micboard_tui.services.event_loop_lag import LoopMonitor
        from micboard_tui.services.events.event_service import EventService
        from micboard_tui.services.health_service import Activity, HealthService, Storage
        from micboard_tui.services.manufacturer_catalog import ManufacturerCatalog
        from micboard_tui.services.recap.recap_service import RecapService
        from micboard_tui.services.recap.recap_sources import Sources
        from micboard_tui.services.records import Records
        from micboard_tui.services.synchronization.session_lease import SessionLease
        from micboard_tui.services.user.user_service import UserService
        from micboard_tui.services.walk.walk_service import WalkService
        from micboard_tui.storage.argon2_hasher import Argon2Hasher
        from micboard_tui.storage.database import open_database, sqlite_url
        from micboard_tui.storage.plots.plot_files import FileFormats
        from micboard_tui.storage.recorder.recorder_file import RecorderFile

    now = live_and_clock or LiveAndClock(thresholds=options.thresholds)
    live, clock = now.live, now.clock
    registry = EntryPointRegistry()
    url = options.database_url or sqlite_url(paths.database_file)
    async with open_database(url, backup_directory=paths.backups) as database:
        changed_rates, loop = ChangedRates(paths.meter_rates), LoopMonitor()
        events = EventService(database.events, database.devices, live, clock)
        lease = SessionLease(
            database.leases,
            LeaseHolder(find_home(paths), platform.node(), find_operator(None), os.getpid()),
        )
        recording = database.recording or RecorderFile(paths.recorder_file)
        adapters = Adapters(
            Records(database.devices, database.locations, database.assignments, database.shows),
            live,
            clock,
            registry,
            SecretStores(paths.secrets_file, os.environ, options.mask),
            RefusedKeys(paths.refused_file),
            changed_rates.of_device,
            resolve,
            OwnNetworks(list_interfaces, addresses_of),
            options.session,
            events,
            database.alarms,
            FileFormats(),
            database.packs,
            database.line_checks,
            database.handover,
            database.thresholds,
            recording,
            lease,
            options.store_interval_s or (SERVER_STORE_INTERVAL_S if database.is_server else STORE_INTERVAL_S),
            database.is_server,
            options.thresholds,
            loop,
            lambda: (
                database.find_fault() or lease.fault or sessions.saver.error or services.recorder.state.fault
            ),
        )
        sessions = build_synchronization(adapters)
        services = build_services(adapters, sessions.service)
        announcer = AlarmAnnouncer(
            live, build_outputs(options.outputs), steady_s, lambda: services.alarms.is_judging
        )
        users = UserService(database.users, Argon2Hasher(), events, clock)
        walks = WalkService(database.walks, services.recorder, live, events)
        recaps = RecapService(
            Sources(live, services.shows, services.devices, services.recorder, events, services.handover)
        )
        background = BackgroundTasks()
        background.start(loop.run, "loop monitor")
        background.start(services.silences.run, "silences")
        background.start(sessions.service.run, "session lease")
        background.start(sessions.link_watch.run, "link events")
        background.start(events.run, "event writer")
        background.start(walks.run, "walk test")
        background.start(services.alarms.run, "alarms")
        background.start(services.alarms.keep_storing, "alarm store")
        background.start(announcer.run, "alarm outputs")
        background.start(services.thresholds.run, "thresholds")
        background.start(services.shows.run, "show")
        background.start(services.forecasts.run, "battery forecasts")
        background.start(services.recorder.run, "flight recorder")
        background.start(services.line_check.run, "line check")
        background.start(users.arming.run, "arming of control")
        if options.osc_listen is not None:
            osc = OscInput(options.osc_listen, services.remote_calls.take)
            background.start(osc.run, "OSC input")
        freeze_what_is_loaded()
        try:
            yield Container(
                live,
                services.devices,
                services.locations,
                services.assignments,
                sessions.service,
                HealthService(
                    Storage(
                        database.probe,
                        database.devices,
                        {"data": paths.data, "logs": paths.state},
                        database.find_fault,
                        recording.find_newest,
                        database.note,
                    ),
                    Activity(
                        sessions.service.sessions,
                        live,
                        sessions.saver,
                        loop,
                        clock,
                        lambda: services.recorder.state,
                        background.find_fault,
                    ),
                    __version__,
                    plugins=registry.plugins,
                ),
                services.secrets,
                events,
                services.alarms,
                services.shows,
                services.forecasts,
                services.recorder,
                walks,
                services.line_check,
                services.handover,
                ManufacturerCatalog(registry),
                services.thresholds,
                recaps,
                users,
            )
        finally:
            background.cancel()
            await sessions.service.stop()
            changed_rates.close()
            # A step that is being stored ends before the database is closed.
            await background.end()
            await services.alarms.close()
            await walks.close()
            sessions.link_watch.close()
            await services.forecasts.close()
            await services.recorder.close()
            await events.close()


def installed_codes() -> Sequence[str]:
    """The codes of all manufacturers whose plugins are installed; loads none."""
    from micboard_tui.manufacturers.plugin_registry import EntryPointRegistry

    return EntryPointRegistry().codes()


@contextmanager
def _collector_stopped() -> Iterator[None]:
    """For loading: what is loaded stays, and looking for garbage in it would take a tenth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@cache
def freeze_what_is_loaded() -> None:
    """Leave what is loaded by now out of all collections.

    It stays to the end, and the collector would walk over all of it now and then, for 60 ms in which nothing
    is received and nothing drawn. Only once in a process: what was garbage when it froze is never freed.
    """
    gc.freeze()


async def resolve(host: str) -> None:
    """Ask the name service about a host. Raises DeviceError HOST_NOT_RESOLVED, NAME_SERVICE_SILENT."""
    await NAMES.find_addresses(host, 0, SOCK_STREAM)


async def addresses_of(host: str) -> Sequence[str]:
    """The addresses that the name service knows of a host; none when it does not."""
    try:
        found = await NAMES.find_addresses(host, 0, SOCK_STREAM)
    except DeviceError:
        return ()
    return [str(address[0]) for *_, address in found]
