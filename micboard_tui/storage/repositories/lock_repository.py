"""The lock of the show in the database: implements ``LockRepository``.

How long no PIN is taken follows from how many were wrong and when the last one was, both in the database: so
neither a restart nor a second process makes it shorter. Where the clock was set back since then the wait
begins anew, and lasts no longer than it would have.
"""

import time
from collections.abc import Callable

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from micboard_tui.contracts.access import CountedTry, StoredLock
from micboard_tui.domain.show_lock import ShowLock, wait_after
from micboard_tui.storage.access_tables import ShowLockRow
from micboard_tui.storage.database_clock import read_clock
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.transactions import Transactions

LOCK = table_of(ShowLockRow)


class SqlLock:
    """``clock``: of the computer, for a file; seconds since the epoch."""

    def __init__(self, transactions: Transactions, clock: Callable[[], float] = time.time) -> None:
        self._transactions, self._clock = transactions, clock

    async def find(self) -> StoredLock | None:
        return await self._transactions.read_rows(_find_stored)

    async def add(self, stored: StoredLock) -> StoredLock | None:
        def write(connection: Connection) -> StoredLock | None:
            if (present := _find_stored(connection)) is not None:
                return present
            lock = stored.lock
            connection.execute(
                insert(LOCK).values(
                    id=1,
                    locked_by=lock.locked_by,
                    locked_at=lock.locked_at,
                    pin_hash=stored.pin_hash,
                    failures=0,
                )
            )
            return None

        return await self._transactions.write_durably(write)

    async def count_try(self) -> CountedTry | None:
        def write(connection: Connection) -> CountedTry | None:
            row = connection.execute(select(LOCK)).mappings().first()
            if row is None:
                return None
            now = read_clock(connection, self._clock)
            failures, wait_s = row["failures"], _find_wait(row, now)
            if not wait_s:
                failures += 1
                connection.execute(update(LOCK).values(failures=failures, tried_at=now))
            elif now < row["tried_at"]:
                connection.execute(update(LOCK).values(tried_at=now))
            return CountedTry(_stored_of(row), failures, wait_s)

        return await self._transactions.write_durably(write)

    async def remove(self, pin_hash: str) -> None:
        statement = delete(LOCK).where(LOCK.c.pin_hash == pin_hash)
        await self._transactions.write_durably(lambda connection: connection.execute(statement))


def _find_stored(connection: Connection) -> StoredLock | None:
    row = connection.execute(select(LOCK)).mappings().first()
    return None if row is None else _stored_of(row)


def _stored_of(row: RowMapping) -> StoredLock:
    return StoredLock(ShowLock(row["locked_by"], row["locked_at"]), row["pin_hash"])


def _find_wait(row: RowMapping, now: float) -> float:
    tried_at: float | None = row["tried_at"]
    wait_s = wait_after(row["failures"])
    return 0.0 if tried_at is None else min(wait_s, max(0.0, tried_at + wait_s - now))
