"""The lease on the devices of a database: whose sessions are the only ones. A port that storage implements.

A holder renews it every ``RENEW_INTERVAL_S``; a process that finds it not renewed for ``LEASE_S`` takes it,
with a larger token. What a former holder stores late has its old token and is refused.
"""

from dataclasses import dataclass
from typing import Protocol

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.session_holder import SessionHolder

LEASE_S = 20.0
RENEW_INTERVAL_S = 4.0


@dataclass(frozen=True, slots=True)
class LeaseHolder:
    """A process that keeps sessions."""

    home: str
    """Names its data on its computer. One process at a time keeps sessions for it, which its lock proves."""
    host: str
    user: str
    pid: int
    is_shared: bool = False
    """Whether several processes of this home hold it together, as the collectors of a fleet do.

    None of them takes it from another, and none gives it back for the others: it ends ``LEASE_S`` after the
    last one has ended.
    """


class LeaseHeldError(StorageError):
    """ALREADY_RUNNING: another process, ``holder``, has it and is alive."""

    def __init__(self, holder: SessionHolder, message: str, *, hint: str) -> None:
        super().__init__(ErrorCode.ALREADY_RUNNING, message, hint=hint)
        self.holder = holder


class LeaseRepository(Protocol):
    """All methods raise StorageError."""

    async def take(self, holder: LeaseHolder) -> int:
        """Become the holder; the token. From now on readings are stored with it.

        Raises LeaseHeldError: another one holds it, of another home, and is alive.
        """
        ...

    async def renew(self, token: int) -> bool:
        """Whether the lease was still that of ``token``, and is for another ``LEASE_S``."""
        ...

    async def release(self, token: int) -> None:
        """Give it back; does nothing where another one holds it."""
        ...
