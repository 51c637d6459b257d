"""The record and the services on it: one description for one rack, the hub of a fleet and its collectors.

Loaded after the first paint, since what the database needs takes as long as all the rest of a start.
"""

import os
import platform
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import NoReturn, TypeVar

import anyio
from anyio import to_thread

from micboard_tui import __version__
from micboard_tui.config.changed_rates import ChangedRates
from micboard_tui.config.home_identity import find_home
from micboard_tui.config.operator_name import find_operator
from micboard_tui.config.paths import Paths
from micboard_tui.config.refused_secrets import RefusedKeys
from micboard_tui.config.secrets.secret_stores import SecretStores
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.health import HealthContract
from micboard_tui.contracts.lease import LeaseHolder
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.secrets import RefusalMemory, SecretStore
from micboard_tui.contracts.show import ShowContract
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.domain.arming import Arming
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.thresholds import SERVER_STORE_INTERVAL_S, STORE_INTERVAL_S
from micboard_tui.inputs.osc_input import OscInput
from micboard_tui.manufacturers.plugin_registry import EntryPointRegistry
from micboard_tui.manufacturers.transport.interfaces import list_interfaces
from micboard_tui.manufacturers.transport.name_resolver import addresses_of, resolve
from micboard_tui.outputs.announcer import AlarmAnnouncer, build_outputs
from micboard_tui.program import Container, Options
from micboard_tui.services.access.access_guard import AccessGuard
from micboard_tui.services.access.access_service import AccessService
from micboard_tui.services.access.audit_service import AuditService
from micboard_tui.services.access.guarded_contracts import guard_contract, guard_services
from micboard_tui.services.access.stored_titles import StoredTitles
from micboard_tui.services.assembly import Adapters, ServiceSet, build_control
from micboard_tui.services.background import BackgroundTasks
from micboard_tui.services.discovery.own_networks import OwnNetworks
from micboard_tui.services.event_loop_lag import LoopMonitor
from micboard_tui.services.events.event_service import EventService
from micboard_tui.services.health_service import Activity, HealthService, Storage
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.manufacturer_catalog import ManufacturerCatalog
from micboard_tui.services.recap.recap_service import RecapService
from micboard_tui.services.recap.recap_sources import Sources
from micboard_tui.services.records import Records
from micboard_tui.services.show.remote_calls import RemoteCalls
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from micboard_tui.services.synchronization.session_lease import SessionLease
from micboard_tui.services.user.control_arming import ControlArming
from micboard_tui.services.user.recorded_users import RecordedUsers
from micboard_tui.services.user.user_events import UserEvents
from micboard_tui.services.user.user_service import UserService
from micboard_tui.services.walk.walk_service import WalkService
from micboard_tui.storage.argon2_hasher import Argon2Hasher
from micboard_tui.storage.database import Database, open_database, sqlite_url
from micboard_tui.storage.plots.plot_files import FileFormats
from micboard_tui.storage.recorder.recorder_file import RecorderFile

REPAIR_LOOK_S = 1.0

LiveT = TypeVar("LiveT", bound=LiveSite)


class Record:
    """The open database, and what of this computer goes with it. ``open_record`` makes it."""

    def __init__(self, options: Options, paths: Paths, database: Database) -> None:
        self.options, self.paths, self.database = options, paths, database
        self.manufacturers, self.loop = EntryPointRegistry(), LoopMonitor()
        self.recording = database.recording or RecorderFile(paths.recorder_file)
        self.background = BackgroundTasks()
        """Those that end before the database is closed."""
        self._changed_rates = ChangedRates(paths.meter_rates)

    def adapters_of(
        self,
        live: LiveT,
        clock: SteadyClock,
        *,
        home: str | None = None,
        secrets: SecretStore | None = None,
        refusals: RefusalMemory | None = None,
        find_storage_fault: Callable[[], ErrorInfo | None],
    ) -> Adapters[LiveT]:
        """What the services need, with the present in ``live``.

        ``home``: in whose name the devices of the database are read, together with others who do so in the
        same name; None: in that of this computer, alone.
        ``secrets``, ``refusals``: None: those in the files of this computer.
        """
        options, database, paths = self.options, self.database, self.paths
        usual_interval_s = SERVER_STORE_INTERVAL_S if database.is_server else STORE_INTERVAL_S
        holder = LeaseHolder(
            home or find_home(paths),
            platform.node(),
            find_operator(None),
            os.getpid(),
            is_shared=home is not None,
        )
        return Adapters(
            Records(database.devices, database.locations, database.assignments, database.shows),
            live,
            clock,
            self.manufacturers,
            secrets or SecretStores(paths.secrets_file, os.environ, options.mask),
            refusals or RefusedKeys(paths.refused_file),
            self._changed_rates.of_device,
            resolve,
            OwnNetworks(list_interfaces, addresses_of),
            options.session,
            EventService(database.events, database.devices, live, clock),
            database.alarms,
            FileFormats(),
            database.packs,
            database.line_checks,
            database.handover,
            database.thresholds,
            self.recording,
            SessionLease(database.leases, holder),
            options.store_interval_s or usual_interval_s,
            database.is_server,
            options.thresholds,
            self.loop,
            find_storage_fault=find_storage_fault,
        )

    def make_health(self, activity: Activity) -> HealthService:
        """The health of this program."""
        database, paths = self.database, self.paths
        storage = Storage(
            database.probe,
            database.devices,
            {"data": paths.data, "logs": paths.state},
            database.find_fault,
            self.recording.find_newest,
            database.find_note,
            database.audit.verify,
        )
        return HealthService(storage, activity, __version__, plugins=self.manufacturers.plugins)

    def close(self) -> None:
        """Write down nothing more of this computer; the sessions have ended."""
        self._changed_rates.close()


