"""Short transactions, whose database errors are raised as StorageError."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum

import anyio.to_thread
from sqlalchemy import Connection, Engine, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from micboard_tui.contracts.errors import ErrorInfo, StorageError
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import RevisionRow

WRITING = "micboard_writing"
"""The execution option of a writing transaction: its ``Durability``."""


class Durability(StrEnum):
    """What a transaction survives once it is committed, as SQLite's ``PRAGMA synchronous`` says it.

    In WAL mode a killed process loses nothing that was committed, whichever it is.
    """

    POWER_CUT = "FULL"
    """Also a power cut: for what people did."""
    KILLED_PROCESS = "NORMAL"
    """For readings, which come again: spares the disk."""


_REVISION = table_of(RevisionRow)
_RAISE_REVISION = update(_REVISION).values(number=_REVISION.c.number + 1)


class Transactions:
    """Opens transactions: reading ones, and writing ones that take the write lock at once.

    ``batch_engine`` is a second engine for the same file, for batches; None for a database server.
    ``refusal`` is raised by all that would write, while nothing can be stored; ``continue_with`` ends that.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        translator: ErrorTranslator,
        batch_engine: Engine | None = None,
        refusal: ErrorInfo | None = None,
    ) -> None:
        self.engine, self.translator = engine, translator
        self.batch_engine, self.refusal = batch_engine, refusal

    def continue_with(self, other: "Transactions") -> None:
        """Use the engines of ``other`` from now on. What runs meanwhile ends on the old ones."""
        self.engine, self.batch_engine, self.refusal = other.engine, other.batch_engine, other.refusal

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection to read with. Raises StorageError, like all methods here."""
        with self.translator.translate_errors():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def read_rows(self) -> AsyncGenerator[AsyncConnection]:
        """The same, for the time in which rows become domain values: those that cannot are damage."""
        async with self.read() as connection:
            with self.translator.translate_broken_rows():
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """A connection to write with: committed when the block ends, rolled back when it raises."""
        if (refusal := self.refusal) is not None:
            raise StorageError(refusal.code, refusal.message, hint=refusal.hint)
        with self.translator.translate_errors():
            async with self.engine.connect() as connection:
                await connection.execution_options(**{WRITING: Durability.POWER_CUT})
                async with connection.begin():
                    yield connection

    async def write_readings(self, write: Callable[[Connection], None]) -> None:
        """Run ``write`` in a writing transaction of its own, whose loss in a power cut does no harm."""
        await self._write_batch(write, Durability.KILLED_PROCESS)

    async def write_durably(self, write: Callable[[Connection], None]) -> None:
        """Run ``write`` in a transaction that is on the disk when this returns."""
        await self._write_batch(write, Durability.POWER_CUT)

    async def write_step(self, write: Callable[[Connection], None]) -> None:
        """Run ``write`` in a transaction that is on the disk when this returns.

        It raises the revision, too, by which other processes notice the change.
        """

        def write_both(connection: Connection) -> None:
            write(connection)
            connection.execute(_RAISE_REVISION)

        await self._write_batch(write_both, Durability.POWER_CUT)

    async def _write_batch(self, write: Callable[[Connection], None], durability: Durability) -> None:
        """Run ``write`` in a writing transaction.

        With SQLite in a single run of a worker thread: the async driver wakes its thread twice for every
        statement, which costs more than the writing.
        """
        if self.batch_engine is None:
            async with self.write() as connection:
                await connection.run_sync(write)
        else:
            await anyio.to_thread.run_sync(self._write_in_thread, write, durability)

    def _write_in_thread(self, write: Callable[[Connection], None], durability: Durability) -> None:
        assert self.batch_engine is not None  # noqa: S101 - only called with one
        with self.translator.translate_errors(), self.batch_engine.connect() as connection:
            connection.execution_options(**{WRITING: durability})
            with connection.begin():
                write(connection)
