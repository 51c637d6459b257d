"""UDP behind a ``Link``: one socket a device, on a port of its own; each datagram is reported by itself."""

import errno
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import structlog

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.link import Dial, Link, Listener
from micboard_tui.manufacturers.transport.name_resolver import NAMES
from micboard_tui.manufacturers.transport.socket_poller import get_poller

MAX_DATAGRAM = 64 * 1024
DATAGRAMS_A_POLL = 64
BYTES_A_POLL = 128 * 1024
"""Of one device, so that time is left for the others; more wait in the kernel, or are dropped there."""
FLOOD_POLLS = 20
"""So many polls in a row that leave something behind, a second, are a flood."""
RECEIVE_BYTES = 256 * 1024
"""Many answers at once overflow what the system keeps for us by itself.

Source: docs/reference/protocols/sennheiser.md 10.
"""


log = structlog.get_logger(__name__)


def dialer(host: str, port: int, connect_timeout_s: float) -> Dial:
    """A ``Dial`` for one address. Entering sends nothing, so it does not show whether a device is there."""

    @asynccontextmanager
    async def dial(listener: Listener) -> AsyncGenerator[Link]:
        link = UdpLink(await _connect(host, port, connect_timeout_s), f"{host}:{port}", listener)
        poller = get_poller()
        poller.add(link)
        try:
            yield link
        finally:
            poller.remove(link)
            link.socket.close()

    return dial


class UdpLink:
    """One device's datagrams. Never waits; the socket poller calls ``read``."""

    def __init__(self, connected: socket.socket, address: str, listener: Listener) -> None:
        self.socket = connected
        self._address = address
        self._listener = listener
        self._full_polls = 0
        self.is_lost = False

    def send(self, data: bytes) -> None:
        if self.is_lost:
            return
        try:
            self.socket.send(data)
        except (BlockingIOError, InterruptedError):
            # The kernel has no room for it: as good as lost on the way, which UDP allows.
            return
        except OSError as error:
            self._lose(error)

    def cut(self) -> None:
        self.is_lost = True

    def flush(self) -> None:
        """Nothing is ever kept back."""

    def read(self) -> None:
        left = BYTES_A_POLL
        for _ in range(DATAGRAMS_A_POLL):
            if left <= 0:
                break
            try:
                data = self.socket.recv(MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                self._full_polls = 0
                return
            except OSError as error:
                self._lose(error)
                return
            left -= len(data)
            self._listener.data_received(data)
        self._full_polls += 1
        if self._full_polls == FLOOD_POLLS:
            log.warning("flood_slowed", peer=self._address)

    def _lose(self, error: OSError) -> None:
        self.is_lost = True
        is_refused = error.errno == errno.ECONNREFUSED
        self._listener.link_lost(
            DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"Nothing listens at {self._address}"
                if is_refused
                else f"{self._address} cannot be reached ({error.strerror or error})",
                hint="Check its address and port, that it is switched on, and that it allows controllers",
            )
        )


async def _connect(host: str, port: int, timeout_s: float) -> socket.socket:
    """A socket that never blocks and hears only ``host``."""
    addresses = await NAMES.find_addresses(host, port, socket.SOCK_DGRAM, timeout_s)
    failure: OSError = OSError(errno.EHOSTUNREACH, "no address")
    for family, kind, protocol, _, address in addresses:
        attempt = socket.socket(family, kind, protocol)
        try:
            attempt.setblocking(False)  # noqa: FBT003 - the standard library's way
            with suppress(OSError):
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
            attempt.connect(address)
        except OSError as error:
            attempt.close()
            failure = error
        else:
            return attempt
    raise DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        f"{host}:{port} cannot be reached ({failure.strerror or failure})",
        hint="Check that this machine is in its network",
    ) from failure
