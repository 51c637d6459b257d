"""Simulated MCP devices made by hand, and a client of them on a real socket."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from random import Random

from micboard_tui.protocols.mcp.codec import read
from micboard_tui.protocols.mcp.messages import Message
from micboard_tui.simulator.rack.equipment import Order
from micboard_tui.simulator.sennheiser.mcp.builder import build
from micboard_tui.simulator.sennheiser.mcp.mcp_device import McpStation
from micboard_tui.simulator.stage import people

EM, SR = "EM 300-500 G4", "SR IEM G4"


def station_of(model: str = EM, host: str = "127.0.0.41", place: int = 0) -> McpStation:
    return build(Order(model, "Rack 1", host, [people.part(place)], place, Random(place)))


@asynccontextmanager
async def on_air(*stations: McpStation, port: int = 0) -> AsyncGenerator[None]:
    """Each at an address of its own, from 127.0.0.41 on."""
    try:
        for place, station in enumerate(stations):
            await station.open(f"127.0.0.{41 + place}", port)
        yield
    finally:
        for station in stations:
            await station.aclose()


class Controller:
    """A socket that speaks to one device."""

    def __init__(self, own: socket.socket, station: McpStation) -> None:
        self.own = own
        self._station = station

    def say(self, data: bytes) -> None:
        self.own.sendto(data, self._station.address)

    async def datagrams(self) -> list[bytes]:
        """What has come so far."""
        await asyncio.sleep(0.02)
        told = []
        while True:
            try:
                told.append(self.own.recv(4096))
            except BlockingIOError:
                return told

    async def ask(self, text: str) -> list[Message]:
        self.say(text.encode() + b"\r")
        return [message for each in await self.datagrams() for message in read(each)]


@contextmanager
def controlling(station: McpStation) -> Iterator[Controller]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setblocking(False)
        own.bind(("127.0.0.1", 0))
        yield Controller(own, station)


async def ticks(station: McpStation, count: int) -> None:
    for _ in range(count):
        for air in station.airs:
            air.pack.step(0.1, 1.0)
            air.step(0.1, 0.0)
        await station.tick(0.1)
