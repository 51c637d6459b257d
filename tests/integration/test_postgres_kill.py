"""A PostgreSQL server is killed or frozen: sessions go on, answers hold, and all is stored again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Container, Options, open_container
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.recorder import RecorderMode
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.services.steady_clock import steady_s
from micboard_tui.simulator.rack.rack import RackOptions, open_rack
from micboard_tui.storage.database_engine import STATEMENT_LIMIT_S
from tests.fakes.links import until
from tests.postgres.server import (
    PASSWORD,
    PostgresServer,
    freeze_server,
    kill_server,
    own_server,
    start_again,
    thaw_server,
)

pytestmark = pytest.mark.integration


@asynccontextmanager
async def polling(server: PostgresServer, home: Path) -> AsyncIterator[Container]:
    """The services with a session that is online, and all of it stored."""
    paths = paths_under(home)
    make_directories(paths)
    await server.execute("CREATE DATABASE kept")
    rack_options = RackOptions(receivers=1, scenario="calm", port=0, address="127.0.7.2")
    options = Options(server.network_url("kept"))
    async with open_rack(rack_options) as rack, open_container(options, paths) as services:
        host, port = rack.devices[0].host, rack.devices[0].port
        assert (await services.devices.register("shure", host, port=port, actor="Pia")).success
        assert (await services.synchronization.start()).success
        await until(lambda: is_online(services) and is_recorded(services))
        yield services


def is_online(services: Container) -> bool:
    return [device.state.status for device in services.live.snapshot()] == [DeviceStatus.ONLINE]


def is_recorded(services: Container) -> bool:
    return services.health.snapshot().recorder.mode is RecorderMode.DISK


async def find_refusal(services: Container) -> tuple[ErrorCode, str]:
    refused = await services.locations.create("Hall", actor="Pia")
    assert not refused.success
    return refused.error.code, str(refused.error)


@pytest.mark.long
async def test_a_killed_server_ends_no_session_and_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        async with polling(server, tmp_path / "home") as services:
            assert (await services.locations.create("Pit", actor="Pia")).success
            kill_server(server)
            code, text = await find_refusal(services)
            assert (code, PASSWORD in text) == (ErrorCode.DATABASE_ERROR, False)
            await until(lambda: services.health.snapshot().storage_fault is not None)
            version = services.live.version
            await until(lambda: services.live.version > version + 10 and is_online(services))

            again = await asyncio.to_thread(start_again, server, tmp_path / "postgres.users")
            await until(lambda: services.health.snapshot().storage_fault is None and is_recorded(services))
            assert services.health.snapshot().recorder.dropped_s == 0
            assert (await services.locations.create("Hall", actor="Pia")).success
            listed = await services.locations.list_locations()
            assert sorted(each.name for each in listed.data or ()) == ["Hall", "Pit"]
            await freeze_for_a_while(again, services)
            assert services.synchronization.is_running


async def freeze_for_a_while(server: PostgresServer, services: Container) -> None:
    """A server that stands still is told as one that is away, within the time that a person waits."""
    freeze_server(server)
    try:
        frozen_at, version = steady_s(), services.live.version
        code, _ = await find_refusal(services)
        refused_after_s = steady_s() - frozen_at
        await until(lambda: services.live.version > version + 10 and is_online(services))
    finally:
        thaw_server(server)
    assert code is ErrorCode.DATABASE_ERROR
    assert refused_after_s < STATEMENT_LIMIT_S / 2
    await until(lambda: services.health.snapshot().storage_fault is None and is_recorded(services))
    assert (await services.locations.create("Loft", actor="Pia")).success
