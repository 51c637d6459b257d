"""Transactions with a limit, and errors in our words."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio.to_thread
from sqlalchemy import Connection, Engine, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from micboard_tui.storage.database_errors import Faults
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import RevisionRow

WRITING = {"micboard_writing": True}
_REVISION = table_of(RevisionRow)
_RAISED = update(_REVISION).values(number=_REVISION.c.number + 1)


class Sessions:
    """Opens short transactions: reading ones, and writing ones that take the write lock at once."""

    def __init__(self, engine: AsyncEngine, faults: Faults, beside: Engine | None = None) -> None:
        self._engine, self.faults = engine, faults
        self._beside = beside

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        with self.faults.translated():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """Committed when the block ends, rolled back when it raises."""
        with self.faults.translated():
            async with self._engine.connect() as connection:
                await connection.execution_options(**WRITING)
                async with connection.begin():
                    yield connection

    async def write_batch(self, write: Callable[[Connection], None]) -> None:
        """Run ``write`` in a writing transaction of its own.

        With SQLite in one turn of a worker thread: through the async driver every statement is two
        wake-ups, and they cost more than the writing.
        """
        if self._beside is None:
            async with self.writing() as connection:
                await connection.run_sync(write)
        else:
            await anyio.to_thread.run_sync(self._write_beside, write)

    async def register_batch(self, write: Callable[[Connection], None]) -> None:
        """The same when others are to notice."""

        def registering(connection: Connection) -> None:
            write(connection)
            connection.execute(_RAISED)

        await self.write_batch(registering)

    def _write_beside(self, write: Callable[[Connection], None]) -> None:
        assert self._beside is not None  # noqa: S101 - only called with one
        with self.faults.translated(), self._beside.connect() as connection:
            connection.execution_options(**WRITING)
            with connection.begin():
                write(connection)

    @asynccontextmanager
    async def registering(self) -> AsyncGenerator[AsyncConnection]:
        """A writing transaction that others are to notice: it raises the revision."""
        async with self.writing() as connection:
            yield connection
            await connection.execute(_RAISED)
