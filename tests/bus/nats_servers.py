"""A real nats-server behind the tests of connections."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from micboard_tui.bus.connection import Connection
from micboard_tui.bus.nats_connection import BusAddress, NatsConnection, connect
from micboard_tui.services.steady_clock import steady_s
from tests.fakes.nats_server import NatsServer, running_server


class NatsOfTest:
    def __init__(self, server: NatsServer) -> None:
        self.server = server
        self.connections: list[NatsConnection] = []

    async def connect(self) -> Connection:
        connection = await connect(BusAddress(self.server.url), "test", steady_s)
        self.connections.append(connection)
        return connection

    async def stop(self) -> None:
        await self.server.kill()

    async def start(self) -> None:
        await self.server.start()


@asynccontextmanager
async def open_nats(directory: Path) -> AsyncGenerator[NatsOfTest]:
    """A server and its connections, which are closed in the end."""
    async with running_server(directory) as server:
        nats = NatsOfTest(server)
        try:
            yield nats
        finally:
            for connection in nats.connections:
                await connection.close()
