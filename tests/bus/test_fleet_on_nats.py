"""Collectors and a hub on a real server: a device changes its owner, and the server loses its disk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from micboard_tui.bus.connection import Connection
from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.wire.device_entry import FREE_PUBLISHER, ReadEntry, decode_entry
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, HUB
from micboard_tui.bus.wire.subjects import Subjects, device_key
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from tests.bus.attached_site import running
from tests.bus.fleet_site import DEVICES, rename
from tests.fakes.links import until
from tests.fakes.nats_server import NatsServer, running_server

pytestmark = pytest.mark.integration

ONE, TWO = DEVICES[:2]
SUBJECTS = Subjects()


class Program:
    """One that publishes, on a connection of its own."""

    def __init__(self, connection: Connection, name: str, role: str) -> None:
        self.connection, self.live = connection, LiveState(SteadyClock())
        self.tokens: dict[DeviceId, int] = {}
        options = PublisherOptions(
            name, 1, "test", HealthSnapshot, lambda: None, self.tokens.get, role, "land", name
        )
        self.publisher = Publisher(connection, SUBJECTS, self.live, options, steady_s)

    def hold(self, *devices: Device, token: int) -> None:
        self.tokens.clear()
        self.tokens.update({device.id: token for device in devices})
        self.live.place(devices, [])


@asynccontextmanager
async def open_program(server: NatsServer, name: str, role: str) -> AsyncIterator[Program]:
    connection = await connect(BusAddress(server.url), name, steady_s)
    program = Program(connection, name, role)
    async with running(program.publisher):
        yield program
    await connection.close()


@asynccontextmanager
async def open_fleet(directory: Path) -> AsyncIterator[tuple[NatsServer, Program, Program, Mirror]]:
    """Two collectors, a hub, and a board that is complete."""
    async with running_server(directory) as server, open_program(server, "hub", HUB) as hub:
        hub.live.place((ONE, TWO), [])
        board_connection = await connect(BusAddress(server.url), "board", steady_s)
        board = Mirror(board_connection, SUBJECTS, "board", steady_s, SteadyClock())
        async with (
            open_program(server, "collector-a", COLLECTOR) as first,
            open_program(server, "collector-b", COLLECTOR) as second,
            running(board),
        ):
            first.hold(ONE, TWO, token=1)
            await board.wait_complete()
            yield server, first, second, board
        await board_connection.close()


async def find_entry(program: Program, device: Device) -> ReadEntry:
    found = await program.connection.find_store(SUBJECTS.state_store).get(device_key(device.id))
    assert found is not None
    assert found.value is not None
    return decode_entry(found.value)


async def test_a_device_changes_its_owner_and_what_the_former_one_writes_late_is_not_in_the_store(
    tmp_path: Path,
) -> None:
    async with open_fleet(tmp_path) as (server, first, second, board):
        await first.publisher.free(ONE.id)
        assert (await find_entry(first, ONE)).publisher == FREE_PUBLISHER
        first.hold(TWO, token=1)
        second.hold(ONE, TWO, token=7)
        await until(lambda: board.publisher_of(ONE.id) == board.publisher_of(TWO.id) == "collector-b")
        # The first one does not know yet that TWO is not its own any more.
        first.live.place([rename(TWO, "Late")], [])
        await anyio.sleep(0.5)
        assert (await find_entry(first, TWO)).publisher == "collector-b"
        assert (shown := board.device(TWO.id)) is not None
        assert shown.device == TWO
        first.hold(token=1)
        await server.kill()
        await server.start(with_store=False)
        await until(lambda: not first.connection.lost_since and not second.connection.lost_since)
        late_connection = await connect(BusAddress(server.url), "late", steady_s)
        late = Mirror(late_connection, SUBJECTS, "late", steady_s, SteadyClock())
        async with running(late):
            await late.wait_complete()
            await until(lambda: late.publisher_of(ONE.id) == late.publisher_of(TWO.id) == "collector-b")
            assert [snapshot.device for snapshot in late.snapshot()] == [ONE, TWO]
        await late_connection.close()
