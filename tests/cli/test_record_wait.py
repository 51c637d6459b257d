"""A part of a fleet that starts before the server of the record does."""

import asyncio
from pathlib import Path

import anyio
import pytest

from micboard_tui.cli.record_wait import OPEN_AGAIN_S, wait_for_record
from micboard_tui.config.paths import paths_under
from micboard_tui.contracts.errors import StorageError
from micboard_tui.program import Options
from tests.fakes.links import UNHURRIED_S
from tests.postgres.server import kill_server, own_server, start_again

pytestmark = pytest.mark.integration


async def test_it_is_waited_for_and_that_is_told_once_and_what_it_refuses_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = paths_under(tmp_path / "home")
    with own_server(tmp_path) as server:
        await server.execute("CREATE DATABASE kept")
        kill_server(server)
        waiting = asyncio.create_task(wait_for_record(Options(server.network_url("kept")), paths))
        await anyio.sleep(2.5 * OPEN_AGAIN_S)
        assert not waiting.done()
        await asyncio.to_thread(start_again, server, tmp_path / "postgres.users")
        with anyio.fail_after(UNHURRIED_S):
            await waiting
        assert capsys.readouterr().err.count("DATABASE_ERROR") == 1
        for refused in (server.network_url("kept", "another"), server.network_url("missing")):
            with pytest.raises(StorageError):
                await wait_for_record(Options(refused), paths)
