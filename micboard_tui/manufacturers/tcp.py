"""TCP behind a ``Link``, with a limit to everything.

An ``asyncio.Protocol`` and not a stream: a stream wakes a task for every segment, and for meters
the wake-up costs ten times the parsing (benchmarks/ingest.py).
"""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.link import Dial, Link, Listener

CLOSE_TIMEOUT_S = 1.0
FLOOD_WINDOW_S = 0.1
FLOOD_LIMIT_BYTES = 96 * 1024
"""More than any receiver has to say within the window; what comes faster waits in the kernel."""


def dialer(host: str, port: int, connect_timeout_s: float) -> Dial:
    """A ``Dial`` for one address."""

    @asynccontextmanager
    async def dial(listener: Listener) -> AsyncGenerator[Link]:
        stream = await _connect(host, port, connect_timeout_s, listener)
        try:
            yield stream
        finally:
            await stream.aclose()

    return dial


async def _connect(host: str, port: int, timeout_s: float, listener: Listener) -> "_Stream":
    loop = asyncio.get_running_loop()
    try:
        with anyio.fail_after(timeout_s):
            _, stream = await loop.create_connection(lambda: _Stream(host, port, listener), host, port)
    except TimeoutError as error:
        raise DeviceError(
            ErrorCode.DEVICE_UNREACHABLE,
            f"{host}:{port} does not answer",
            hint="Check that it is switched on, its cable, and that this machine is in its network",
        ) from error
    except OSError as error:
        raise _translated(error, host, port) from error
    return stream


def _translated(error: OSError, host: str, port: int) -> DeviceError:
    if isinstance(error, socket.gaierror):
        return DeviceError(
            ErrorCode.HOST_NOT_RESOLVED,
            f"No address is known for {host}",
            hint="Check the spelling, or use the address from the device's network menu",
        )
    if error.errno == errno.ECONNREFUSED:
        return DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"{host}:{port} refuses the connection",
            hint="Check the port; on SLX-D set Advanced Settings > Controller Access > Allow",
        )
    return DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        f"{host}:{port} cannot be reached ({error.strerror or error})",
        hint="Check that it is switched on, its cable, and that this machine is in its network",
    )


class _Stream(asyncio.Protocol):
    def __init__(self, host: str, port: int, listener: Listener) -> None:
        self._address = f"{host}:{port}"
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._closed = asyncio.Event()
        self._closing = False
        self._window_end = 0.0
        self._window_bytes = 0

    def send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    async def aclose(self) -> None:
        self._closing = True
        if self._transport is None:
            return
        with anyio.CancelScope(shield=True), anyio.move_on_after(CLOSE_TIMEOUT_S):
            self._transport.close()
            await self._closed.wait()
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - create_connection makes no other
        self._transport = transport
        if (raw := transport.get_extra_info("socket")) is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        now = self._loop.time()
        if now >= self._window_end:
            self._window_end = now + FLOOD_WINDOW_S
            self._window_bytes = 0
        self._window_bytes += len(data)
        if self._window_bytes > FLOOD_LIMIT_BYTES and self._transport is not None:
            self._transport.pause_reading()
            self._loop.call_at(self._window_end, self._resume)
        self._listener.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()
        if not self._closing:
            reason = f" ({exc})" if exc else ""
            self._listener.lost(
                DeviceError(
                    ErrorCode.DEVICE_UNREACHABLE,
                    f"{self._address} closed the connection{reason}",
                    hint="It may be restarting; the connection is tried again by itself",
                )
            )

    def _resume(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
