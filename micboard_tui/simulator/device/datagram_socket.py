"""One bound UDP socket of a simulated device."""

import asyncio
import socket
from collections.abc import Callable
from typing import TypeAlias

Address: TypeAlias = tuple[str, int]
Receive: TypeAlias = Callable[[bytes, Address], None]


class DatagramSocket(asyncio.DatagramProtocol):
    """Hands on what it receives; sends nothing before ``bind`` and after ``aclose``."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._transport: asyncio.DatagramTransport | None = None
        self._gone: asyncio.Future[None] | None = None

    async def bind(self, host: str, port: int, *, shares_port: bool = False) -> Address:
        """Receive from now on; the address that it has. Raises OSError.

        ``shares_port``: others on this machine have the port at other addresses, and clients at all of them.
        """
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            bound.setblocking(False)  # noqa: FBT003 - the standard library's way
            if shares_port:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host, port))
        except OSError:
            bound.close()
            raise
        return await self.attach(bound)

    async def attach(self, bound: socket.socket) -> Address:
        """Receive from a socket that is bound, and close it at the end; the address that it has."""
        loop = asyncio.get_running_loop()
        self._gone = loop.create_future()
        await loop.create_datagram_endpoint(lambda: self, sock=bound)
        address: Address = bound.getsockname()
        return address

    def send(self, data: bytes, address: Address) -> None:
        if self._transport is not None:
            self._transport.sendto(data, address)

    async def aclose(self) -> None:
        """Close it at once; nothing is left afterwards."""
        transport, self._transport = self._transport, None
        if transport is not None and self._gone is not None:
            transport.abort()
            await self._gone

    # What the event loop calls.

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why does not matter
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._receive(data, addr)
