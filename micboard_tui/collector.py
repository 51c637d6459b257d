"""A collector of a fleet: it holds sessions with some devices of its zone, by agreement with the others.

Which devices are ours says ``DeviceOwnership``, by leases on the bus. Sessions, the live state, and what is
stored, recorded and published, are those of these devices alone. The record is shared by all programs of the
site; the hub tells when it changed.

A device that is given away is left in order: goodbye to the device, its state into the record for who has it
next, its last entry for the boards, and then its lease. One whose lease has ended is closed in that moment,
and nothing more of it is sent, stored or published. When the collector ends, it gives all devices away first.
"""

import asyncio
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from secrets import randbelow
from typing import NoReturn

import anyio
import structlog

from micboard_tui import __version__
from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.greeting import Greeter
from micboard_tui.bus.connection import BusError, Connection, Message
from micboard_tui.bus.finding_reader import FindingReader
from micboard_tui.bus.hosting import MAX_RUN, take_calls
from micboard_tui.bus.ownership.device_ownership import DeviceOwnership
from micboard_tui.bus.ownership.namesake_guard import NamesakeGuard
from micboard_tui.bus.ownership.ownership_records import CollectorIdentity, CollectorSign
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.site_clock import FOLLOWED_S, SiteClock
from micboard_tui.bus.wire.sign_of_life import COLLECTOR
from micboard_tui.bus.wire.subjects import Subjects, collector_publisher
from micboard_tui.config.paths import Paths
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StartError, StorageError
from micboard_tui.contracts.health import HealthContract
from micboard_tui.contracts.manufacturers import ManufacturerContract
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.secret import SecretError
from micboard_tui.domain.thresholds import PEAK_HOLD_S
from micboard_tui.domain.user import Permission
from micboard_tui.program import Options
from micboard_tui.record import Record, load_drivers, open_record
from micboard_tui.services.assembly import build_services, build_synchronization
from micboard_tui.services.fleet.fleet_secrets import FleetSecrets, build_fleet_secrets
from micboard_tui.services.fleet.zone_devices import ZoneDevices
from micboard_tui.services.health_service import Activity
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.manufacturer_catalog import ManufacturerCatalog
from micboard_tui.services.steady_clock import SteadyClock, steady_s

ZONE_LOOK_S = 0.5
"""So often it is looked which devices there are in the zone."""
COUNT_EVERY_S = 5.0
"""So often the channels are counted of devices that were not heard by anyone before."""
STORE_LIMIT_S = 1.0
"""A device is given away after so long, although its state was not stored."""
LEAVE_LIMIT_S = 8.0
"""All devices are left by then, or their leases end by themselves."""
RETRY_S = 0.5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CollectorServices:
    """What the hub, and those who act through it, may call."""

    devices: DeviceContract
    synchronization: SynchronizationContract
    recorder: RecorderContract
    health: HealthContract
    manufacturers: ManufacturerContract


@dataclass(frozen=True, slots=True)
class CollectorPlace:
    """Where on the bus a collector is, and who it is there."""

    connection: Connection
    subjects: Subjects
    identity: CollectorIdentity
    wall: Callable[[], float]

    @property
    def publisher(self) -> str:
        """Its name among all that publish, which is the same after a restart."""
        return collector_publisher(self.identity.name)


