"""One supervised session a device, and the one place that says what follows from a reading."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import anyio
import structlog
from anyio.abc import TaskGroup

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.device import ALL_DEVICES, DeviceRepository
from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.live import Changes
from micboard_tui.contracts.location import LocationRepository
from micboard_tui.contracts.ports import ManufacturerRegistry, SessionOptions
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.contracts.secrets import RefusalMemory, SecretStore
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device, DeviceFault, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.synchronization.device_session import Session
from micboard_tui.services.synchronization.driver_opener import Opener
from micboard_tui.services.synchronization.state_saver import Recorder

TICK_S = 0.5
REVISION_EVERY_S = 1.5
STOP_TIMEOUT_S = 3.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stores:
    """What the sessions need from storage."""

    devices: DeviceRepository
    locations: LocationRepository
    recorder: Recorder
    assignments: AssignmentRepository | None = None
    """None: nobody has any channel."""
    refusals: RefusalMemory | None = None
    """None: nobody remembers which key was refused."""


class SynchronizationService:
    """Implements ``SynchronizationContract``. Sessions live in one task group, in one task of ours."""

    def __init__(
        self,
        live: LiveState,
        stores: Stores,
        manufacturers: ManufacturerRegistry,
        clock: SteadyClock,
        options: SessionOptions,
        secrets: SecretStore | None = None,
    ) -> None:
        """``secrets``: None where no device asks for any."""
        self._live, self._stores, self._manufacturers = live, stores, manufacturers
        self._clock, self._options = clock, options
        self._opener = Opener(manufacturers, options, secrets, stores.refusals)
        self._manufacturer: str | None = None
        self._sessions: dict[DeviceId, Session] = {}
        self._keys_revision = ""
        self._revision = ""
        self._group: TaskGroup | None = None
        self._runner: asyncio.Task[None] | None = None

    async def start(self, manufacturer_code: str | None = None) -> ServiceResult[int]:
        if self._runner is not None:
            return Success(len(self._sessions), warning="Already running")
        self._manufacturer = manufacturer_code
        try:
            if manufacturer_code is not None:
                self._manufacturers.get(manufacturer_code)
            await self._load()
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
            await self._stores.recorder.flush()

    async def refresh(self) -> None:
        try:
            await self._reconcile()
        except StorageError as error:
            log.warning("devices_not_read", code=error.code.value, reason=error.info.message)

    async def retry(self, device_id: DeviceId) -> None:
        session = self._sessions.get(device_id)
        if session is not None:
            self._reopen(session, session.device)

    def heard(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        self._live.heard(device_id, observations)
        session = self._sessions.get(device_id)
        if session is not None:
            session.heard(observations)

    async def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        version = 0
        while True:
            changes = self._live.changed_since(version)
            if changes.version != version:
                version = changes.version
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
            self._keys_revision = self._opener.revision()
            self._adjust_sessions()
            ready.set()
            group.start_soon(self._stores.recorder.run)
            group.start_soon(self._look_after)
        self._group = None
        self._sessions.clear()

    async def _look_after(self) -> None:
        """Notice twice a second who fell silent, whether the clock was set, and which devices are new."""
        since_revision_s = 0.0
        while True:
            await anyio.sleep(TICK_S)
            self._notice_silence()
            if correction_s := self._clock.correction_s():
                log.warning("clock_was_set", by_s=round(correction_s, 1))
                self._clock.follow(correction_s)
                self._live.shift_clock(correction_s)
            since_revision_s += TICK_S
            if since_revision_s >= REVISION_EVERY_S:
                for session in self._sessions.values():
                    session.count(since_revision_s)
                since_revision_s = 0.0
                await self.refresh()

    def _notice_silence(self) -> None:
        now = self._clock()
        for device_id, heard_at in self._live.online():
            session = self._sessions.get(device_id)
            if session is None or now - heard_at <= self._options.silence_limit_s:
                continue
            fault = session.fault or DeviceFault(
                ErrorCode.DEVICE_SILENT,
                f"No word for {now - heard_at:.0f} s",
                "Check its power and its cable; the connection is tried again by itself",
            )
            self._live.status(device_id, DeviceStatus.OFFLINE, fault)

    async def _load(self) -> None:
        """Place what is registered, and recall what was last known of it."""
        self._revision = await self._stores.devices.revision()
        devices = await self._stores.devices.all()
        self._live.place(devices, await self._stores.locations.all())
        if (cast := self._stores.assignments) is not None:
            self._live.cast(await cast.performers(), await cast.assignments())
        self._live.recall(await self._stores.devices.query(ALL_DEVICES))

    async def _reconcile(self) -> None:
        if await self._stores.devices.revision() != self._revision:
            await self._load()
            self._adjust_sessions()
        if (revision := self._opener.revision()) != self._keys_revision:
            self._keys_revision = revision
            if self._group is not None:
                for session in self._sessions.values():
                    # Each by itself: a keyring may take its time.
                    self._group.start_soon(self._reopen_outdated, session)

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
            elif _of_session(device) != _of_session(session.device):
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
            self._open(device, before=session)

    def _open(self, device: Device, before: Session | None = None) -> None:
        if self._group is None:
            return
        session = Session(
            device,
            self._opener,
            lambda observations: self.heard(device.id, observations),
            lambda status, fault: self._live.status(device.id, status, fault),
            before,
        )
        self._sessions[device.id] = session
        self._group.start_soon(session.run)


def _of_session(device: Device) -> tuple[str, str, str, int, str | None]:
    """What a session depends on."""
    return device.manufacturer, device.driver, device.host, device.port, device.fingerprint
