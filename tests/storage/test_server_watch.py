"""Changes of others on a PostgreSQL server are noticed without asking, also after a lost connection."""

import asyncio
from collections.abc import Awaitable, Callable

import anyio
import pytest

from micboard_tui.storage.database import open_database
from tests.fakes.statements import counting_statements
from tests.postgres.server import PostgresServer
from tests.services.stage import RACK, SPARE
from tests.storage.records import add

pytestmark = pytest.mark.integration
END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


async def test_a_look_costs_no_query_until_another_program_has_written(postgres_url: str) -> None:
    async with open_database(postgres_url) as board, open_database(postgres_url) as other:
        first = await board.devices.revision()
        await until_quiet(board.devices.revision)
        with counting_statements() as statements:
            for _ in range(5):
                assert await board.devices.revision() == first
        assert statements == []
        await add(other.assignments, RACK)
        await until_other(board.devices.revision, first)


async def test_what_this_program_has_changed_itself_is_noticed_at_once(postgres_url: str) -> None:
    async with open_database(postgres_url) as board:
        await until_quiet(board.devices.revision)
        seen = [await board.devices.revision()]
        for device in (RACK, SPARE):
            await add(board.assignments, device)
            seen.append(await board.devices.revision())
        assert len(set(seen)) == 3


async def test_after_a_lost_connection_changes_are_noticed_all_the_same(
    postgres_url: str, postgres_server: PostgresServer, postgres_database: str
) -> None:
    async with open_database(postgres_url) as board, open_database(postgres_url) as other:
        await until_quiet(board.devices.revision)
        await postgres_server.execute(END_OTHERS, database=postgres_database)
        first = await board.devices.revision()
        # While nothing is listened for, every look is a query.
        await add(other.assignments, RACK)
        second = await board.devices.revision()
        assert second != first
        await until_quiet(board.devices.revision)
        await add(other.assignments, SPARE)
        await until_other(board.devices.revision, second)


async def until_other(look: Callable[[], Awaitable[str]], before: str) -> None:
    with anyio.fail_after(10):
        while True:
            if await look() != before:
                return
            await asyncio.sleep(0.01)


async def until_quiet(look: Callable[[], Awaitable[str]]) -> None:
    """Until a look costs no query."""
    with anyio.fail_after(20):
        while True:
            with counting_statements() as statements:
                await look()
            if not statements:
                return
            await asyncio.sleep(0.05)