async def run_collector(  # noqa: PLR0913 - where it is, and who
    options: Options,
    paths: Paths,
    connection: Connection,
    subjects: Subjects,
    identity: CollectorIdentity,
    *,
    ready: Callable[[], None],
    wall: Callable[[], float] = time.time,
) -> None:
    """Until cancelled; then it leaves in order. ``ready`` is called when it takes devices and calls.

    ``wall``: the clock of this computer, which may be set; that of the hub is followed.

    Raises StorageError, and StartError: the record is not on a server, or the file of the key by which we
    open secrets cannot be used.
    """
    await load_drivers()
    async with open_record(options, paths, recorder=identity.name) as record:
        if not record.database.is_server:
            raise StartError(
                ErrorCode.CONFIG_INVALID,
                "The collectors of a fleet share their record, which a file cannot be",
                hint="Name a PostgreSQL database with MICBOARD_DATABASE_URL, or start serve without roles",
            )
        try:
            secrets = build_fleet_secrets(
                record.database, paths, options.mask, name=identity.name, zone=identity.zone
            )
        except SecretError as error:
            raise StartError(ErrorCode.SECRETS_UNREADABLE, str(error), hint=error.hint) from error
        await Collector(record, CollectorPlace(connection, subjects, identity, wall), secrets).run(ready)


