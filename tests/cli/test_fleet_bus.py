"""Machines of a fleet are switched on in any order."""

from pathlib import Path

import anyio
import pytest

from micboard_tui.bus.nats_connection import BusAddress
from micboard_tui.cli.fleet_bus import CONNECT_AGAIN_S, FleetBus
from tests.fakes.nats_server import NatsServer

pytestmark = pytest.mark.integration


async def test_a_server_that_is_not_there_yet_is_waited_for_and_that_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = NatsServer(tmp_path)
    bus = FleetBus(BusAddress(server.url), "test")
    try:
        async with anyio.create_task_group() as tasks:

            async def start() -> None:
                await anyio.sleep(1.5 * CONNECT_AGAIN_S)
                await server.start()

            tasks.start_soon(start)
            with anyio.fail_after(30.0):
                async with bus.connect("hub") as connection:
                    assert connection.lost_since is None
    finally:
        await server.end()
    told = capsys.readouterr().err
    assert told.count("BUS_LOST") == 1
    assert server.url in told
