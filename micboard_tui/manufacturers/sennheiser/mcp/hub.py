"""One socket for all MCP devices of an event loop, which answer to port 53212 of the sender.

Theory of operation. MCP devices answer to a fixed port, so two sockets on it would each miss what the other
receives. There is one ``Hub`` for each event loop and own port (``_HUBS``): ``open_hub`` makes it for its
first user and closes its socket with the last. Users are the links of devices (``dialer``) and searches.

The socket poller calls ``read``, which reads what has come and dispatches each datagram: to the link of the
device that sent it, by host and then by port, as only simulated devices share a host; and to every observer.
Datagrams that this machine sent itself, a broadcast come back, are dropped by their source: hence the own
addresses are remembered from every link and broadcast. Sending never waits; a datagram for which there is no
room counts as lost on the way. A link is lost for good by an error of the network only: a device that is gone
is noticed by its silence, in its own session (docs/reference/protocols/sennheiser.md 5.1, 5.7).
"""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from ipaddress import IPv4Address
from typing import TypeAlias
from weakref import WeakKeyDictionary

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.link import Dial, Link, Listener, resolution_error
from micboard_tui.manufacturers.transport.name_resolver import NAMES
from micboard_tui.manufacturers.transport.own_address import find_own_host
from micboard_tui.manufacturers.transport.peer_budget import PeerBudget
from micboard_tui.manufacturers.transport.socket_poller import get_poller

PORT = 53212
MAX_DATAGRAM = 2048
"""Devices send 1500 characters at most; what is cut off here would be dropped anyway."""
DATAGRAMS_A_POLL = 1024
"""Of all devices together; more wait in the kernel, or are dropped there."""
RECEIVE_BYTES = 512 * 1024
DATAGRAMS_A_HOST = 128
"""Of one host in one poll, 2,560 a second. A real unit sends ten a second, a hundred with a line in each."""
_UNUSED_HOST = "127.255.255.254"
"""An address of this machine at which no program listens, where there are such."""

_HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, "Hub"]] = WeakKeyDictionary()
"""One for each event loop and own port, as it is with the socket poller."""

Observer: TypeAlias = Callable[[str, int, bytes], None]
"""Called with every datagram: the sender's address and port, and its content."""


def dialer(host: str, port: int, connect_timeout_s: float, *, own_port: int = PORT) -> Dial:
    """A ``Dial`` for one device. Entering sends nothing, so it does not show whether a device is there.

    ``own_port``: where the answers come to; 0 takes any that is free, for peers that answer there.
    """

    @asynccontextmanager
    async def dial(listener: Listener) -> AsyncGenerator[Link]:
        address = await _resolve(host, port, connect_timeout_s)
        with open_hub(own_port) as hub:
            link = HubLink(hub, address, f"{host}:{port}", listener)
            hub.add(link)
            try:
                yield link
            finally:
                hub.remove(link)

    return dial


@contextmanager
def open_hub(own_port: int = PORT) -> Iterator["Hub"]:
    """The hub of this event loop, as long as it has users. Raises DeviceError PORT_TAKEN."""
    hubs = _HUBS.setdefault(asyncio.get_running_loop(), {})
    if (hub := hubs.get(own_port)) is None:
        hub = hubs[own_port] = Hub(bind_socket(own_port))
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
        """Never: a device that is gone is noticed by its silence, each by itself."""
        self.users = 0
        self._observers: list[Observer] = []
        self._links: dict[str, list[HubLink]] = {}
        self._own_hosts: set[str] = set()
        self._budget = PeerBudget(DATAGRAMS_A_HOST)

    def add(self, link: "HubLink") -> None:
        host, port = link.address
        own_host = find_own_host(host, port)
        if (own_host, self.port) == (host, port):
            # It would answer itself: its questions look like the answers of a device.
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"{host}:{port} is this program itself",
                hint=hints.USE_ADDRESS_FROM_MENU,
            )
        self._remember_own_host(own_host)
        self._links.setdefault(host, []).append(link)

    def remove(self, link: "HubLink") -> None:
        host, _ = link.address
        links = self._links[host]
        links.remove(link)
        if not links:
            del self._links[host]

    @contextmanager
    def observe(self, observer: Observer) -> Iterator[None]:
        """Call ``observer`` with every datagram within this context."""
        self._observers.append(observer)
        try:
            yield
        finally:
            self._observers.remove(observer)

    def broadcast(self, host: str, data: bytes, port: int = PORT) -> None:
        """Send to a broadcast address, or to one device. Raises OSError."""
        self._remember_own_host(find_own_host(host, port))
        self.socket.sendto(data, (host, port))

    def flush(self) -> None:
        """Nothing is ever kept back."""

    def read(self) -> None:
        self._budget.start_round()
        for _ in range(DATAGRAMS_A_POLL):
            try:
                data, (host, port) = self.socket.recvfrom(MAX_DATAGRAM)
            except OSError:
                # Nothing more, or a refusal that names no device: one that is gone falls silent.
                return
            # What is too much of one host is taken from the kernel all the same: the room there is for all.
            if self._budget.admits(host):
                self._dispatch(host, port, data)

    def _dispatch(self, host: str, port: int, data: bytes) -> None:
        if port == self.port and host in self._own_hosts:
            # Our own broadcast came back.
            return
        links = self._links.get(host, [])
        # One device per host, whatever port it sends from; only simulated ones share a host.
        for link in [link for link in links if link.address[1] == port] or links:
            link.listener.data_received(data)
        for observer in tuple(self._observers):
            observer(host, port, data)

    def _remember_own_host(self, own_host: str | None) -> None:
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

    def cut(self) -> None:
        self._is_lost = True

    def send(self, data: bytes) -> None:
        if self._is_lost:
            return
        try:
            self._hub.socket.sendto(data, self.address)
        except (BlockingIOError, InterruptedError, ConnectionError):
            # No room for it, or an old refusal reported late: as good as lost on the way, which UDP allows.
            return
        except OSError as error:
            self._is_lost = True
            self.listener.link_lost(
                DeviceError(
                    ErrorCode.DEVICE_UNREACHABLE,
                    f"{self._name} cannot be reached ({error.strerror or error})",
                    hint=hints.CHECK_REACHABILITY,
                )
            )


def bind_socket(own_port: int) -> socket.socket:
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
        raise port_error(own_port, error) from error
    return own


def _refuse_to_share(own_port: int) -> None:
    """Find out whether another program has the port at all addresses and shares it. Raises OSError.

    Linux gives the port to every program that sets SO_REUSEADDR, and each datagram to one of them only.
    """
    if not own_port:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((_UNUSED_HOST, own_port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise


def port_error(own_port: int, error: OSError) -> DeviceError:
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


async def _resolve(host: str, port: int, timeout_s: float) -> tuple[str, int]:
    """MCP has IPv4 only. An address needs no name server."""
    with suppress(ValueError):
        return str(IPv4Address(host)), port
    results = await NAMES.find_addresses(host, port, socket.SOCK_DGRAM, timeout_s)
    address = next((address for family, *_, address in results if family == socket.AF_INET), None)
    if address is None:
        raise resolution_error(host, "IPv4 address")
    return str(address[0]), int(address[1])
