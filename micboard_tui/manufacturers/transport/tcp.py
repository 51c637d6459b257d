"""TCP behind a ``Link``, with a limit to everything.

``LinkState`` says where a link is. While it is OPEN the socket poller calls ``read`` and ``flush``, and the
session calls ``send``. LEAVING begins when the session ends: what is unsent is still sent, what arrives is
read and dropped, and both sides close. LOST is final: the peer closed, the connection broke, or the peer
takes no more data. Only a link that was OPEN until then tells its listener.

What a device sends beyond ``READ_BYTES`` in a poll waits in the kernel, which takes ``RECEIVE_BYTES`` of it,
and then in the device, so that a flood is bounded as well; the device is named in the log. Between calls the
link remembers only the bytes that the kernel has not taken, and how many polls more than others read as much
as they may.
"""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager, suppress
from enum import Enum, auto

import anyio
import structlog

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.link import Dial, Link, Listener
from micboard_tui.manufacturers.transport.name_resolver import NAMES
from micboard_tui.manufacturers.transport.socket_poller import POLL_INTERVAL_S, SocketPoller, get_poller

READ_BYTES = 16 * 1024
RECEIVE_BYTES = 96 * 1024
"""So much the kernel keeps of what was not read yet: less than a second of a flood. Systems let that grow to
many megabytes, so that after a flood values of a minute ago would be read as those of now."""
MAX_UNSENT_BYTES = 64 * 1024
"""A peer that takes no more than this of our few commands is stuck."""
CLOSE_TIMEOUT_S = 0.5
FLOOD_POLLS = 20
"""So many polls more that read as much as they may than others are a flood."""

log = structlog.get_logger(__name__)


def dialer(host: str, port: int, connect_timeout_s: float, read_interval_s: float = POLL_INTERVAL_S) -> Dial:
    """A ``Dial`` for one address. What it sends is read every ``read_interval_s``, answers sooner."""

    @asynccontextmanager
    async def dial(listener: Listener) -> AsyncGenerator[Link]:
        connected = await _connect(host, port, connect_timeout_s)
        poller = get_poller()
        link = TcpLink(connected, f"{host}:{port}", listener, poller)
        poller.add(link, read_interval_s)
        try:
            yield link
        finally:
            with anyio.CancelScope(shield=True):
                await link.say_goodbye()
            poller.remove(link)
            connected.close()

    return dial


class LinkState(Enum):
    OPEN = auto()
    LEAVING = auto()
    LOST = auto()


class TcpLink:
    """One connection. Never waits, but in ``say_goodbye``; the socket poller calls ``read`` and ``flush``."""

    def __init__(
        self, connected: socket.socket, address: str, listener: Listener, poller: SocketPoller
    ) -> None:
        self.socket = connected
        self._address = address
        self._listener = listener
        self._poller = poller
        self._unsent = b""
        self._full_reads = 0
        self._state = LinkState.OPEN

    @property
    def is_lost(self) -> bool:
        return self._state is LinkState.LOST

    def send(self, data: bytes) -> None:
        if self.is_lost:
            return
        self._unsent += data
        self._write()
        self._poller.hurry()
        if len(self._unsent) > MAX_UNSENT_BYTES:
            self._lose("takes no more data")

    def cut(self) -> None:
        self._state, self._unsent = LinkState.LOST, b""
        # The peer sees the end at once, and not when the session has been cleared away.
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def flush(self) -> None:
        """Send what could not be sent before."""
        if self._unsent:
            self._write()

    def read(self) -> None:
        """Read once."""
        try:
            data = self.socket.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(f"broke the connection ({error.strerror or error})")
            return
        if not data:
            self._lose("closed the connection")
        elif self._state is LinkState.OPEN:
            if len(data) == READ_BYTES:
                self._note_full_read()
            elif self._full_reads:
                # A flood has gaps, too, where what the kernel holds is just used up.
                self._full_reads -= 1
            self._listener.data_received(data)

    def _note_full_read(self) -> None:
        """Name a device that sends more than is read, once for each flood."""
        if self._full_reads < 2 * FLOOD_POLLS:
            self._full_reads += 1
            if self._full_reads == FLOOD_POLLS:
                log.warning("flood_slowed", peer=self._address)

    async def say_goodbye(self) -> None:
        """Send the rest, then wait a moment for the peer to close as well.

        Closing with samples still unread would reset the connection, and the peer might lose our
        last commands, which switch its meters off.
        """
        if not self.is_lost:
            self._state = LinkState.LEAVING
        is_shut = False
        for _ in range(round(CLOSE_TIMEOUT_S / POLL_INTERVAL_S)):
            if self.is_lost:
                return
            if not self._unsent and not is_shut:
                is_shut = True
                with suppress(OSError):
                    self.socket.shutdown(socket.SHUT_WR)
                self._poller.hurry()
            await anyio.sleep(POLL_INTERVAL_S)

    def _write(self) -> None:
        try:
            sent = self.socket.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(f"broke the connection ({error.strerror or error})")
            return
        self._unsent = self._unsent[sent:]

    def _lose(self, event: str) -> None:
        before, self._state = self._state, LinkState.LOST
        self._unsent = b""
        if before is LinkState.OPEN:
            self._listener.link_lost(
                DeviceError(
                    ErrorCode.DEVICE_UNREACHABLE,
                    f"{self._address} {event}",
                    hint=hints.RECONNECTS,
                )
            )


async def _connect(host: str, port: int, timeout_s: float) -> socket.socket:
    """A connected socket that never blocks. Tries all addresses of the host within ``timeout_s``."""
    loop = asyncio.get_running_loop()
    failure = OSError(errno.EHOSTUNREACH, "no address")
    addresses = await NAMES.find_addresses(host, port, socket.SOCK_STREAM, timeout_s)
    try:
        with anyio.fail_after(timeout_s):
            for family, kind, protocol, _, address in addresses:
                with ExitStack() as cleanup:
                    attempt = cleanup.enter_context(socket.socket(family, kind, protocol))
                    attempt.setblocking(False)  # noqa: FBT003 - the standard library's way
                    attempt.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                    attempt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    # Before it is connected, when both sides agree on it.
                    with suppress(OSError):
                        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
                    try:
                        await loop.sock_connect(attempt, address)
                    except OSError as error:
                        failure = error
                        continue
                    # It is connected and stays open; one that fails or is cancelled is closed.
                    cleanup.pop_all()
                    return attempt
    except TimeoutError as error:
        raise DeviceError(
            ErrorCode.DEVICE_UNREACHABLE,
            f"{host}:{port} does not answer",
            hint=hints.CHECK_REACHABILITY,
        ) from error
    except OSError as error:
        failure = error
    raise _error_of(failure, host, port) from failure


def _error_of(error: OSError, host: str, port: int) -> DeviceError:
    if error.errno == errno.ECONNREFUSED:
        return DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"{host}:{port} refuses the connection",
            hint=hints.CHECK_CONTROLLER_ACCESS,
        )
    return DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        f"{host}:{port} cannot be reached ({error.strerror or error})",
        hint=hints.CHECK_REACHABILITY,
    )
