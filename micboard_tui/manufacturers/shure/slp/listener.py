"""Listens for advertisements on every interface, link-local ones too.

Source: docs/reference/protocols/shure.md 13.3.
"""

import asyncio
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeAlias

import anyio
import structlog

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.shure.slp.advertised_model import found_device_of
from micboard_tui.manufacturers.transport.interfaces import list_interfaces
from micboard_tui.protocols.shure_slp.codec import GROUP, PORT, parse

MAX_SOURCES = 512
"""Addresses whose last advertisement is kept; what further ones send is ignored."""
IP_MULTICAST_ALL = 49
"""Linux's number, which the standard library does not name."""

Open: TypeAlias = Callable[[str], socket.socket]
"""Opens a socket that hears what is announced on one own address. Raises OSError."""

log = structlog.get_logger(__name__)


def join(address: str, group: str = GROUP, port: int = PORT) -> socket.socket:
    """A socket that hears the group on the interface with this own address. Raises OSError."""
    joined = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        joined.setblocking(False)  # noqa: FBT003 - the standard library's way
        # Other programs of the same machine listen as well.
        joined.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        joined.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if sys.platform == "linux":
            # Without it the kernel also hands over what others joined on other interfaces.
            joined.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)
        joined.bind((group, port))
        membership = socket.inet_aton(group) + socket.inet_aton(address)
        joined.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    except OSError:
        joined.close()
        raise
    return joined


@dataclass(frozen=True, slots=True)
class SlpDiscovery:
    """Implements ``Discover``. Sends nothing."""

    open: Open = join
    addresses: Callable[[], Sequence[str]] = lambda: [interface.address for interface in list_interfaces()]
    """Where to listen when no interface was chosen."""

    async def __call__(
        self, found: Callable[[FoundDevice], None], interface: str | None, timeout_s: float
    ) -> None:
        receiver = _Receiver(found)
        loop = asyncio.get_running_loop()
        with ExitStack() as open_transports:
            for address in self.addresses() if interface is None else [interface]:
                try:
                    joined = self.open(address)
                except OSError as error:
                    log.warning("not_listening", address=address, port=PORT, reason=error.strerror)
                    continue
                transport, _ = await loop.create_datagram_endpoint(lambda: receiver, sock=joined)
                open_transports.callback(transport.close)
            await anyio.sleep(timeout_s)


class _Receiver(asyncio.DatagramProtocol):
    """Reports every source once, and again when its advertisement changes."""

    def __init__(self, found: Callable[[FoundDevice], None]) -> None:
        self._found = found
        self._advertisements: dict[str, bytes] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        source = addr[0]
        if self._advertisements.get(source) == data or (source not in self._advertisements and self._is_full):
            return
        if (advertisement := parse(data)) is not None:
            self._advertisements[source] = data
            self._found(found_device_of(advertisement, source))

    @property
    def _is_full(self) -> bool:
        return len(self._advertisements) >= MAX_SOURCES
