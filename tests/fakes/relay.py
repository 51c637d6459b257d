"""A way to a server that can be cut in the middle, so that both ends believe for a while that it stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PIECE = 65_536


class Relay:
    """Passes on what comes at ``port``, to another port of this computer."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    def cut(self) -> None:
        """Let nothing through."""
        self._is_cut = True

    def restore(self) -> None:
        """The connections that there were are gone; new ones work."""
        self._is_cut = False
        self.close_all()

    def close_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError):
            if not self._is_cut:
                inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._target)
                self._writers.add(inner_writer)
                await asyncio.gather(self._pass(reader, inner_writer), self._pass(inner_reader, writer))
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE):
            if not self._is_cut:
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def open_relay(target: int) -> AsyncIterator[Relay]:
    relay = Relay(target)
    async with await asyncio.start_server(relay.handle, "127.0.0.1", 0) as server:
        relay.port = server.sockets[0].getsockname()[1]
        try:
            yield relay
        finally:
            relay.close_all()
