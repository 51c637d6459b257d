"""One supervised session a device, and the one place that says what follows from a reading.

``start`` loads what is registered into the live state, with the problems that lasted when the last program
ended, and starts one task, in which a task group holds all sessions, the saver that writes states to storage,
and ``_watch``. Drivers report through
``take_observations``, which never waits. Every half a second ``_watch`` marks devices that have been silent
for too long as offline and follows the machine's clock when it was set. Every 1.5 s, and at once on
``refresh``, it compares the revisions of the records and of the secrets with those that it knows: where the
records changed, sessions are opened, replaced and closed so that they fit; where secrets changed, sessions
opened with other ones are replaced. ``stop`` ends the task, waits until every session is closed (for
three seconds at most), and stores what is known. While nothing was started, ``refresh`` and ``retry`` do
nothing: there is no session that could change, and the next ``start`` loads everything anyway.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

import anyio
import structlog
from anyio.abc import TaskGroup

from micboard_tui.contracts import hints
from micboard_tui.contracts.change_follower import ChangeFollower
from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.live import Changes
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.records import Records
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.synchronization.device_session import Session
from micboard_tui.services.synchronization.driver_opener import DriverOpener
from micboard_tui.services.synchronization.state_saver import StateSaver

TICK_S = 0.5
REFRESH_INTERVAL_S = 1.5
STOP_TIMEOUT_S = 3.0

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
        self._sessions: dict[DeviceId, Session] = {}
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
            await self._reconcile(self._group)
        except StorageError as error:
            log.warning("devices_not_read", code=error.code.value, reason=error.info.message)

    async def retry(self, device_id: DeviceId) -> None:
        session = self._sessions.get(device_id)
        if session is not None:
            self._reopen(session, session.device)

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        self._live.take_observations(device_id, observations)
        session = self._sessions.get(device_id)
        if session is not None:
            session.count_observations(observations)

    async def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        follower = ChangeFollower(self._live)
        while True:
            if (changes := follower.look()) is not None:
                yield changes
            await anyio.sleep(interval_s)

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        session = self._sessions.get(device_id)
        return None if session is None else await session.execute(command)

    def sessions(self) -> tuple[DeviceHealth, ...]:
        """How each session has been doing."""
        return tuple(map(self._health, self._sessions.values()))

    def _health(self, session: Session) -> DeviceHealth:
        snapshot = self._live.device(session.device.id)
        return session.health(snapshot.state.last_seen_at if snapshot else None)

    async def _run(self, ready: anyio.Event) -> None:
        async with anyio.create_task_group() as group:
            self._group = group
            self._secrets_revision = await self._opener.secrets_revision()
            self._adjust_sessions()
            ready.set()
            group.start_soon(self._saver.run)
            group.start_soon(self._watch)
        self._group = None
        self._sessions.clear()

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
                for session in self._sessions.values():
                    session.measure_rate(since_refresh_s)
                since_refresh_s = 0.0
                await self.refresh()

    def _notice_silence(self) -> None:
        now = self._clock()
        for device_id, heard_at in self._live.online():
            session = self._sessions.get(device_id)
            if session is None or now - heard_at <= self._silence_limit_s:
                continue
            fault = session.fault or DeviceFault(
                ErrorCode.DEVICE_SILENT,
                f"No data for {now - heard_at:.0f} s",
                hints.CHECK_POWER,
            )
            self._live.status(device_id, DeviceStatus.OFFLINE, fault)

    async def _load(self) -> None:
        """Show what is registered, and recall what was last known of it."""
        self._records_revision = await self._records.devices.revision()
        devices = await self._records.devices.all()
        self._live.place(devices, await self._records.locations.all())
        assignments = self._records.assignments
        self._live.cast(await assignments.performers(), await assignments.assignments())
        try:
            self._live.recall(await self._records.devices.query(ALL_DEVICES))
        except StorageError as error:
            # What was known last is soon replaced by what devices say now.
            log.warning("past_not_read", code=error.code.value, reason=error.info.message)

    async def _recall_problems(self) -> None:
        """Let the problems last on that lasted when the last program ended."""
        try:
            self._live.problems.recall(await self._records.devices.open_problems())
        except StorageError as error:
            log.warning("past_not_read", code=error.code.value, reason=error.info.message)

    async def _reconcile(self, group: TaskGroup) -> None:
        if await self._records.devices.revision() != self._records_revision:
            await self._load()
            self._adjust_sessions()
        if (revision := await self._opener.secrets_revision()) != self._secrets_revision:
            self._secrets_revision = revision
            for session in self._sessions.values():
                # Each by itself: a keyring may take its time.
                group.start_soon(self._reopen_outdated, session)

    def _adjust_sessions(self) -> None:
        """Open a session with each placed device that has none; end those whose device changed or went."""
        if self._group is None:
            return
        wanted = {
            snapshot.device.id: snapshot.device
            for snapshot in self._live.snapshot()
            if self._manufacturer in {None, snapshot.device.manufacturer}
        }
        for device_id, session in list(self._sessions.items()):
            device = wanted.get(device_id)
            if device is None:
                session.close()
                del self._sessions[device_id]
            elif _address_of(device) != _address_of(session.device):
                self._reopen(session, device)
        for device_id, device in wanted.items():
            if device_id not in self._sessions:
                self._open(device)

    async def _reopen_outdated(self, session: Session) -> None:
        if await session.is_outdated():
            self._reopen(session, session.device)

    def _reopen(self, session: Session, device: Device) -> None:
        """Nothing happens when it is no longer the device's session."""
        if self._sessions.get(device.id) is session:
            session.close()
            self._open(device, predecessor=session)

    def _open(self, device: Device, predecessor: Session | None = None) -> None:
        if self._group is None:
            return
        known = self._live.device(device.id)
        session = Session(
            device,
            self._opener,
            lambda observations: self.take_observations(device.id, observations),
            lambda status, fault: self._live.status(device.id, status, fault),
            predecessor,
            None if known is None else known.state.model,
        )
        self._sessions[device.id] = session
        self._group.start_soon(session.run)


def _address_of(device: Device) -> tuple[str, str, str, int, str | None]:
    """What a session depends on: with another one it is replaced."""
    return device.manufacturer, device.driver, device.host, device.port, device.fingerprint
