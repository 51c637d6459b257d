"""A bad network line between a driver and a device, as a port that passes on what comes to another one.

Bytes pass both ways, until ``fault`` says otherwise. It knows nothing of what they mean.
"""

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Any, cast

PIECE = 65_536
FLOOD_PIECE = 256 * 1024
"""One of these is sent every 5 ms: 50 MB/s."""
FLOOD_PAUSE_S = 0.005
LATE_S = 5.0
FLOOD_COPIES = 200
REBOOT_S = 3.0
LOSS = 0.3
SEED = 7
MOST_LATE = 4000
"""So many chunks are on their way at most."""


class LineFault(StrEnum):
    """What becomes of that which the device sends, and of the connection."""

    NONE = "none"
    CUT = "cut"
    """Connections are reset, and new ones too."""
    BLACK_HOLE = "black hole"
    """Nothing passes either way, and both ends believe that the connection stands."""
    HALF_OPEN = "half open"
    """What the device sends is lost, and what it is sent arrives."""
    LOSS = "30 % loss"
    """Of datagrams."""
    LATE = "5 s late"
    DUPLICATES = "duplicates"
    REORDER = "reordered"
    """Every other chunk comes after the next one."""
    GARBAGE = "garbage"
    """Random bytes between the chunks."""
    BYTES = "byte by byte"
    FLOOD = "flood of 50 MB/s"
    ENDLESS = "endless frame"
    """A frame, or an answer, that begins and never ends."""
    REBOOTS = "reboots every 3 s"


class FaultyLine(ABC):
    """Listens at ``port`` of ``host``."""

    def __init__(self, host: str) -> None:
        self.host, self.port = host, 0
        self.fault = LineFault.NONE
        self._random = random.Random(SEED)

    def set_fault(self, fault: LineFault) -> None:
        """From now on the line has it, connections that stand included."""
        self.fault = fault

    @abstractmethod
    def close(self) -> None:
        """End all connections."""

    def _garbage(self) -> bytes:
        return self._random.randbytes(self._random.randint(1, 200))


