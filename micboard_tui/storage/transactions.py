"""Short transactions, whose database errors are raised as StorageError.

What is read or written is a function of a connection, which runs in a thread of its own with SQLite. An async
driver wakes its thread twice for every statement, which costs more than the statement; and when it is
cancelled, the end of its connection may be waited for without end.

On PostgreSQL a transaction is what it is on SQLite: writing ones come one after the other, by an advisory
lock that each takes at once, so that what is compared is what is replaced and numbers of events are committed
in their order; reading ones see one moment. The server ends a frozen transaction (``database_engine``).
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread
from sqlalchemy import Connection, Engine, text, update

from micboard_tui.contracts.errors import ErrorInfo, StorageError
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.server_watch import CHANNEL
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import RevisionRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

Value = TypeVar("Value")

WRITE_LOCK = 0x6D6963626F617264
"""The number of the advisory lock of writing transactions, in the database that they write to."""
SCHEMA_LOCK_LIMIT = "120s"
"""So long one process waits for another one that makes the tables."""
PAUSE_LIMIT_S = 10.0
"""So long a transaction waits for a database that is being repaired."""
_TAKE_WRITE_LOCK = text(f"SELECT pg_advisory_xact_lock({WRITE_LOCK}), pg_notify('{CHANNEL}', '')")
_WAIT_LONGER = text(f"SET LOCAL lock_timeout = '{SCHEMA_LOCK_LIMIT}'")
WRITING = "micboard_writing"
"""The execution option of a writing transaction: its ``Durability``."""


class Durability(StrEnum):
    """What a transaction survives once it is committed, as SQLite's ``PRAGMA synchronous`` says it.

    In WAL mode a killed process loses nothing that was committed, whichever it is.
    """

    POWER_CUT = "FULL"
    """Also a power cut: for what people did."""
    KILLED_PROCESS = "NORMAL"
    """For readings, which come again: spares the disk. A server decides for itself."""


_REVISION = table_of(RevisionRow)
_RAISE_REVISION = update(_REVISION).values(number=_REVISION.c.number + 1)


class Transactions:
    """Runs transactions: reading ones, and writing ones that take the write lock at once.

    ``engine`` is an async one for a database server. ``refusal`` is raised by all that would write, while
    nothing can be stored; ``continue_with`` ends that. All methods raise StorageError.
    """

    def __init__(
        self, engine: "Engine | AsyncEngine", translator: ErrorTranslator, refusal: ErrorInfo | None = None
    ) -> None:
        self.engine, self.translator, self.refusal = engine, translator, refusal
        self.check_readings: Callable[[Connection], None] | None = None
        """Raises StorageError within a transaction whose readings must not be stored; None: all may."""
        self._paused: anyio.Event | None = None
        self._idle = anyio.Event()
        self._running = 0
        self._is_closed = False
        """Whether there is no engine that could be used."""
        self.written: Callable[[], None] = _ignore
        """Called after each write, also one that failed: a notification of it would come later than that."""

    def continue_with(self, other: "Transactions") -> None:
        """Use the engine of ``other`` from now on. What runs meanwhile ends on the old one."""
        self.engine, self.refusal, self._is_closed = other.engine, other.refusal, False
        self._end_pause()

    async def pause(self, refusal: ErrorInfo) -> None:
        """Have all that comes wait until ``continue_with`` or ``close``; returns when nothing runs any more.

        What has waited for ``PAUSE_LIMIT_S`` raises ``refusal``.
        """
        self.refusal, self._is_closed = refusal, True
        self._paused, self._idle = anyio.Event(), anyio.Event()
        with anyio.move_on_after(PAUSE_LIMIT_S):
            if self._running:
                await self._idle.wait()

    @property
    def is_paused(self) -> bool:
        """Whether all that comes waits."""
        return self._paused is not None

    def close(self, refusal: ErrorInfo) -> None:
        """Have all that comes raise ``refusal``, what only reads as well, until ``continue_with``."""
        self.refusal, self._is_closed = refusal, True
        self._end_pause()

    def _end_pause(self) -> None:
        if self._paused is not None:
            self._paused.set()
            self._paused = None

    async def read(self, read: Callable[[Connection], Value]) -> Value:
        """Run ``read`` in a transaction, and return what it returns."""
        return await self._run(read, None)

    async def read_rows(self, read: Callable[[Connection], Value]) -> Value:
        """The same, for what makes domain values of rows: those that cannot become one are damage."""

        def read_sound_rows(connection: Connection) -> Value:
            with self.translator.translate_broken_rows():
                return read(connection)

        return await self._run(read_sound_rows, None)

    async def write_readings(self, write: Callable[[Connection], Value]) -> Value:
        """Run ``write`` in a writing transaction whose loss in a power cut does no harm."""

        def write_checked(connection: Connection) -> Value:
            if self.check_readings is not None:
                self.check_readings(connection)
            return write(connection)

        return await self._write(write_checked, Durability.KILLED_PROCESS)

    async def write_durably(self, write: Callable[[Connection], Value]) -> Value:
        """Run ``write`` in a transaction that is on the disk when this returns."""
        return await self._write(write, Durability.POWER_CUT)

    async def change_schema(self, change: Callable[[Connection], None]) -> None:
        """Run ``change`` as ``write_durably`` does, and wait longer for other processes that do the same."""
        await self._write(change, Durability.POWER_CUT, is_patient=True)

    async def write_step(self, write: Callable[[Connection], Value]) -> Value:
        """Run ``write`` in a transaction that is on the disk when this returns.

        It raises the revision, too, by which other processes notice the change.
        """

        def write_both(connection: Connection) -> Value:
            value = write(connection)
            connection.execute(_RAISE_REVISION)
            return value

        return await self._write(write_both, Durability.POWER_CUT)

    async def _write(
        self, write: Callable[[Connection], Value], durability: Durability, *, is_patient: bool = False
    ) -> Value:
        """It is committed when ``write`` returns, rolled back when that raises."""
        await self._wait_while_paused()
        if self.refusal is not None:
            raise _make_error(self.refusal)

        def write_in_turn(connection: Connection) -> Value:
            if connection.dialect.name == "postgresql":
                _wait_for_turn(connection, is_patient=is_patient)
            return write(connection)

        try:
            return await self._run(write_in_turn, durability)
        finally:
            # Also when it was cancelled: it may have been committed all the same.
            self.written()

    async def _run(self, work: Callable[[Connection], Value], durability: Durability | None) -> Value:
        await self._wait_while_paused()
        if self._is_closed and self.refusal is not None:
            raise _make_error(self.refusal)
        if isinstance(self.engine, Engine):
            self._running += 1
            try:
                return await anyio.to_thread.run_sync(self._run_in_thread, self.engine, work, durability)
            finally:
                self._running -= 1
                if not self._running:
                    self._idle.set()
        with self.translator.translate_errors():
            async with self.engine.connect() as connection:
                return await connection.run_sync(_transact, work, durability)

    async def _wait_while_paused(self) -> None:
        if (paused := self._paused) is None:
            return
        with anyio.move_on_after(PAUSE_LIMIT_S):
            await paused.wait()

    def _run_in_thread(
        self, engine: Engine, work: Callable[[Connection], Value], durability: Durability | None
    ) -> Value:
        with self.translator.translate_errors(), engine.connect() as connection:
            return _transact(connection, work, durability)


def _ignore() -> None:
    pass


def _make_error(refusal: ErrorInfo) -> StorageError:
    return StorageError(refusal.code, refusal.message, hint=refusal.hint)


def _transact(
    connection: Connection, work: Callable[[Connection], Value], durability: Durability | None
) -> Value:
    if durability is None:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return work(connection)
    connection.execution_options(**{WRITING: durability})
    with connection.begin():
        return work(connection)


def _wait_for_turn(connection: Connection, *, is_patient: bool) -> None:
    """Wait for all other writing transactions of a PostgreSQL server; the commit notifies all watches."""
    if is_patient:
        connection.execute(_WAIT_LONGER)
    connection.execute(_TAKE_WRITE_LOCK)
