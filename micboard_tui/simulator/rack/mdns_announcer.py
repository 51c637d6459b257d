"""Announces simulated Sennheiser devices by multicast DNS as real ones do, on the loopback interface only.

docs/reference/protocols/sennheiser.md 1.3. The answers are made in ``mdns_answers``.

Theory of operation. One socket hears what is sent to the group, and each address of a device has another one
that hears what is sent to it alone; a device speaks from its own. ``MdnsResponder`` first asks whether anyone
has the names of its devices, and numbers those that are taken; then it announces all of them twice. From
then on it answers until it is closed, with a goodbye of each. A question to the group is for every device,
one to an address for the devices there. What is due is gathered for a moment and then sent to the group once;
only who asks from another port than 5353 is answered alone, as it hears no group. Nothing is answered that
was sent from another machine.
"""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Protocol

import anyio
import anyio.to_thread

from micboard_tui.simulator.device.datagram_socket import Address, DatagramSocket, Receive
from micboard_tui.simulator.rack.rack_layout import RackDevice

if TYPE_CHECKING:
    # Loading zeroconf costs 60 ms, which can wait until everything listens.
    from zeroconf._protocol.incoming import DNSIncoming

    from micboard_tui.simulator.rack.mdns_answers import Announcement

LOOPBACK = "127.0.0.1"
GROUP, PORT = "224.0.0.251", 5353
MAX_ANNOUNCED = 128
"""Of one rack; the rest is there without saying so."""
ANNOUNCING_DRIVERS = frozenset({"sennheiser-ssc", "sennheiser-sscv2"})
PROBES, PROBE_EVERY_S = 3, 0.25
MAX_RENAMINGS = 8
ANNOUNCED_AGAIN_S = 1.0
GATHER_S = 0.02
"""Before an answer is sent: what is asked meanwhile is answered with it."""


class DatagramSockets(Protocol):
    """The sockets of a responder."""

    async def open(self, receive: "ReceiveAt", hosts: Sequence[str]) -> None:
        """Hear what is sent to the group, and to each of ``hosts``. Raises OSError."""
        ...

    def send(self, host: str, data: bytes, address: Address) -> None:
        """Send from one of the hosts."""
        ...

    async def aclose(self) -> None: ...


class ReceiveAt(Protocol):
    def __call__(self, data: bytes, sender: Address, host: str | None) -> None:
        """Take what was sent to ``host``; None: to the group."""
        ...


class LoopbackSockets:
    """Implements ``DatagramSockets``. Nothing leaves this machine."""

    def __init__(self) -> None:
        self._by_host: dict[str, DatagramSocket] = {}
        self._group: DatagramSocket | None = None

    async def open(self, receive: ReceiveAt, hosts: Sequence[str]) -> None:
        self._group = DatagramSocket(_receive_at(receive, None))
        # Where that can be, at the group: then it hears nothing that is sent to this machine alone.
        await self._group.attach(open_socket("" if os.name == "nt" else GROUP, is_of_group=True))
        for host in hosts:
            self._by_host[host] = DatagramSocket(_receive_at(receive, host))
            await self._by_host[host].attach(open_socket(host))

    def send(self, host: str, data: bytes, address: Address) -> None:
        self._by_host[host].send(data, address)

    async def aclose(self) -> None:
        for opened in (self._group, *self._by_host.values()):
            if opened is not None:
                await opened.aclose()


def _receive_at(receive: ReceiveAt, host: str | None) -> Receive:
    return lambda data, sender: receive(data, sender, host)


