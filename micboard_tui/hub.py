"""The hub of a fleet: one of several is active, has the record, and does what is done once for the site.

Each hub keeps a replica of the present, as collectors tell it, and tries to have the lease (``HubLease``).
The one that has it opens the record, runs the services on the replica, takes calls, and publishes layout and
findings. What needs a device it sends on to the collector that has it. When it is cancelled it stores what is
not stored yet and gives the lease back last, so that the next one begins with all of it. When it lost the
lease it only stops: another one is active by then.
"""

import platform
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import randbelow
from typing import NoReturn
from uuid import uuid4

import anyio
import structlog

from micboard_tui import __version__
from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.greeting import Greeter
from micboard_tui.bus.connection import Connection
from micboard_tui.bus.hosting import MAX_RUN, take_calls
from micboard_tui.bus.hub_lease import HubLease
from micboard_tui.bus.leased_connection import LeasedConnection
from micboard_tui.bus.mirror.asked_devices import MeterPlan
from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.ownership.send_lease import HOLD_S
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.routing.collectors import Collectors
from micboard_tui.bus.routing.hub_sessions import HubSessions
from micboard_tui.bus.routing.routed_devices import RoutedDevices
from micboard_tui.bus.routing.routed_recorder import RoutedRecorder
from micboard_tui.bus.routing.zone_network import ZoneNetwork
from micboard_tui.bus.wire.sign_of_life import HUB
from micboard_tui.bus.wire.subjects import Subjects, encode_token
from micboard_tui.config.paths import Paths
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StartError, StorageError
from micboard_tui.contracts.services import Services
from micboard_tui.contracts.storage_cures import find_storage_cause
from micboard_tui.domain.storage_cause import StorageCause
from micboard_tui.domain.thresholds import SERVER_STORE_INTERVAL_S
from micboard_tui.domain.user import Permission
from micboard_tui.program import Options
from micboard_tui.record import Record, SiteServices, load_drivers, open_record
from micboard_tui.services.assembly import build_services
from micboard_tui.services.background import BackgroundTasks
from micboard_tui.services.fleet.fleet_secrets import build_fleet_secrets
from micboard_tui.services.health_service import Activity
from micboard_tui.services.live.published_site import PublishedSite
from micboard_tui.services.live.recorded_site import RecordedSite
from micboard_tui.services.live.site_conflicts import SiteConflicts
from micboard_tui.services.live.site_docks import SiteDocks
from micboard_tui.services.live.site_state import SiteState
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from micboard_tui.services.user.recorded_users import RecordedUsers

