"""One socket for all MCP devices of an event loop, which answer to port 53212 of whoever speaks to them.

Two sockets on that port would each miss what the other hears, so what comes is told apart by its
address here (docs/reference/protocols/sennheiser.md 5.1, 5.7). Opened with the first device, closed with
the last.
"""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from ipaddress import IPv4Address
from typing import TypeAlias
from weakref import WeakKeyDictionary

import anyio
from anyio import getaddrinfo

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.link import Dial, Link, Listener, resolution_error
from micboard_tui.manufacturers.transport.socket_poller import get_poller

PORT = 53212
MAX_DATAGRAM = 2048
"""Devices say 1500 characters at most; what is cut off here would be dropped anyway."""
DATAGRAMS_A_POLL = 1024
"""Of all devices together; more wait in the kernel, or are dropped there."""
RECEIVE_BYTES = 512 * 1024
_UNUSED = "127.255.255.254"
"""An address of this machine that nobody listens at, where there are such."""


Overhear: TypeAlias = Callable[[str, int, bytes], None]
"""Told of every datagram: the sender's address and port, and what it says."""


def dialer(host: str, port: int, connect_timeout_s: float, *, own_port: int = PORT) -> Dial:
    """A ``Dial`` for one device. Entering sends nothing, so it does not tell whether anybody is there.

    ``own_port``: where the answers come to; 0 takes any that is free, for peers that answer there.
    """

    @asynccontextmanager
    async def dial(listener: Listener) -> AsyncGenerator[Link]:
        address = await _resolved(host, port, connect_timeout_s)
        with opened(own_port) as hub:
            link = HubLink(hub, address, f"{host}:{port}", listener)
            hub.add(link)
            try:
                yield link
            finally:
                hub.remove(link)

    return dial


@contextmanager
def opened(own_port: int = PORT) -> Iterator["Hub"]:
    """The hub of this event loop, as long as somebody needs it. Raises DeviceError PORT_TAKEN."""
    hubs = _HUBS.setdefault(asyncio.get_running_loop(), {})
    if (hub := hubs.get(own_port)) is None:
        hub = hubs[own_port] = Hub(bound(own_port))
        get_poller().add(hub)
    hub.users += 1
    try:
        yield hub
    finally:
        hub.users -= 1
        if not hub.users:
            del hubs[own_port]
            get_poller().remove(hub)
            hub.socket.close()


class Hub:
    """Implements ``PolledLink``. Never waits."""

    def __init__(self, own: socket.socket) -> None:
        self.socket = own
        self.port: int = own.getsockname()[1]
        self.is_lost = False
        """Never: who is not reached is noticed by its silence, each device by itself."""
        self.users = 0
        self.overhearing: list[Overhear] = []
        self._links: dict[str, list[HubLink]] = {}
        self._own_hosts: set[str] = set()

    def add(self, link: "HubLink") -> None:
        host, port = link.address
        own_host = source_of(host, port)
        if (own_host, self.port) == (host, port):
            # It would answer itself: its questions look like the answers of a device.
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"{host}:{port} is this program itself",
                hint="Use the address from the device's network menu",
            )
        self._note(own_host)
        self._links.setdefault(host, []).append(link)

    def remove(self, link: "HubLink") -> None:
        host, _ = link.address
        links = self._links[host]
        links.remove(link)
        if not links:
            del self._links[host]

    def call(self, host: str, data: bytes, port: int = PORT) -> None:
        """Say something to everybody at a broadcast address. Raises OSError."""
        self._note(source_of(host, port))
        self.socket.sendto(data, (host, port))

    def flush(self) -> None:
        """Nothing is ever kept back."""

    def read(self) -> None:
        for _ in range(DATAGRAMS_A_POLL):
            try:
                data, (host, port) = self.socket.recvfrom(MAX_DATAGRAM)
            except OSError:
                # Nothing more, or a refusal without a word whose it is: who is not reached falls silent.
                return
            self._tell(host, port, data)

    def _tell(self, host: str, port: int, data: bytes) -> None:
        if port == self.port and host in self._own_hosts:
            # Our own call to everybody came back.
            return
        links = self._links.get(host, [])
        # One device a host, whatever port it speaks from; only simulated ones share a host.
        for link in [each for each in links if each.address[1] == port] or links:
            link.listener.received(data)
        for overheard in tuple(self.overhearing):
            overheard(host, port, data)

    def _note(self, own_host: str | None) -> None:
        if own_host is not None:
            self._own_hosts.add(own_host)


class HubLink:
    """One device's share of the socket."""

    def __init__(self, hub: Hub, address: tuple[str, int], name: str, listener: Listener) -> None:
        self.address = address
        self.listener = listener
        self._hub = hub
        self._name = name
        self._is_lost = False

    def send(self, data: bytes) -> None:
        if self._is_lost:
            return
        try:
            self._hub.socket.sendto(data, self.address)
        except (BlockingIOError, InterruptedError, ConnectionError):
            # No room for it, or an old refusal told late: as good as lost on the way, which UDP allows.
            return
        except OSError as error:
            self._is_lost = True
            self.listener.lost(
                DeviceError(
                    ErrorCode.DEVICE_UNREACHABLE,
                    f"{self._name} cannot be reached ({error.strerror or error})",
                    hint="Check that it is switched on, its cable, and that this machine is in its network",
                )
            )


def bound(own_port: int) -> socket.socket:
    """The only socket on ``own_port``, never blocking. Raises DeviceError PORT_TAKEN."""
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        own.setblocking(False)  # noqa: FBT003 - the standard library's way
        # Lets simulated devices have the port at other addresses of this machine.
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        with suppress(OSError):
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        _refuse_to_share(own_port)
        own.bind(("", own_port))
    except OSError as error:
        own.close()
        raise cannot_have(own_port, error) from error
    return own


def _refuse_to_share(own_port: int) -> None:
    """Find out whether somebody has the port at all addresses, and would let us have it too. Raises OSError.

    Linux gives it to everybody who sets SO_REUSEADDR, and then each datagram to one of them only.
    """
    if not own_port:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((_UNUSED, own_port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise


def cannot_have(own_port: int, error: OSError) -> DeviceError:
    """Why there is no socket on ``own_port``, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return DeviceError(
            ErrorCode.PORT_TAKEN,
            f"UDP port {own_port}, to which the device answers, is taken by another program of this computer",
            hint="Close Wireless Systems Manager (WSM) or the other micboard-tui, or use another computer",
        )
    return DeviceError(
        ErrorCode.PORT_TAKEN,
        f"UDP port {own_port}, to which the device answers, cannot be had ({error.strerror or error})",
        hint="Check that nothing forbids this program to use it",
    )


def source_of(host: str, port: int) -> str | None:
    """The address of this machine that ``host`` sees; None where there is no way to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        try:
            trial.connect((host, port))
        except OSError:
            return None
        own_host: str = trial.getsockname()[0]
        return own_host


async def _resolved(host: str, port: int, timeout_s: float) -> tuple[str, int]:
    """MCP knows IPv4 only. Nobody needs to be asked about an address."""
    with suppress(ValueError):
        return str(IPv4Address(host)), port
    try:
        with anyio.fail_after(timeout_s):
            found = await getaddrinfo(host, port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise resolution_error(host, "IPv4 address") from error
    address = found[0][4]
    return str(address[0]), int(address[1])


# One for each event loop and port, as it is with the socket poller.
_HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Hub]] = WeakKeyDictionary()
