"""Whether what this computer sends to a multicast group comes back to it, interface by interface.

It shows what stands between a program and the network here: a firewall, a VPN or a bridge of containers that
takes no multicast. What switches do with it only another device can find out.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import anyio

from micboard_tui.contracts.doctor_facts import MulticastFacts
from micboard_tui.contracts.ports import Interface
from micboard_tui.manufacturers.transport.igmp_table import IGMP_TABLE, OWN_VERSION, read_memberships
from micboard_tui.manufacturers.transport.interfaces import list_interfaces

GROUP = "239.255.254.253"
"""In which Shure devices announce themselves (docs/reference/protocols/shure.md 13.1); at a port of our"
" own."""
MAX_DATAGRAM = 64


async def probe_multicast(timeout_s: float) -> Sequence[MulticastFacts]:
    """One for each interface with an IPv4 address, loopback left out. Raises nothing."""
    interfaces = [each for each in list_interfaces() if not each.address.startswith("127.")]
    facts: dict[str, MulticastFacts] = {}

    async def probe(interface: Interface) -> None:
        facts[interface.address] = await probe_interface(interface, timeout_s)

    async with anyio.create_task_group() as group:
        for interface in interfaces:
            group.start_soon(probe, interface)
    return [facts[interface.address] for interface in interfaces]


async def probe_interface(interface: Interface, timeout_s: float, table: Path = IGMP_TABLE) -> MulticastFacts:
    """Send one datagram there, and wait for it."""
    sign = uuid4().bytes
    with ExitStack() as stack:
        try:
            receiver = stack.enter_context(_open_receiver(interface.address))
            sender = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface.address))
            sender.sendto(sign, (GROUP, receiver.getsockname()[1]))
        except OSError as error:
            return MulticastFacts(interface, comes_back=False, reason=error.strerror or str(error))
        facts = _with_membership(MulticastFacts(interface, comes_back=False), table)
        with anyio.move_on_after(timeout_s):
            while await asyncio.get_running_loop().sock_recv(receiver, MAX_DATAGRAM) != sign:
                continue
            return replace(facts, comes_back=True)
    return facts


def _with_membership(facts: MulticastFacts, table: Path) -> MulticastFacts:
    """What the system's table says of the interface now, while the group is joined on it."""
    # An interface may have its addresses under names of their own, as eth0:1.
    found = read_memberships(table).get(facts.interface.name.partition(":")[0])
    if found is None:
        return facts
    version = found.version if found.version < OWN_VERSION else None
    return replace(facts, is_member=GROUP in found.groups, querier_version=version)


def _open_receiver(address: str) -> socket.socket:
    """Raises OSError."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        receiver.setblocking(False)  # noqa: FBT003 - the standard library's way
        receiver.bind(("", 0))
        membership = socket.inet_aton(GROUP) + socket.inet_aton(address)
        receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    except OSError:
        receiver.close()
        raise
    return receiver
