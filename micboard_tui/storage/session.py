"""Transactions with a limit, and errors in our words."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from micboard_tui.storage.batch import table_of
from micboard_tui.storage.fault import Faults
from micboard_tui.storage.tables import RevisionRow

WRITING = {"micboard_writing": True}


class Sessions:
    """Opens short transactions: reading ones, and writing ones that take the write lock at once."""

    def __init__(self, engine: AsyncEngine, faults: Faults) -> None:
        self._engine, self.faults = engine, faults

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

    @asynccontextmanager
    async def registering(self) -> AsyncGenerator[AsyncConnection]:
        """A writing transaction that others are to notice: it raises the revision."""
        async with self.writing() as connection:
            yield connection
            table = table_of(RevisionRow)
            await connection.execute(update(table).values(number=table.c.number + 1))