@asynccontextmanager
async def open_record(options: Options, paths: Paths, *, recorder: str = "") -> AsyncGenerator[Record]:
    """``recorder``: the name under which it records, where others do as well. Raises StorageError."""
    url = options.database_url or sqlite_url(paths.database_file)
    async with open_database(url, backup_directory=paths.backups, recorder=recorder) as database:
        yield Record(options, paths, database)


class SiteServices:
    """What is done once for a whole site: on one rack by the program with the sessions, else by the hub.

    ``start`` begins with what is done all the time, and ``close`` stores what is not stored yet, after that
    has ended.
    """

    def __init__(
        self,
        record: Record,
        adapters: Adapters[LiveT],
        services: ServiceSet,
        *,
        devices: DeviceContract,
        recorder: RecorderContract,
    ) -> None:
        """``devices``, ``recorder``: those that reach the devices, and the memory of what was read."""
        live, events = adapters.live, adapters.events
        self._record, self._live, self._events, self._services = record, live, events, services
        self._devices, self._recorder = devices, recorder
        self._announcer = AlarmAnnouncer(
            live, build_outputs(record.options.outputs), steady_s, lambda: services.alarms.is_judging
        )
        user_events = UserEvents(events, adapters.clock)
        self._arming = ControlArming(user_events, adapters.clock, self._publish_armings)
        database, hasher = record.database, Argon2Hasher()
        self._users = UserService(database.users, hasher, user_events, self._arming, adapters.clock)
        self._access = AccessService(database.locks, hasher, self._arming, live, events, adapters.clock)
        titles = StoredTitles(adapters.records)
        self._audit = AuditService(database.audit, live, adapters.clock, titles.find)
        self._guard = AccessGuard(
            is_read_only=record.options.is_read_only,
            find_lock=self._access.find_for_guard,
            is_armed=self._is_armed,
            audit=self._audit,
        )
        self._control = build_control(adapters, services, devices, self._is_armed)
        self._walks = WalkService(record.database.walks, recorder, live, events)
        self._recaps = RecapService(
            Sources(live, services.shows, devices, recorder, events, services.handover)
        )

    def start(self) -> None:
        """Begin with what is done all the time."""
        services, background = self._services, self._record.background
        background.start(services.silences.run, "silences")
        background.start(self._events.run, "event writer")
        background.start(self._note_repairs, "database repairs")
        background.start(self._walks.run, "walk test")
        background.start(services.alarms.run, "alarms")
        background.start(services.alarms.keep_storing, "alarm store")
        background.start(self._announcer.run, "alarm outputs")
        background.start(services.thresholds.run, "thresholds")
        background.start(services.shows.run, "show")
        background.start(services.forecasts.run, "battery forecasts")
        background.start(services.line_check.run, "line check")
        background.start(self._audit.run, "audit")
        background.start(self._access.run, "lock of the show")
        background.start(self._arming.run, "arming of control")
        if (listen := self._record.options.osc_listen) is not None:
            shows = guard_contract(ShowContract, services.shows, self._guard)
            events = guard_contract(EventContract, self._events, self._guard)
            remote_calls = RemoteCalls(shows, events, self._live)
            background.start(OscInput(listen, remote_calls.take).run, "OSC input")

    async def _note_repairs(self) -> NoReturn:
        """Write down as an event what became of a damaged database. Until cancelled."""
        noted: str | None = None
        while True:
            note = self._record.database.find_note()
            if note is not None and note != noted:
                text = note if len(note) <= MAX_EVENT_TEXT else f"{note[: MAX_EVENT_TEXT - 1]}…"
                self._events.append(Event(self._live.now(), EventKind.PROGRAM, text, details={"note": note}))
            noted = note
            await anyio.sleep(REPAIR_LOOK_S)

    async def close(self) -> None:
        """Store what is not stored yet, but for events, of which more may come."""
        await self._services.alarms.close()
        await self._walks.close()
        await self._services.forecasts.close()
        await self._audit.close()

    def offer(self, sessions: SynchronizationContract, health: HealthContract) -> Container:
        """All of it under one name; what changes something goes through the guard."""
        services = self._services
        container = Container(
            self._live,
            self._devices,
            self._control,
            services.locations,
            services.assignments,
            sessions,
            health,
            services.secrets,
            self._events,
            services.alarms,
            services.shows,
            services.forecasts,
            self._recorder,
            self._walks,
            services.line_check,
            services.handover,
            ManufacturerCatalog(self._record.manufacturers),
            services.thresholds,
            self._recaps,
            self._users,
            self._audit,
            self._access,
        )
        return guard_services(container, self._guard)

    def _publish_armings(self, armings: Sequence[Arming]) -> None:
        self._live.findings = replace(self._live.findings, armings=tuple(armings))

    def _is_armed(self, user: str) -> bool:
        return self._arming.end_of(user) is not None


async def load_drivers() -> None:
    """Load in a thread what drivers need, before any lease is held.

    Later it would keep the event loop from renewing the lease, on a busy machine for longer than it lasts.
    """
    await to_thread.run_sync(EntryPointRegistry().plugins)
    await to_thread.run_sync(import_module, "micboard_tui.manufacturers.transport.http_wire")


@asynccontextmanager
async def open_recorded_users(options: Options, paths: Paths) -> AsyncGenerator[RecordedUsers]:
    """The users of the database and nothing else of it. Raises StorageError."""
    url = options.database_url or sqlite_url(paths.database_file)
    async with open_database(url, backup_directory=paths.backups) as database:
        yield RecordedUsers(database.users)