def open_socket(host: str, *, is_of_group: bool = False) -> socket.socket:
    """Raises OSError."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)  # noqa: FBT003 - the standard library's way
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        loopback = socket.inet_aton(LOOPBACK)
        # Nothing leaves by another interface, whatever address the device has.
        bound.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
        bound.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        bound.bind((host, PORT))
        if is_of_group:
            membership = socket.inet_aton(GROUP) + loopback
            bound.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    except OSError:
        bound.close()
        raise
    return bound


@asynccontextmanager
async def announce_by_mdns(
    devices: Sequence[RackDevice], make_sockets: Callable[[], DatagramSockets] = LoopbackSockets
) -> AsyncGenerator[None]:
    """Announce those that speak SSC, and answer questions about them, until this is left.

    Where the machine has no multicast, nothing is announced, and that is all.
    """
    announced = [device for device in devices if device.driver in ANNOUNCING_DRIVERS][:MAX_ANNOUNCED]
    if not announced:
        yield
        return
    task = asyncio.create_task(_answer(announced, make_sockets()), name="dns-sd")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            # A mistake of ours, which would go unnoticed otherwise.
            task.result()


async def _answer(devices: Sequence[RackDevice], sockets: DatagramSockets) -> None:
    # In a thread, so that a demo's board does not stand still meanwhile.
    await anyio.to_thread.run_sync(import_module, "micboard_tui.simulator.rack.mdns_answers")
    responder = MdnsResponder(devices, sockets)
    try:
        with suppress(OSError):
            await sockets.open(responder.receive, responder.hosts)
            await responder.run()
    finally:
        await sockets.aclose()


class MdnsResponder:
    """Speaks for all devices of a rack."""

    def __init__(self, devices: Sequence[RackDevice], sockets: DatagramSockets) -> None:
        from micboard_tui.simulator.rack import mdns_answers  # noqa: PLC0415 - slow to load, seldom needed

        self._answers = mdns_answers
        self._sockets = sockets
        self._announcements = [mdns_answers.Announcement(device) for device in devices]
        self.hosts = tuple(dict.fromkeys(device.host for device in devices))
        self._taken: set[str] = set()
        """Names that others were heard to have."""
        self._is_answering = False
        self._due: dict[Announcement, None] = {}
        self._has_due = asyncio.Event()

    async def run(self) -> None:
        """Choose names, announce them, and answer until cancelled."""
        await self._choose_names()
        self._is_answering = True
        again = asyncio.get_running_loop().call_later(ANNOUNCED_AGAIN_S, self._let_all_be_due)
        try:
            self._let_all_be_due()
            while True:
                await self._has_due.wait()
                await asyncio.sleep(GATHER_S)
                due, self._due = self._due, {}
                self._has_due.clear()
                for announcement in due:
                    self._send(announcement, announcement.response())
        finally:
            again.cancel()
            for announcement in self._announcements:
                self._send(announcement, announcement.goodbye())

    def receive(self, data: bytes, sender: Address, host: str | None) -> None:
        """Take a datagram that was sent to ``host``, or to the group."""
        if not (IPv4Address(sender[0]).is_loopback or sender[0] in self.hosts):
            return
        message = self._answers.read(data, sender)
        if message is None:
            return
        if message.is_response():
            self._note_names(message)
        elif self._is_answering:
            for announcement in self._announcements:
                if host in {None, announcement.device.host} and announcement.is_asked_for(message):
                    self._answer(announcement, message, sender)

    def _note_names(self, message: "DNSIncoming") -> None:
        """Others have names too; of use only while ours are chosen."""
        if not self._is_answering:
            self._taken.update(
                announcement.name
                for announcement in self._announcements
                if any(map(announcement.is_of_another, message.answers()))
            )

    def _answer(self, announcement: "Announcement", query: "DNSIncoming", sender: Address) -> None:
        if sender[1] == PORT:
            self._due[announcement] = None
            self._has_due.set()
        else:
            response = announcement.legacy_response(query)
            self._sockets.send(announcement.device.host, response, sender)

    async def _choose_names(self) -> None:
        """Number those that are taken, as devices do it."""
        for _ in range(MAX_RENAMINGS):
            questions = self._answers.probes(self._announcements)
            for _ in range(PROBES):
                for question in questions:
                    self._sockets.send(self.hosts[0], question, (GROUP, PORT))
                await asyncio.sleep(PROBE_EVERY_S)
            if not self._rename_taken():
                return

    def _rename_taken(self) -> bool:
        """Whether any name was taken, by others or by a device of this rack."""
        names: set[str] = set()
        is_renamed = False
        for index, announcement in enumerate(self._announcements):
            chosen = announcement
            while chosen.name in self._taken | names:
                chosen = self._answers.Announcement(chosen.device, chosen.number + 1)
                is_renamed = True
            names.add(chosen.name)
            self._announcements[index] = chosen
        return is_renamed

    def _let_all_be_due(self) -> None:
        self._due.update(dict.fromkeys(self._announcements))
        self._has_due.set()

    def _send(self, announcement: "Announcement", data: bytes) -> None:
        self._sockets.send(announcement.device.host, data, (GROUP, PORT))
