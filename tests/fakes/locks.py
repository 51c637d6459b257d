"""The lock of the show in memory. The same tests hold for the real one."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.access import CountedTry, StoredLock
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.show_lock import wait_after


class InMemoryLock:
    """Implements ``LockRepository``.

    While ``is_away`` is set nothing can be read or stored, and while ``is_frozen`` is, nothing is answered.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.stored: StoredLock | None = None
        self.failures, self.tried_at = 0, 0.0
        self.is_away = self.is_frozen = False

    async def find(self) -> StoredLock | None:
        if self.is_frozen:
            await anyio.sleep_forever()
        if self.is_away:
            raise StorageError(ErrorCode.DATABASE_ERROR, "The database is away", hint="Wait")
        return self.stored

    async def add(self, stored: StoredLock) -> StoredLock | None:
        if self.stored is not None:
            return self.stored
        self.stored, self.failures = stored, 0
        return None

    async def count_try(self) -> CountedTry | None:
        if self.stored is None:
            return None
        now, wait_s = self._clock(), wait_after(self.failures)
        left_s = min(wait_s, max(0.0, self.tried_at + wait_s - now))
        if not left_s:
            self.failures += 1
        if not left_s or now < self.tried_at:
            self.tried_at = now
        return CountedTry(self.stored, self.failures, left_s)

    async def remove(self, pin_hash: str) -> None:
        if self.stored is not None and self.stored.pin_hash == pin_hash:
            self.stored = None
