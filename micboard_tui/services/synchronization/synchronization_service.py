"""One supervised session a device, and the one place that says what follows from a reading.

``start`` loads what is registered into the live state, with the problems that lasted when the last program
ended, and starts one task, in which a task group holds all sessions (``device_sessions``), the saver that
writes states to storage, and what watches. Drivers report through
``take_observations``, which never waits. Every half a second ``_watch`` marks devices that have been silent
for too long as offline and follows the machine's clock when it was set. Every 1.5 s, and at once on
``refresh``, it compares the revisions of the records and of the secrets with those that it knows: where the
records changed, sessions are opened, replaced and closed so that they fit; where secrets changed, sessions
opened with other ones are replaced. ``stop`` ends the task, waits until every session is closed (for
three seconds at most), and stores what is known. While nothing was started, ``refresh`` and ``retry`` do
nothing: there is no session that could change, and the next ``start`` loads everything anyway.

Where ``DeviceHolding`` says that only some devices are ours, only these are in the live state and have
sessions. When that changes, sessions with devices that are lost are closed in the very moment; then
``_follow_holding`` shows those that came, recalls what was stored of them by who had them before, and opens
their sessions, also while the database is away.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence

import anyio
import structlog
from anyio.abc import TaskGroup

from micboard_tui.contracts import hints
from micboard_tui.contracts.bus_errors import describe_unheld_device
from micboard_tui.contracts.change_follower import ChangeFollower
from micboard_tui.contracts.device import ALL_DEVICES, DeviceQuery
from micboard_tui.contracts.device_holding import WHOLE_RACK
from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.live import Changes
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import Observation
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.records import Records
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.synchronization.device_session import SessionState
from micboard_tui.services.synchronization.device_sessions import DeviceSessions
from micboard_tui.services.synchronization.driver_opener import DriverOpener
from micboard_tui.services.synchronization.state_saver import StateSaver

TICK_S = 0.5
REFRESH_INTERVAL_S = 1.5
STOP_TIMEOUT_S = 3.0
GATHER_S = 0.02
RECALL_LIMIT_S = 1.0
READ_LOOK_S = 0.05
"""So long a device that came waits for what was stored of it: later, its session would be late."""

log = structlog.get_logger(__name__)


class SynchronizationService:
    """Implements ``SynchronizationContract``. Sessions live in one task group, in one task of ours."""

    def __init__(
        self,
        records: Records,
        live: LiveState,
        clock: SteadyClock,
        opener: DriverOpener,
        saver: StateSaver,
        silence_limit_s: float,
    ) -> None:
        self._records, self._live, self._clock = records, live, clock
        self._opener, self._saver = opener, saver
        self._silence_limit_s = silence_limit_s
        self._manufacturer: str | None = None
        """Only devices of this one get sessions; None: all do."""
        self._holding = opener.holding
        self._sessions = DeviceSessions(live, opener, self.take_observations)
        self.registered: Sequence[Device] = ()
        """All devices, as they were read last; another object whenever they were read again."""
        self._locations: Sequence[Location] = ()
        self._holding_changed = anyio.Event()
        self._holding.on_change(self._take_holding_change)
        self._secrets_revision = ""
        self._records_revision = ""
        self._group: TaskGroup | None = None
        self._runner: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether this process holds sessions."""
        return self._runner is not None

    async def start(self, manufacturer_code: str | None = None) -> ServiceResult[int]:
        if self._runner is not None:
            return Success(len(self._sessions), warning="Already running")
        self._manufacturer = manufacturer_code
        try:
            if manufacturer_code is not None:
                self._opener.check_manufacturer(manufacturer_code)
            await self._load()
            await self._recall_problems()
        except MicboardError as error:
            return Failure.of(error)
        ready = anyio.Event()
        self._runner = asyncio.create_task(self._run(ready), name="sessions")
        await ready.wait()
        return Success(len(self._sessions))

    async def stop(self) -> None:
        runner, self._runner = self._runner, None
        if runner is None:
            return
        if self._group is not None:
            self._group.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({runner}, timeout=STOP_TIMEOUT_S)
            await self._saver.flush()

    async def show_stored(self) -> None:
        """While no session runs: show what is stored, as past. Raises StorageError."""
        records = self._records
        devices, locations = await records.devices.all(), await records.locations.all()
        performers = await records.assignments.performers()
        assignments = await records.assignments.assignments()
        stored = await records.devices.query(ALL_DEVICES)
        if self._runner is None:
            self._live.place(devices, locations)
            self._live.cast(performers, assignments)
            self._live.recall(stored, is_anew=True)

    async def refresh(self) -> None:
        if self._group is None:
            return
        try:
            await self._reconcile()
        except StorageError as error:
            log.warning("devices_not_read", code=error.code.value, reason=error.info.message)

    async def retry(self, device_id: DeviceId) -> None:
        session = self._sessions.find(device_id)
        if session is not None:
            self._sessions.reopen(session, session.device)

    async def read(self, device_id: DeviceId, timeout_s: float) -> bool:
        if self._sessions.find(device_id) is None:
            self._check_held()
            return False
        if not self._is_online(device_id):
            await self.retry(device_id)
            with anyio.move_on_after(timeout_s):
                await self._wait_read(device_id)
        return True

    async def _wait_read(self, device_id: DeviceId) -> None:
        while True:
            if self._is_online(device_id) or self._has_failed(device_id):
                return
            await anyio.sleep(READ_LOOK_S)

    def _is_online(self, device_id: DeviceId) -> bool:
        snapshot = self._live.device(device_id)
        return snapshot is not None and snapshot.state.is_online

    def _has_failed(self, device_id: DeviceId) -> bool:
        """Whether the session of a device has ended, or has a fault to show for its last attempt."""
        session = self._sessions.find(device_id)
        return session is None or session.state is SessionState.STOPPED or session.fault is not None

    def _check_held(self) -> None:
        """Raise DEVICE_NOT_HELD in a fleet: a connection without a session would be the second one.

        The session is about to be opened, or the device to be given away.
        """
        if self._holding is not WHOLE_RACK:
            info = describe_unheld_device()
            raise MicboardError(info.code, info.message, hint=info.hint)

    async def close_session(self, device_id: DeviceId) -> None:
        """Say goodbye to a device that is given away; it is shown until it is no longer ours."""
        await self._sessions.close(device_id)

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        self._live.take_observations(device_id, observations)
        session = self._sessions.find(device_id)
        if session is not None:
            session.count_observations(observations)

    async def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        follower = ChangeFollower(self._live)
        while True:
            if (changes := follower.look()) is not None:
                yield changes
            await anyio.sleep(interval_s)

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        session = self._sessions.find(device_id)
        if session is not None:
            return await session.execute(command)
        self._check_held()
        return None

    def sessions(self) -> tuple[DeviceHealth, ...]:
        """How each session has been doing."""
        return self._sessions.health()

    async def _run(self, ready: anyio.Event) -> None:
        async with anyio.create_task_group() as group:
            self._group = group
            self._sessions.begin(group)
            self._secrets_revision = await self._opener.secrets_revision()
            self._adjust_sessions()
            ready.set()
            group.start_soon(self._saver.run)
            group.start_soon(self._watch)
            group.start_soon(self._follow_holding)
        self._group = None
        self._sessions.end()

    async def _watch(self) -> None:
        """Notice silent devices, a clock that was set, and changed records and secrets."""
        since_refresh_s = 0.0
        while True:
            await anyio.sleep(TICK_S)
            self._notice_silence()
            if correction_s := self._clock.correction_s():
                log.warning("clock_was_set", by_s=round(correction_s, 1))
                self._clock.follow(correction_s)
                self._live.shift_clock(correction_s)
            since_refresh_s += TICK_S
            if since_refresh_s >= REFRESH_INTERVAL_S:
                self._sessions.measure_rates(since_refresh_s)
                since_refresh_s = 0.0
                await self.refresh()

    def _notice_silence(self) -> None:
        now = self._clock()
        for device_id, heard_at in self._live.online():
            session = self._sessions.find(device_id)
            if session is None or now - heard_at <= self._silence_limit_s:
                continue
            fault = session.fault or DeviceFault(
                ErrorCode.DEVICE_SILENT,
                f"No data for {now - heard_at:.0f} s",
                hints.CHECK_POWER,
            )
            self._live.status(device_id, DeviceStatus.OFFLINE, fault)

    async def _load(self) -> None:
        """Show what is registered and ours, and recall what was last known of it."""
        records = self._records
        revision = await records.devices.revision()
        self.registered, self._locations = await records.devices.all(), await records.locations.all()
        performers = await records.assignments.performers()
        assignments = await records.assignments.assignments()
        ours, own = self._sessions.find_ours(), {device.id for device in self._find_own()}
        past = await self._read_past(ALL_DEVICES if ours is None else ALL_DEVICES.only(*ours))
        self._place(self._find_shown() | own)
        self._live.cast(performers, assignments)
        self._live.recall(past)
        # Only now: what could not be read is read again.
        self._records_revision = revision

    def _find_shown(self) -> set[DeviceId]:
        return {snapshot.device.id for snapshot in self._live.snapshot()}

    def _find_own(self) -> Sequence[Device]:
        ours = self._sessions.find_ours()
        return [device for device in self.registered if ours is None or device.id in ours]

    def _place(self, known: Collection[DeviceId]) -> None:
        """Show those of ours of which the past was read: others would be seen without their channels."""
        self._live.place((device for device in self._find_own() if device.id in known), self._locations)

    async def _read_past(self, devices: DeviceQuery) -> Sequence[DeviceSnapshot]:
        try:
            return await self._records.devices.query(devices)
        except StorageError as error:
            # What was known last is soon replaced by what devices say now.
            log.warning("past_not_read", code=error.code.value, reason=error.info.message)
            return ()

    async def _recall_problems(self, devices: Iterable[DeviceId] | None = None) -> None:
        """Let the problems last on that lasted when those who judged them ended; None: of all devices."""
        try:
            stored = await self._records.devices.open_problems()
        except StorageError as error:
            log.warning("past_not_read", code=error.code.value, reason=error.info.message)
        else:
            self._live.problems.recall(
                start for start in stored if devices is None or start.key.device_id in devices
            )

    async def _reconcile(self) -> None:
        if await self._records.devices.revision() != self._records_revision:
            await self._load()
            self._adjust_sessions()
        if (revision := await self._opener.secrets_revision()) != self._secrets_revision:
            self._secrets_revision = revision
            self._sessions.reopen_all_outdated()

    def _adjust_sessions(self) -> None:
        """Open a session with each placed device that has none; end those whose device changed or went."""
        self._sessions.adjust(
            {
                snapshot.device.id: snapshot.device
                for snapshot in self._live.snapshot()
                if self._manufacturer in {None, snapshot.device.manufacturer}
            }
        )

    # Which devices are ours.

    def _take_holding_change(self) -> None:
        self._sessions.close_lost()
        self._holding_changed.set()

    async def _follow_holding(self) -> None:
        while True:
            await self._holding_changed.wait()
            # Many come and go together.
            await anyio.sleep(GATHER_S)
            self._holding_changed = anyio.Event()
            shown = self._find_shown()
            past: Sequence[DeviceSnapshot] = ()
            if came := {device.id for device in self._find_own()} - shown:
                with anyio.move_on_after(RECALL_LIMIT_S):
                    past = await self._read_past(ALL_DEVICES.only(*came))
                    await self._recall_problems(came)
            # In one turn. What became ours since is shown with the next one.
            self._place(shown | came)
            self._live.recall(past)
            self._adjust_sessions()
