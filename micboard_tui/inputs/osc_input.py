"""Listens for OSC messages of show control (``domain/remote_call.py``), and answers nothing.

Datagrams wait in a short queue, so that a flood of them costs nothing but itself: what finds no room is
dropped. They are taken one after another, in the order in which they came; the time of a bundle is not waited
for. A message that cannot be read, or is none of ours, is left.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import structlog

from micboard_tui.config.output_addresses import split_address
from micboard_tui.contracts.origin import FrontEnd, Origin, acting_from
from micboard_tui.domain.remote_call import RemoteCall, parse_remote_call

MAX_WAITING = 64
MAX_DATAGRAM = 8192
NOT_INSTALLED = "python-osc is not installed: pip install 'micboard-tui[osc]'"

log = structlog.get_logger(__name__)


class OscInput:
    def __init__(self, address: str, take: Callable[[RemoteCall, str], Awaitable[None]]) -> None:
        """``take`` is given each call, and who called: "OSC 127.0.0.1"."""
        self._host, self._port = split_address(address)
        self._take = take
        self.port: int | None = None
        """Where it listens; None: not yet, or not at all."""

    async def run(self) -> None:
        """Until cancelled; returns where it cannot listen, which is logged."""
        datagrams: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue(MAX_WAITING)
        loop = asyncio.get_running_loop()
        try:
            from pythonosc.osc_packet import OscPacket  # noqa: F401, PLC0415 - an extra: whether it is there
        except ImportError:
            log.warning("osc_not_listening", reason=NOT_INSTALLED)
            return
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Receiver(datagrams), local_addr=(self._host, self._port)
            )
        except OSError as error:
            log.warning("osc_not_listening", address=f"{self._host}:{self._port}", reason=str(error))
            return
        self.port = transport.get_extra_info("sockname")[1]
        log.info("osc_listening", host=self._host, port=self.port)
        try:
            while True:
                content, sender = await datagrams.get()
                with acting_from(Origin(FrontEnd.OSC, address=sender)):
                    for call in read_calls(content):
                        await self._take(call, f"OSC {sender}")
        finally:
            self.port = None
            transport.close()


def read_calls(content: bytes) -> Iterator[RemoteCall]:
    """The calls in a datagram; none where it cannot be read."""
    from pythonosc.osc_packet import OscPacket, ParseError  # noqa: PLC0415 - an extra

    if len(content) > MAX_DATAGRAM:
        return
    try:
        messages = [timed.message for timed in OscPacket(content).messages]
    except (ParseError, ValueError, IndexError, OverflowError, RecursionError):
        return
    for message in messages:
        if (call := parse_remote_call(message.address, list(message.params))) is not None:
            yield call


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, datagrams: "asyncio.Queue[tuple[bytes, str]]") -> None:
        self._datagrams = datagrams

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self._datagrams.full():
            self._datagrams.put_nowait((data, str(addr[0])))