class StreamLine(FaultyLine):
    """Of TCP."""

    def __init__(self, host: str, target: tuple[str, int]) -> None:
        super().__init__(host)
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def set_fault(self, fault: LineFault) -> None:
        super().set_fault(fault)
        if fault in (LineFault.CUT, LineFault.NONE):
            self.close()

    def close(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.fault is LineFault.CUT:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            device_reader, device_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(device_writer)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._ask(reader, device_writer))
                group.create_task(self._answer(device_reader, writer))
                group.create_task(self._add(writer))
        except* (OSError, EOFError):
            pass
        finally:
            for end in (writer, device_writer):
                end.transport.abort()
                self._writers.discard(end)

    async def _ask(self, reader: asyncio.StreamReader, device: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE):
            if self.fault is not LineFault.BLACK_HOLE:
                device.write(data)
                await device.drain()
        raise EOFError

    async def _answer(self, device: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held = b""
        while data := await device.read(PIECE):
            match self.fault:
                case LineFault.BLACK_HOLE | LineFault.HALF_OPEN | LineFault.ENDLESS:
                    continue
                case LineFault.LATE:
                    asyncio.get_running_loop().call_later(LATE_S, self._write_late, writer, data)
                    continue
                case LineFault.DUPLICATES:
                    data += data
                case LineFault.REORDER:
                    held, data = (b"", data + held) if held else (data, b"")
                case LineFault.BYTES:
                    await self._write_bytes(writer, data)
                    continue
                case _:
                    pass
            writer.write(data)
            await writer.drain()
        raise EOFError

    def _write_late(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        if not writer.is_closing() and self.fault is LineFault.LATE:
            writer.write(data)

    @staticmethod
    async def _write_bytes(writer: asyncio.StreamWriter, data: bytes) -> None:
        for byte in data[:2000]:
            writer.write(bytes((byte,)))
            await asyncio.sleep(0)
        writer.write(data[2000:])
        await writer.drain()

    async def _add(self, writer: asyncio.StreamWriter) -> None:
        """What the device never sent."""
        while True:
            if self.fault is LineFault.FLOOD:
                writer.write(b"< REP 1 AUDIO_GAIN 030 >" * (FLOOD_PIECE // 24))
                await writer.drain()
            elif self.fault is LineFault.ENDLESS:
                writer.write(b"< REP 1 CHAN_NAME {" + b"x" * FLOOD_PIECE)
                await writer.drain()
            elif self.fault is LineFault.GARBAGE:
                writer.write(self._garbage())
            elif self.fault is LineFault.REBOOTS:
                await asyncio.sleep(REBOOT_S)
                writer.transport.abort()
            await asyncio.sleep(FLOOD_PAUSE_S if self.fault is not LineFault.GARBAGE else 0.05)


class _DeviceEnd(asyncio.DatagramProtocol):
    """Hears the device, for one driver."""

    def __init__(self, line: "DatagramLine", driver: tuple[str, int]) -> None:
        self._line, self._driver = line, driver
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, _: tuple[str | Any, int]) -> None:
        self._line.pass_back(data, self._driver)


class DatagramLine(FaultyLine, asyncio.DatagramProtocol):
    """Of UDP."""

    def __init__(self, host: str, target: tuple[str, int]) -> None:
        super().__init__(host)
        self._target = target
        self._ends: dict[tuple[str, int], asyncio.Task[_DeviceEnd]] = {}
        self._held: bytes | None = None
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, driver: tuple[str | Any, int]) -> None:
        if self.fault is LineFault.BLACK_HOLE or self._is_lost():
            return
        place = (str(driver[0]), int(driver[1]))
        if place not in self._ends:
            self._ends[place] = asyncio.ensure_future(self._open_end(place))
        self._ends[place].add_done_callback(lambda end: _send(end, data))

    async def _open_end(self, driver: tuple[str, int]) -> _DeviceEnd:
        _, end = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _DeviceEnd(self, driver), remote_addr=self._target, local_addr=(self.host, 0)
        )
        return end

    def pass_back(self, data: bytes, driver: tuple[str, int]) -> None:
        """What the device sends to a driver."""
        if self.fault in (LineFault.BLACK_HOLE, LineFault.HALF_OPEN) or self._is_lost():
            return
        if self.fault is LineFault.LATE:
            asyncio.get_running_loop().call_later(LATE_S, self._write_late, data, driver)
            return
        for datagram in self._spoil(data):
            self._write(datagram, driver)

    def _spoil(self, data: bytes) -> Sequence[bytes]:
        """What the driver gets in place of a datagram, in this order."""
        match self.fault:
            case LineFault.REORDER:
                held, self._held = self._held, None if self._held else data
                return () if held is None else (data, held)
            case LineFault.DUPLICATES:
                return (data, data)
            case LineFault.GARBAGE:
                return (self._garbage(), data)
            case LineFault.FLOOD:
                return (data,) * FLOOD_COPIES
            case _:
                return (data,)

    def _write_late(self, data: bytes, driver: tuple[str, int]) -> None:
        if self.fault is LineFault.LATE:
            self._write(data, driver)

    def _is_lost(self) -> bool:
        return self.fault is LineFault.LOSS and self._random.random() < LOSS

    def _write(self, data: bytes, driver: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, driver)

    def close(self) -> None:
        for end in self._ends.values():
            if end.done() and not end.cancelled() and end.exception() is None:
                transport = end.result().transport
                if transport is not None:
                    transport.close()
            else:
                end.cancel()
        self._ends.clear()


def _send(end: asyncio.Task[_DeviceEnd], data: bytes) -> None:
    if end.cancelled() or end.exception() is not None:
        return
    if (transport := end.result().transport) is not None:
        transport.sendto(data)


@asynccontextmanager
async def open_stream_line(host: str, target: tuple[str, int]) -> AsyncGenerator[StreamLine]:
    line = StreamLine(host, target)
    async with await asyncio.start_server(line.handle, host, 0) as server:
        line.port = server.sockets[0].getsockname()[1]
        try:
            yield line
        finally:
            line.close()
            await asyncio.sleep(0)


@asynccontextmanager
async def open_datagram_line(host: str, target: tuple[str, int]) -> AsyncGenerator[DatagramLine]:
    line = DatagramLine(host, target)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: line, local_addr=(host, 0)
    )
    line.port = transport.get_extra_info("sockname")[1]
    try:
        yield line
    finally:
        line.close()
        with suppress(OSError):
            transport.close()
