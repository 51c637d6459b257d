"""The one door to sessions: ``SynchronizationContract`` for a process that holds the lease on the devices.

``start`` takes the lease before any session is opened, ``stop`` gives it back after the last one is closed,
and ``run`` ends all sessions when it is lost. Everything else is that of ``SynchronizationService``.
"""

from collections.abc import AsyncIterator, Sequence
from typing import NoReturn

from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.live import Changes
from micboard_tui.contracts.result import Failure, ServiceResult
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation
from micboard_tui.services.synchronization.session_lease import SessionLease
from micboard_tui.services.synchronization.synchronization_service import SynchronizationService


class SessionDoor:
    """Implements ``SynchronizationContract``."""

    def __init__(self, sessions: SynchronizationService, lease: SessionLease) -> None:
        self._sessions, self._lease = sessions, lease

    @property
    def is_running(self) -> bool:
        return self._sessions.is_running

    async def start(self, manufacturer_code: str | None = None) -> ServiceResult[int]:
        if self._sessions.is_running:
            return await self._sessions.start(manufacturer_code)
        try:
            await self._lease.take()
        except StorageError as error:
            return Failure.of(error)
        started = await self._sessions.start(manufacturer_code)
        if not started.success:
            await self._lease.release()
        return started

    async def stop(self) -> None:
        if self._sessions.is_running:
            await self._sessions.stop()
            await self._lease.release()

    async def run(self) -> NoReturn:
        """Until cancelled: renew the lease, and end all sessions when it is lost."""
        while True:
            await self._lease.renew_until_lost()
            await self.stop()

    async def refresh(self) -> None:
        await self._sessions.refresh()

    async def retry(self, device_id: DeviceId) -> None:
        await self._sessions.retry(device_id)

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        self._sessions.take_observations(device_id, observations)

    def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        return self._sessions.follow(interval_s)

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        return await self._sessions.execute(device_id, command)

    def sessions(self) -> tuple[DeviceHealth, ...]:
        """How each session has been doing."""
        return self._sessions.sessions()