class Collector:
    """Its parts, joined. ``run`` it once."""

    def __init__(self, record: Record, place: CollectorPlace, secrets: FleetSecrets) -> None:
        connection, subjects, identity = place.connection, place.subjects, place.identity
        self._record, self._place, self._secrets = record, place, secrets
        self._site_clock = SiteClock(connection, subjects, steady_s, place.wall)
        clock = SteadyClock(self._site_clock, jump_s=FOLLOWED_S)
        self._live = LiveState(clock, PEAK_HOLD_S, record.options.thresholds)
        self._namesakes = NamesakeGuard(identity, connection, subjects)
        self._ownership = DeviceOwnership(
            identity, connection, subjects, self._release, steady=steady_s, wall=place.wall
        )
        adapters = record.adapters_of(
            self._live,
            clock,
            home=f"fleet-{subjects.site}",
            secrets=secrets.store,
            refusals=secrets.refusals,
            find_storage_fault=self._find_storage_fault,
        )
        self._adapters = replace(adapters, holding=self._ownership.holdings, collector=identity.name)
        self._zone = ZoneDevices(identity.zone, self._live, record.database.devices)
        self._sessions = build_synchronization(self._adapters)
        self._services = build_services(self._adapters, self._sessions.service)
        activity = Activity(
            self._sessions.service.sessions,
            self._live,
            self._sessions.saver,
            record.loop,
            clock,
            lambda: self._services.recorder.state,
            record.background.find_fault,
        )
        health, manufacturers = record.make_health(activity), ManufacturerCatalog(record.manufacturers)
        self._publisher = Publisher(
            connection,
            subjects,
            self._live,
            PublisherOptions(
                publisher=place.publisher,
                run=randbelow(MAX_RUN) + 1,
                version=__version__,
                health=health.snapshot,
                walk=lambda: None,
                token_of=self._ownership.holdings.token_of,
                role=COLLECTOR,
                zone=identity.zone,
                host=platform.node(),
                load=lambda: self._zone.load_of(self._ownership.owned),
            ),
            steady_s,
        )
        self._calls = CallServer(
            connection,
            subjects.at(place.publisher),
            CollectorServices(
                self._services.devices,
                self._sessions.service,
                self._services.recorder,
                health,
                manufacturers,
            ),
            # It is called by programs of the site only, which have asked what a user may do.
            Greeter(__version__, platform.node(), manufacturers, lambda _: Permission.CONTROL),
        )

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled. Raises StorageError, and StartError: another collector has the same name."""
        if (namesake := await self._namesakes.find()) is not None:
            raise _describe_namesake(namesake)
        started = await self._sessions.service.start()
        if not started.success and started.error.code is not ErrorCode.ALREADY_RUNNING:
            raise StorageError(started.error.code, started.error.message, hint=started.error.hint)
        self._start_background()
        # A task of its own: it goes on while all devices are left, after we were cancelled.
        serving = asyncio.create_task(self._serve(ready), name="collector")
        try:
            await asyncio.wait({serving})
        finally:
            with anyio.CancelScope(shield=True):
                if not serving.done():
                    with anyio.move_on_after(LEAVE_LIMIT_S):
                        await self._ownership.leave()
                serving.cancel()
                await asyncio.wait({serving})
                await self._close()
        serving.result()

    def _start_background(self) -> None:
        background = self._record.background
        background.start(self._record.loop.run, "loop monitor")
        background.start(self._sessions.service.run, "session lease")
        background.start(self._sessions.link_watch.run, "link events")
        background.start(self._adapters.events.run, "event writer")
        background.start(self._services.thresholds.run, "thresholds")
        background.start(self._services.recorder.run, "flight recorder")

    async def _serve(self, ready: Callable[[], None]) -> None:
        connection, subjects = self._place.connection, self._place.subjects
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._give_way)
            tasks.start_soon(self._site_clock.run)
            tasks.start_soon(FindingReader(connection, subjects, "alarms", self._take_alarms).run)
            tasks.start_soon(FindingReader(connection, subjects, "docks", self._live.take_docks).run)
            tasks.start_soon(self._ownership.run)
            tasks.start_soon(self._publisher.run)
            tasks.start_soon(take_calls, self._calls)
            tasks.start_soon(self._follow_record)
            tasks.start_soon(self._follow_zone)
            tasks.start_soon(self._secrets.run, self._adapters.events, self._adapters.clock)
            ready()

    async def _give_way(self) -> NoReturn:
        """To one of the same name that began at the same moment."""
        namesake = await self._namesakes.wait_for_elder()
        with anyio.move_on_after(LEAVE_LIMIT_S):
            await self._ownership.leave()
        raise _describe_namesake(namesake)

    async def _close(self) -> None:
        background = self._record.background
        background.cancel()
        await self._sessions.service.stop()
        self._record.close()
        await background.end()
        self._sessions.link_watch.close()
        await self._services.recorder.close()
        await self._adapters.events.close()

    # Which devices there are, and which of them are ours.

    async def _follow_record(self) -> None:
        """Read it as soon as the hub tells that it changed; without a hub it is looked at now and then."""

        async def refresh(_: Message) -> None:
            await self._sessions.service.refresh()

        while True:
            try:
                await self._place.connection.subscribe(self._place.subjects.layout_changed, refresh)
            except BusError:
                await anyio.sleep(RETRY_S)
            else:
                return

    async def _follow_zone(self) -> None:
        known: Sequence[Device] | None = None
        count_at = steady_s()
        while True:
            # While another program reads the devices of this database, none is ours.
            sessions = self._sessions.service
            registered = sessions.registered if sessions.is_running else ()
            if registered is not known or steady_s() >= count_at:
                known, count_at = registered, steady_s() + COUNT_EVERY_S
                self._ownership.set_devices(await self._zone.count(registered))
            await anyio.sleep(ZONE_LOOK_S)

    async def _release(self, device_id: DeviceId) -> None:
        await self._sessions.service.close_session(device_id)
        with anyio.move_on_after(STORE_LIMIT_S):
            await self._sessions.saver.store_device(device_id)
        await self._publisher.free(device_id)

    # What else goes on.

    def _take_alarms(self, alarms: AlarmList) -> None:
        """Those of our devices: their windows are recorded here."""
        ours = [
            alarm
            for alarm in alarms.alarms
            if alarm.key.device_id is None or self._live.device(alarm.key.device_id) is not None
        ]
        self._live.findings = replace(self._live.findings, alarms=AlarmList(ours))

    def _find_storage_fault(self) -> ErrorInfo | None:
        return (
            self._record.database.find_fault()
            or self._adapters.lease.fault
            or self._sessions.saver.error
            or self._services.recorder.state.fault
        )


def _describe_namesake(sign: CollectorSign) -> StartError:
    return StartError(
        ErrorCode.ALREADY_RUNNING,
        f"A collector called {sign.name} runs already, in zone {sign.zone}",
        hint="Give this one another name: --name NAME, or fleet.name in the settings",
    )
