"""Holds the lease on the devices while this process talks with them, and finds out when it is lost.

States: not wanted; held (renewed every few seconds); wanted but not taken, where the database could not be
written to, as on a full disk: then sessions run without it, since no other process can take it either, and it
is tried again; lost (``fault`` says to whom): another process took it while this one stood still.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import structlog

from micboard_tui.contracts.errors import ErrorInfo, StorageError
from micboard_tui.contracts.lease import LeaseHeldError, LeaseHolder, LeaseRepository

log = structlog.get_logger(__name__)


class SessionLease:
    """Of one process, ``holder``."""

    def __init__(self, leases: LeaseRepository, holder: LeaseHolder) -> None:
        self._leases, self._holder = leases, holder
        self._token: int | None = None
        self._uses = 0
        """For how many purposes it is wanted."""
        self.fault: ErrorInfo | None = None
        """Why the sessions of this process were ended; None: they were not."""

    async def take(self) -> None:
        """Want it; to be followed by ``release``. Raises LeaseHeldError."""
        if not self._uses:
            await self._try_to_take()
            self.fault = None
        self._uses += 1

    async def take_over(self) -> None:
        """As ``take``, for a process that knows of another holder: raises StorageError unless it is free.

        Without the database it is not known that the other one has ended.
        """
        if not self._uses:
            self._token = await self._leases.take(self._holder)
            self.fault = None
        self._uses += 1

    async def release(self) -> None:
        """Want it no more."""
        self._uses = max(0, self._uses - 1)
        token = self._token
        if self._uses or token is None:
            return
        self._token = None
        try:
            await self._leases.release(token)
        except StorageError as error:
            log.info("lease_not_released", code=error.code.value)

    @asynccontextmanager
    async def held(self) -> AsyncGenerator[None]:
        """Hold it within the block. Raises LeaseHeldError."""
        await self.take()
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await self.release()

    async def renew(self) -> None:
        """Renew it where it is wanted. Raises LeaseHeldError when it is lost."""
        if not self._uses or self.fault is not None:
            return
        try:
            await self._renew()
        except LeaseHeldError as refusal:
            self._token, self.fault = None, refusal.info
            log.warning("sessions_lost", reason=refusal.info.message)
            raise
        except StorageError as error:
            # Where this process cannot write, the database is away for all, or its disk is full.
            log.debug("lease_not_renewed", code=error.code.value)

    async def _renew(self) -> None:
        token = self._token
        # Where it is another's, taking it names that one, or has it back where that one has ended meanwhile.
        if token is None or (not await self._leases.renew(token) and self._token == token):
            await self._try_to_take()

    async def _try_to_take(self) -> None:
        try:
            self._token = await self._leases.take(self._holder)
        except LeaseHeldError:
            raise
        except StorageError as error:
            log.warning("lease_not_taken", code=error.code.value, reason=error.info.message)
