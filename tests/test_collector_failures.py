"""Whole collectors in processes of their own over a real nats-server: killed, frozen, cut off, without it.

Receivers are simulated here, and count: none is connected twice, and none hears of one that has lost it.
"""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
import pytest

from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.wire.device_entry import FREE_PUBLISHER
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.services.steady_clock import steady_s
from micboard_tui.simulator.rack.rack import Rack
from tests.fakes.collectors import open_receivers, read_publishers, receivers_of, register
from tests.fakes.forks import ForkedProcess, running_module
from tests.fakes.links import UNHURRIED_S
from tests.fakes.nats_server import NatsServer, running_server
from tests.fakes.relay import Relay, open_relay

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240), pytest.mark.long, pytest.mark.no_cover]

DEVICES = 8
"""Of two channels, so that their load is worth evening out."""


class Fleet:
    """What the test sees of it: the receivers, and what is published."""

    def __init__(self, rack: Rack, server: NatsServer, url: str, home: Path) -> None:
        self.rack, self._server, self._url, self._home = rack, server, url, home
        self.processes: dict[str, ForkedProcess] = {}

    @contextmanager
    def running(self, name: str, port: int | None = None) -> Iterator[None]:
        url = self._server.url if port is None else f"nats://127.0.0.1:{port}"
        words = (url, name, self._url, str(self._home / name))
        log = self._home / f"{name}.log"
        with running_module("tests.fakes.collector_program", *words, errors=log) as self.processes[name]:
            yield

    def signal(self, name: str, number: signal.Signals) -> None:
        self.processes[name].send_signal(number)

    async def publishers(self) -> dict[str, int]:
        """How many devices each collector publishes; nothing while the bus is away."""
        connection = await connect(BusAddress(self._server.url), "test", steady_s)
        try:
            return dict(await read_publishers(connection.find_store(Subjects().state_store)))
        finally:
            await connection.close()

    async def until_held(self, *names: str) -> float:
        """Until each device has one connection, and is published by one of these, all of which have some.

        How long it took.
        """
        wanted = {f"collector-{name}" for name in names}

        async def is_held() -> bool:
            if self.rack.connections != (1,) * DEVICES:
                return False
            found = await self.publishers()
            return found.keys() == wanted and sum(found.values()) == DEVICES

        return await take_time(is_held)

    @property
    def most(self) -> int:
        return max(device.most_connections for device in receivers_of(self.rack))

    @property
    def accepted(self) -> list[int]:
        return [device.accepted for device in receivers_of(self.rack)]

    @property
    def of_former(self) -> int:
        return sum(device.commands_of_former for device in receivers_of(self.rack))


async def take_time(is_true: Callable[[], Awaitable[bool]]) -> float:
    began_at = steady_s()
    with anyio.fail_after(UNHURRIED_S):
        while not await is_true():  # noqa: ASYNC110 - it happens in other processes
            await anyio.sleep(0.05)
    return steady_s() - began_at


@asynccontextmanager
async def opened(url: str, home: Path, address: str) -> AsyncIterator[tuple[Fleet, NatsServer, Relay]]:
    async with (
        running_server(home / "nats") as server,
        open_receivers(DEVICES, address) as rack,
        open_relay(server.address.port) as relay,
    ):
        await register(rack, url)
        yield Fleet(rack, server, url, home), server, relay


async def test_whatever_happens_each_device_has_one_collector_soon_and_never_two(
    postgres_url: str, tmp_path: Path
) -> None:
    """One journey, since processes take long to start."""
    async with opened(postgres_url, tmp_path, "127.0.29.2") as (fleet, server, relay):
        with fleet.running("a"), fleet.running("b"):
            await fleet.until_held("a", "b")
            await restart(fleet, server, 1.0)
            # Both let go, since each has a rival; and what the server knew is lost.
            await restart(fleet, server, 3.5, with_store=False)
            assert (fleet.most, fleet.of_former) == (1, 0)
            await fleet.until_held("a", "b")
            fleet.signal("a", signal.SIGKILL)
            note("taken over after a kill", await fleet.until_held("b"))
            accepted = fleet.accepted
            await restart(fleet, server, 3.5)
            # It was alone, so it went on.
            assert fleet.accepted == accepted
            with fleet.running("c", relay.port):
                # By a goodbye, and a lease that is given.
                await fleet.until_held("b", "c")
                relay.cut()
                note("taken over after a cut", await fleet.until_held("b"))
                relay.restore()
                fleet.signal("b", signal.SIGSTOP)
                note("taken over from a frozen one", await take_time(lambda: is_published_by(fleet, "c")))
                fleet.signal("b", signal.SIGCONT)
                await fleet.until_held("c")
                assert fleet.of_former == 0
                fleet.signal("c", signal.SIGTERM)
                note("taken over from one that left", await fleet.until_held("b"))


async def restart(fleet: Fleet, server: NatsServer, away_s: float, *, with_store: bool = True) -> None:
    await server.kill()
    await anyio.sleep(away_s)
    if not with_store:
        assert fleet.rack.connections == (0,) * DEVICES
    await server.start(with_store=with_store)
    note(f"each has one after the server was away for {away_s} s", await until_owned(fleet))


def note(what: str, seconds: float) -> None:
    print(f"{what}: {seconds:.1f} s")  # noqa: T201 - measured


async def is_published_by(fleet: Fleet, name: str) -> bool:
    return await fleet.publishers() == {f"collector-{name}": DEVICES}


async def until_owned(fleet: Fleet) -> float:
    async def is_owned() -> bool:
        found = await fleet.publishers()
        is_connected = fleet.rack.connections == (1,) * DEVICES
        return is_connected and sum(found.values()) == DEVICES and FREE_PUBLISHER not in found

    return await take_time(is_owned)
