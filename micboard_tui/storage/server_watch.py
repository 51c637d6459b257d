"""Whether the database of a PostgreSQL server was changed since the last look, without a query.

Every writing transaction sends a notification with its commit (``transactions``), which a connection of its
own listens for. States: listening (``version`` gives a number, another one after each notification) and not
listening, before the first connection and after a lost one (``version`` gives None, so that what is watched
is read with every look, as without a watch). A lost connection is made anew, with growing waits. One that
died without a word, as behind a pulled cable, is found out by a question every ``ASKED_EVERY_S``.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import structlog
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

CHANNEL = "micboard"
"""What is listened for, within one database."""
ASKED_EVERY_S = 15.0
ANSWER_LIMIT_S = 10.0
SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0

log = structlog.get_logger(__name__)


class ServerWatch:
    """Of the database of ``engine``, which uses asyncpg. ``run`` has to run beside those who look."""

    def __init__(self, engine: "AsyncEngine", asked_every_s: float = ASKED_EVERY_S) -> None:
        self._engine, self._asked_every_s = engine, asked_every_s
        self._version = 0
        self._is_listening = False

    async def version(self) -> int | None:
        """A number that is another one after each change; None while that is not known."""
        return self._version if self._is_listening else None

    async def run(self) -> None:
        """Listen until it is cancelled."""
        from asyncpg import InterfaceError, PostgresError  # noqa: PLC0415 - of an extra

        wait_s = SHORTEST_WAIT_S
        while True:
            started = anyio.current_time()
            try:
                await self._listen()
            except (SQLAlchemyError, OSError, InterfaceError, PostgresError) as error:
                if self._is_listening:
                    log.info("database_notifications_lost", reason=type(error).__name__)
            finally:
                self._is_listening = False
            lasted_s = anyio.current_time() - started
            wait_s = SHORTEST_WAIT_S if lasted_s > LONGEST_WAIT_S else min(2 * wait_s, LONGEST_WAIT_S)
            await anyio.sleep(wait_s)

    async def _listen(self) -> None:
        """Until the connection is lost."""
        async with self._engine.connect() as connection:
            try:
                await self._follow(connection)
            finally:
                # It listens still: nothing else may use it.
                with anyio.CancelScope(shield=True):
                    await connection.invalidate()

    async def _follow(self, connection: "AsyncConnection") -> None:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        is_lost = asyncio.Event()
        driver.add_termination_listener(lambda _: is_lost.set())
        await driver.add_listener(CHANNEL, lambda *_: self.note())
        # What was committed before is not known.
        self._version += 1
        self._is_listening = True
        while not is_lost.is_set():
            with anyio.move_on_after(self._asked_every_s):
                await is_lost.wait()
                return
            await driver.execute("SELECT 1", timeout=ANSWER_LIMIT_S)

    def note(self) -> None:
        """It was changed. For what this program has written itself, too: its notification comes later."""
        self._version += 1


@asynccontextmanager
async def watched_server(engine: "AsyncEngine") -> AsyncGenerator[ServerWatch]:
    """A watch that listens until the end of the block."""
    watch = ServerWatch(engine)
    listening = asyncio.create_task(watch.run(), name="database notifications")
    try:
        yield watch
    finally:
        listening.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({listening})
