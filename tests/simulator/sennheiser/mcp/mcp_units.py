"""Simulated MCP devices made by hand, and a client of them on a real socket."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager

from micboard_tui.protocols.mcp.codec import read
from micboard_tui.protocols.mcp.messages import Message
from micboard_tui.simulator.sennheiser.mcp.mcp_device import McpDevice
from tests.simulator.simulated_devices import build_device, build_plan, pass_time

EM, SR = "EM 300-500 G4", "SR IEM G4"


def make_unit(model: str = EM, place: int = 0) -> McpDevice:
    return build_device(McpDevice, build_plan(model, place, first_channel=place))


@asynccontextmanager
async def on_air(*units: McpDevice, port: int = 0) -> AsyncGenerator[None]:
    """Each at an address of its own, from 127.0.0.41 on."""
    try:
        for place, simulated in enumerate(units):
            await simulated.open(f"127.0.0.{41 + place}", port)
        yield
    finally:
        for simulated in units:
            await simulated.aclose()


class Controller:
    """A socket that speaks to one device."""

    def __init__(self, own: socket.socket, simulated: McpDevice) -> None:
        self.own = own
        self._simulated = simulated

    def say(self, data: bytes) -> None:
        self.own.sendto(data, self._simulated.address)

    async def datagrams(self) -> list[bytes]:
        """What has come so far."""
        await asyncio.sleep(0.02)
        answers = []
        while True:
            try:
                answers.append(self.own.recv(4096))
            except BlockingIOError:
                return answers

    async def ask(self, text: str) -> list[Message]:
        self.say(text.encode() + b"\r")
        return [message for each in await self.datagrams() for message in read(each)]


@contextmanager
def controlling(simulated: McpDevice) -> Iterator[Controller]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setblocking(False)
        own.bind(("127.0.0.1", 0))
        yield Controller(own, simulated)


async def ticks(simulated: McpDevice, count: int) -> None:
    await pass_time(simulated, count, 0.1)
