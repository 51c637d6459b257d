"""The one door to sessions: ``SynchronizationContract`` for a process that holds the lease on the devices.

``start`` takes the lease before any session is opened, ``stop`` gives it back after the last one is closed,
and ``run`` renews it. Everything else is that of ``SynchronizationService``.

Where another process holds the lease, at the start or since this one stood still for too long, no session is
open and the door waits: it shows what the other one stored, as past, and tries every few seconds to take the
lease over. So it takes over a few seconds after the other one has ended, and ``LEASE_S`` later after it died.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import NamedTuple, NoReturn

import anyio
import structlog

from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.lease import RENEW_INTERVAL_S, LeaseHeldError
from micboard_tui.contracts.live import Changes
from micboard_tui.contracts.result import Failure, ServiceResult
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation
from micboard_tui.domain.session_holder import SessionHolder
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.synchronization.session_lease import SessionLease
from micboard_tui.services.synchronization.synchronization_service import SynchronizationService

SHOW_STORED_S = 12.0
"""So often what another process stored is read while it has the sessions."""
log = structlog.get_logger(__name__)


class _Start(NamedTuple):
    """What was asked for, and is done once the lease is free."""

    manufacturer_code: str | None


class SessionDoor:
    """Implements ``SynchronizationContract``."""

    def __init__(self, sessions: SynchronizationService, lease: SessionLease, live: LiveState) -> None:
        self._sessions, self._lease, self._live = sessions, lease, live
        self._started: _Start | None = None
        """Until ``stop``, also while another process has the lease."""
        self._is_waiting = False
        self._stored_shown_at = 0.0

    @property
    def is_running(self) -> bool:
        return self._sessions.is_running

    @property
    def registered(self) -> Sequence[Device]:
        """All devices, as they were read last; another object whenever they were read again."""
        return self._sessions.registered

    async def start(self, manufacturer_code: str | None = None) -> ServiceResult[int]:
        if self._sessions.is_running:
            return await self._sessions.start(manufacturer_code)
        start = _Start(manufacturer_code)
        try:
            await self._lease.take()
        except LeaseHeldError as refusal:
            await self._wait(start, refusal.holder)
            return Failure.of(refusal)
        return await self._open(start)

    async def stop(self) -> None:
        self._started, self._is_waiting = None, False
        self._show_holder(None)
        await self._end_sessions()

    async def run(self) -> NoReturn:
        """Until cancelled: renew the lease, and end all sessions when it is lost; or wait for it."""
        while True:
            await anyio.sleep(RENEW_INTERVAL_S)
            if self._is_waiting:
                await self._try_again()
                continue
            try:
                await self._lease.renew()
            except LeaseHeldError as refusal:
                start = self._started
                await self._end_sessions()
                if start is not None:
                    await self._wait(start, refusal.holder)

    async def refresh(self) -> None:
        if self._is_waiting:
            await self._show_stored()
        else:
            await self._sessions.refresh()

    async def retry(self, device_id: DeviceId) -> None:
        await self._sessions.retry(device_id)

    async def read(self, device_id: DeviceId, timeout_s: float) -> bool:
        return await self._sessions.read(device_id, timeout_s)

    async def close_session(self, device_id: DeviceId) -> None:
        """Say goodbye to a device that is given away; it is shown until it is no longer ours."""
        await self._sessions.close_session(device_id)

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        self._sessions.take_observations(device_id, observations)

    def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        return self._sessions.follow(interval_s)

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        return await self._sessions.execute(device_id, command)

    def sessions(self) -> tuple[DeviceHealth, ...]:
        """How each session has been doing."""
        return self._sessions.sessions()

    async def _open(self, start: _Start) -> ServiceResult[int]:
        """With the lease: open the sessions, or give it back."""
        started = await self._sessions.start(start.manufacturer_code)
        if started.success:
            self._started = start
        else:
            await self._lease.release()
        return started

    async def _end_sessions(self) -> None:
        if self._sessions.is_running:
            await self._sessions.stop()
            await self._lease.release()

    async def _wait(self, start: _Start, holder: SessionHolder) -> None:
        self._started, self._is_waiting = start, True
        self._show_holder(holder)
        await self._show_stored()

    async def _try_again(self) -> None:
        try:
            await self._lease.take_over()
        except LeaseHeldError as refusal:
            self._show_holder(refusal.holder)
            if self._live.now() - self._stored_shown_at >= SHOW_STORED_S:
                await self._show_stored()
            return
        except StorageError as error:
            log.debug("lease_not_taken_over", code=error.code.value)
            return
        if self._started is None:
            await self._lease.release()
            return
        holder = self._live.findings.holder
        # Before devices are placed: who reads the state then knows that it is current.
        self._show_holder(None)
        if (await self._open(self._started)).success:
            self._is_waiting = False
            log.info("sessions_taken_over")
        else:
            self._show_holder(holder)

    async def _show_stored(self) -> None:
        self._stored_shown_at = self._live.now()
        try:
            await self._sessions.show_stored()
        except StorageError as error:
            log.debug("past_not_read", code=error.code.value)

    def _show_holder(self, holder: SessionHolder | None) -> None:
        if holder != self._live.findings.holder:
            self._live.findings = replace(self._live.findings, holder=holder)