PUBLISHER = "hub"
"""The name of the active one among all that publish."""
RATE_HZ = 2
"""So often meters come of channels that need it."""
CLOCK_LOOK_S = 0.5
USERS_LOOK_S = 2.0
RETRY_S = 2.0
"""After the record could not be opened, so that another hub may try."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HubPlace:
    """Where on the bus a hub is, and what it hears there."""

    name: str
    connection: Connection
    subjects: Subjects
    lease: HubLease
    mirror: Mirror
    wall: Callable[[], float]


async def run_hub(  # noqa: PLR0913 - where it is, and who
    options: Options,
    paths: Paths,
    connection: Connection,
    subjects: Subjects,
    *,
    name: str,
    active: Callable[[bool], None],
    wall: Callable[[], float] = time.time,
) -> None:
    """Until cancelled. ``active`` is called with whether this hub is the active one, when that changes.

    ``wall``: the clock of this computer, which may be set, and which all programs of the site follow.

    Raises, when it is active the first time, StorageError where waiting for the record is no use, and
    StartError where it is not on a server.
    """
    await load_drivers()
    run = uuid4().hex
    own_name = f"hub-{encode_token(name)}-{run}"
    mirror = Mirror(connection, subjects, own_name, steady_s, wall, MeterPlan(RATE_HZ))
    lease = HubLease(connection, subjects, f"{name} {run}", steady_s)
    tasks = BackgroundTasks()
    tasks.start(mirror.run, "replica")
    tasks.start(lease.run, "lease of the hub")
    try:
        await _take_turns(options, paths, HubPlace(name, connection, subjects, lease, mirror, wall), active)
    finally:
        with anyio.CancelScope(shield=True):
            tasks.cancel()
            await tasks.end()


async def _take_turns(
    options: Options, paths: Paths, place: HubPlace, active: Callable[[bool], None]
) -> NoReturn:
    lease, has_led = place.lease, False
    while True:
        with anyio.move_on_after(2 * HOLD_S):
            await lease.wait_held()
        if not lease.is_held:
            active(lease.is_held)
            await lease.wait_held()
        try:
            async with _open_hub(options, paths, place) as services:
                has_led = True
                active(lease.is_held)
                log.info("hub_active", devices=len(services.live.snapshot()))
                await lease.wait_lost()
                log.warning("hub_not_active_any_more")
                active(lease.is_held)
        except StorageError as error:
            # One that has waited for its turn is not to end because the server died with the former hub.
            if not has_led and find_storage_cause(error.info) is not StorageCause.SERVER_AWAY:
                raise
            log.warning("record_not_opened", code=error.code.value, reason=error.info.message)
            await lease.step_down(RETRY_S)


@asynccontextmanager
async def _open_hub(options: Options, paths: Paths, place: HubPlace) -> AsyncGenerator[Services]:
    """All services of the site; they are offered on the bus as long as it is open."""
    async with open_record(options, paths) as record:
        if not record.database.is_server:
            raise StartError(
                ErrorCode.CONFIG_INVALID,
                "The hub of a fleet shares its record with the collectors, which a file cannot be",
                hint="Name a PostgreSQL database with MICBOARD_DATABASE_URL, or start serve without roles",
            )
        async with ActiveHub(record, place).run() as services:
            yield services


class ActiveHub:
    """Its parts, joined. ``run`` it once."""

    def __init__(self, record: Record, place: HubPlace) -> None:
        self._record, self._place = record, place
        self._connection = connection = LeasedConnection(place.connection, lambda: place.lease.is_held)
        self._clock = SteadyClock(place.wall)
        live, recorded = SiteState(place.mirror, self._clock), LiveState(self._clock)
        self._collectors = Collectors(place.mirror, connection, place.subjects, PUBLISHER)
        self._conflicts = SiteConflicts(live)
        self._docks = SiteDocks(live, place.mirror.publisher_of)
        self._secrets = build_fleet_secrets(
            record.database, record.paths, record.options.mask, name=place.name, zone=None
        )
        self._adapters = record.adapters_of(
            live,
            self._clock,
            secrets=self._secrets.store,
            refusals=self._secrets.refusals,
            find_storage_fault=self._find_storage_fault,
        )
        self._recorded = RecordedSite(self._adapters.records, recorded)
        sessions = HubSessions(live, self._collectors, connection, place.subjects, self._recorded.look)
        services = build_services(self._adapters, sessions, ZoneNetwork(self._collectors))
        self._recorder = RoutedRecorder(services.recorder, self._collectors)
        self._site = SiteServices(
            record,
            self._adapters,
            services,
            devices=RoutedDevices(services.devices, self._collectors),
            recorder=self._recorder,
        )
        activity = Activity(
            tuple,
            live,
            StoredByCollectors(self._collectors),
            record.loop,
            self._clock,
            lambda: self._recorder.state,
            self._find_task_fault,
            lambda: place.mirror.collectors,
        )
        self._offered = offered = self._site.offer(sessions, record.make_health(activity))
        self._publisher = Publisher(
            connection,
            place.subjects,
            PublishedSite(recorded, live),
            PublisherOptions(
                publisher=PUBLISHER,
                run=randbelow(MAX_RUN) + 1,
                version=__version__,
                health=offered.health.snapshot,
                walk=lambda: offered.walks.running,
                role=HUB,
                host=platform.node(),
            ),
            steady_s,
        )
        greeter = Greeter(__version__, platform.node(), offered.manufacturers, self._find_permission)
        self._calls = CallServer(connection, place.subjects, offered, greeter)
        self._users = RecordedUsers(record.database.users)
        self._permissions: Mapping[str, Permission] = {}

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[Services]:
        """Open from when on calls are taken; in the end what is not stored yet is stored."""
        # Layout and findings are never published before it is known what there is.
        await self._recorded.look()
        self._start_background()
        try:
            yield self._offered
        finally:
            with anyio.CancelScope(shield=True):
                await self._close()

    def _start_background(self) -> None:
        background = self._record.background
        background.start(self._record.loop.run, "loop monitor")
        background.start(self._follow_clock, "clock")
        background.start(self._follow_users, "rights of users")
        background.start(self._recorded.run, "record")
        background.start(lambda: self._secrets.run(self._adapters.events, self._clock), "secrets")
        background.start(self._conflicts.run, "conflicts of the site")
        background.start(self._docks.run, "docked packs of the site")
        self._site.start()
        background.start(self._publisher.run, "publisher")
        background.start(lambda: take_calls(self._calls), "calls")

    async def _close(self) -> None:
        background = self._record.background
        background.cancel()
        self._record.close()
        await background.end()
        if self._place.lease.is_held:
            await self._site.close()
        await self._adapters.events.close()
        await self._connection.close()

    async def _follow_clock(self) -> NoReturn:
        """All programs of the site follow this one."""
        while True:
            if correction_s := self._clock.correction_s():
                log.warning("clock_was_set", by_s=round(correction_s, 1))
                self._clock.follow(correction_s)
            await anyio.sleep(CLOCK_LOOK_S)

    async def _follow_users(self) -> NoReturn:
        while True:
            listed = await self._users.list_users()
            if listed.success:
                self._permissions = {user.name: user.permission for user in listed.data}
            await anyio.sleep(USERS_LOOK_S)

    def _find_permission(self, user: str) -> Permission:
        """Who is no user is a program of the site, or on one of its computers."""
        return self._permissions.get(user, Permission.CONTROL)

    def _find_storage_fault(self) -> ErrorInfo | None:
        """Also of the first collector that cannot store what it reads."""
        collectors = StoredByCollectors(self._collectors)
        return self._record.database.find_fault() or collectors.error or self._recorder.state.fault

    def _find_task_fault(self) -> ErrorInfo | None:
        """Also of the first collector in which a task crashed."""
        if (fault := self._record.background.find_fault()) is not None:
            return fault
        return self._collectors.find_fault(lambda health: health.task_fault)


class StoredByCollectors:
    """Readings are stored by who reads them: implements ``StateSaverView`` by what these tell."""

    def __init__(self, collectors: Collectors) -> None:
        self._collectors = collectors
        self.interval_s = SERVER_STORE_INTERVAL_S

    @property
    def stored_at(self) -> float | None:
        """The oldest of the newest batches."""
        moments = [sign.health.stored_at for sign in self._collectors.heard.values()]
        return min((at for at in moments if at is not None), default=None)

    @property
    def error(self) -> ErrorInfo | None:
        """That of the first one that cannot store."""
        return self._collectors.find_fault(lambda health: health.storage_fault)
