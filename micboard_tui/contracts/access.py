"""The lock of the show: what keeps everyone from changing anything by mistake, until a PIN is given."""

from dataclasses import dataclass, field
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.show_lock import ShowLock


class AccessContract(Protocol):
    """Every process on the same database has the same lock, also after a restart.

    Locking, unlocking and wrong PINs are events.
    """

    async def lock_show(self, pin: str, *, actor: str) -> ServiceResult[ShowLock]:
        """Lock it, with a PIN of ``MIN_PIN`` to ``MAX_PIN`` digits; control is armed for no user any more.

        INVALID_VALUE, SHOW_LOCKED.
        """
        ...

    async def unlock_show(self, pin: str, *, actor: str) -> ServiceResult[ShowLock | None]:
        """Unlock it; what the lock was, None: it was not locked.

        PIN_REFUSED, also without a look at the PIN as long as it is too early after a wrong one.
        """
        ...

    async def find_lock(self) -> ServiceResult[ShowLock | None]:
        """The lock; None: the show is not locked."""
        ...


@dataclass(frozen=True, slots=True)
class StoredLock:
    """The lock as it is stored. Printing it does not show the hash."""

    lock: ShowLock
    pin_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CountedTry:
    """A try to unlock, which was counted as a wrong one before its PIN is looked at."""

    stored: StoredLock
    failures: int
    """Wrong ones until now, one after the other; with this one, where its PIN is taken."""
    wait_s: float
    """So long no PIN is taken; 0: this one is."""


class LockRepository(Protocol):
    """Where the lock is kept. Raises StorageError."""

    async def find(self) -> StoredLock | None:
        """The lock; None: the show is not locked."""
        ...

    async def add(self, stored: StoredLock) -> StoredLock | None:
        """Keep it, unless there is one: then that one, and nothing is kept."""
        ...

    async def count_try(self) -> CountedTry | None:
        """Count a wrong PIN, if one may be tried now; None: the show is not locked.

        In one transaction, so that several processes try no more often than one.
        """
        ...

    async def remove(self, pin_hash: str) -> None:
        """Unlock; does nothing where the lock is another one meanwhile."""
        ...
