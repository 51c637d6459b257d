"""Simulated Sennheiser devices as a search finds them: over multicast DNS, on this machine only."""

import asyncio
import socket
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

import anyio
import anyio.to_thread
import pytest
from zeroconf._dns import DNSAddress, DNSQuestion
from zeroconf._protocol.incoming import DNSIncoming
from zeroconf._protocol.outgoing import DNSOutgoing

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.sennheiser.mdns_discovery import discover
from micboard_tui.simulator.rack.mdns_announcer import (
    ANNOUNCING_DRIVERS,
    GATHER_S,
    GROUP,
    LOOPBACK,
    MAX_ANNOUNCED,
    PORT,
    ReceiveAt,
    announce_by_mdns,
    open_socket,
)
from micboard_tui.simulator.rack.mdns_answers import KINDS, LEGACY_TTL_S, SERVICES, TCP, UDP
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions, plan
from tests.fakes.links import UNHURRIED_S, until

pytestmark = pytest.mark.integration

PTR = 12
DEVICES = [
    each
    for each in plan(RackOptions(receivers=6, rig="sennheiser", address="127.0.6.2", chargers=1))
    if each.driver != "sennheiser-mcp"
]


async def heard(street: str, count: int) -> list[FoundDevice]:
    """What is found at addresses that begin so, by address; at once when it is so many."""
    found: dict[str, FoundDevice] = {}
    async with anyio.create_task_group() as group:

        def keep(device: FoundDevice) -> None:
            # Others may announce something on this machine meanwhile.
            if device.host.startswith(street):
                found[device.host] = device
            if len(found) >= count:
                group.cancel_scope.cancel()

        group.start_soon(discover, keep, LOOPBACK, 6.0)
    return sorted(found.values(), key=lambda each: int(each.host.rpartition(".")[2]))


async def test_devices_are_found_with_address_port_model_and_driver_until_they_are_gone() -> None:
    before = asyncio.all_tasks()
    async with announce_by_mdns(DEVICES):
        found = await heard("127.0.6.", len(DEVICES))
    assert [(each.host, each.port, each.driver, each.model, each.own_name) for each in found] == [
        (device.host, device.port, device.driver, device.model, device.name) for device in DEVICES
    ]
    assert asyncio.all_tasks() == before


async def test_a_second_rack_of_the_same_names_is_found_beside_the_first() -> None:
    def rack(street: int) -> list[RackDevice]:
        return [replace(DEVICES[0], name="Twin", host=f"127.0.{street}.2")]

    async with announce_by_mdns(rack(7)):
        assert len(await heard("127.0.7.", 1)) == 1
        async with announce_by_mdns(rack(8)):
            (second,) = await heard("127.0.8.", 1)
    assert (second.own_name, second.port) == ("Twin-2", DEVICES[0].port)


def question(name: str, kind: int = PTR) -> DNSOutgoing:
    message = DNSOutgoing(0)
    message.add_question(DNSQuestion(name, kind, 1))
    return message


@contextmanager
def asker() -> Iterator[socket.socket]:
    """One that asks from another port than 5353, as tools do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.settimeout(UNHURRIED_S)
        own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        own.bind((LOOPBACK, 0))
        yield own


async def replies(own: socket.socket, hosts: Collection[str]) -> dict[str, DNSIncoming]:
    """The answers of these, and of others that hear the question, by the address that they come from."""
    found: dict[str, DNSIncoming] = {}
    while not found.keys() >= set(hosts):
        data, sender = await anyio.to_thread.run_sync(own.recvfrom, 9000)
        assert sender[1] == PORT
        found[sender[0]] = DNSIncoming(data, sender)
    return found


async def test_each_device_answers_from_its_own_address() -> None:
    udp = [each for each in DEVICES if each.driver == "sennheiser-ssc"]
    packet = question(UDP).packets()[0]
    async with announce_by_mdns(DEVICES):
        assert len(await heard("127.0.6.", len(DEVICES))) == len(DEVICES)
        with asker() as own:
            own.sendto(packet, (GROUP, PORT))
            answers = await replies(own, [device.host for device in udp])
    for device in udp:
        answer = answers[device.host]
        assert answer.id == question(UDP).id
        (address,) = (each for each in answer.answers() if isinstance(each, DNSAddress))
        assert address.address == socket.inet_aton(device.host)
        assert address.ttl <= LEGACY_TTL_S


async def test_an_address_is_asked_for_its_own_device_only() -> None:
    first, second = [each for each in DEVICES if each.driver == "sennheiser-ssc"][:2]
    async with announce_by_mdns(DEVICES):
        assert len(await heard("127.0.6.", len(DEVICES))) == len(DEVICES)
        with asker() as own:
            own.sendto(question(UDP).packets()[0], (first.host, PORT))
            own.sendto(question(TCP).packets()[0], (first.host, PORT))
            own.sendto(b"no DNS", (first.host, PORT))
            own.sendto(question(UDP).packets()[0], (second.host, PORT))
            await replies(own, [first.host, second.host])


class SentFrom(NamedTuple):
    host: str
    data: bytes
    address: tuple[str, int]

    @property
    def message(self) -> DNSIncoming:
        return DNSIncoming(self.data, (self.host, PORT))


class Wire:
    """Implements ``DatagramSockets``; keeps what is sent."""

    def __init__(self, error: OSError | None = None) -> None:
        self.sent: list[SentFrom] = []
        self.hosts: Sequence[str] = ()
        self.is_closed = False
        self._error = error

    async def open(self, receive: ReceiveAt, hosts: Sequence[str]) -> None:
        if self._error is not None:
            raise self._error
        self.receive, self.hosts = receive, hosts

    def send(self, host: str, data: bytes, address: tuple[str, int]) -> None:
        self.sent.append(SentFrom(host, data, address))

    async def aclose(self) -> None:
        self.is_closed = True

    def responses(self) -> list[SentFrom]:
        return [each for each in self.sent if each.message.is_response()]


async def announced(wire: Wire, count: int) -> None:
    """Wait until all have been announced twice, and forget what was sent."""
    await until(lambda: len(wire.responses()) == 2 * count)
    wire.sent.clear()


async def test_what_other_machines_ask_stays_unanswered() -> None:
    wire = Wire()
    packet = question(UDP).packets()[0]
    async with announce_by_mdns(DEVICES[:1], lambda: wire):
        await announced(wire, 1)
        for host in (None, DEVICES[0].host):
            for port in (PORT, 40_000):
                wire.receive(packet, ("192.0.2.9", port), host)
        await anyio.sleep(5 * GATHER_S)
        assert wire.sent == []
        wire.receive(packet, (LOOPBACK, PORT), None)
        await until(lambda: bool(wire.sent))
    answer, goodbye = wire.sent
    assert (answer.host, answer.address) == (DEVICES[0].host, (GROUP, PORT))
    assert [record.ttl for record in goodbye.message.answers()] == [0]


async def test_what_is_asked_at_once_is_answered_once_and_what_is_known_is_not() -> None:
    wire = Wire()
    device = DEVICES[0]
    async with announce_by_mdns([device], lambda: wire):
        await until(lambda: bool(wire.responses()))
        (pointer, *_) = wire.responses()[0].message.answers()
        await announced(wire, 1)
        known = question(UDP)
        known.add_answer_at_time(pointer, 0)
        for packet in (
            *known.packets(),
            *question("_http._tcp.local.").packets(),
            *question(UDP, 1).packets(),
        ):
            wire.receive(packet, (LOOPBACK, PORT), None)
        await anyio.sleep(5 * GATHER_S)
        assert wire.sent == []
        name = f"{device.name}.{UDP}"
        server = f"simulated-{device.host.replace('.', '-')}-{device.port}.local."
        questions = ((UDP, PTR), (name.upper(), 33), (name, 16), (name, 255), (server, 1), (KINDS, PTR))
        for packet in (packet for asked in questions for packet in question(*asked).packets()):
            wire.receive(packet, (LOOPBACK, PORT), None)
        await anyio.sleep(5 * GATHER_S)
        assert len(wire.sent) == 1
        for asked in questions:
            wire.sent.clear()
            wire.receive(question(*asked).packets()[0], (LOOPBACK, PORT), None)
            await until(lambda: len(wire.sent) == 1)


async def test_two_devices_of_a_rack_with_one_name_are_numbered() -> None:
    wire = Wire()
    twins = [replace(DEVICES[0], name="Twin", host=f"127.0.7.{number}") for number in (2, 3)]
    async with announce_by_mdns(twins, lambda: wire):
        await announced(wire, 2)
        wire.receive(question(UDP).packets()[0], (LOOPBACK, PORT), None)
        await until(lambda: len(wire.sent) == 2)
        names = {each.host: each.message.answers()[0] for each in wire.sent}
    assert wire.hosts == ("127.0.7.2", "127.0.7.3")
    assert [str(names[host]).partition("alias=")[2] for host in wire.hosts] == [
        f"Twin.{UDP}>",
        f"Twin-2.{UDP}>",
    ]


def test_nothing_can_leave_by_another_interface() -> None:
    for opened in (open_socket("127.0.6.2"), open_socket(GROUP, is_of_group=True)):
        with opened:
            leaves_by = opened.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4)
            assert leaves_by == socket.inet_aton(LOOPBACK)


async def test_where_there_is_no_multicast_nothing_is_announced() -> None:
    wire, before = Wire(OSError("no multicast")), asyncio.all_tasks()
    async with announce_by_mdns(DEVICES, lambda: wire):
        await until(lambda: wire.is_closed)
    assert wire.sent == []
    assert asyncio.all_tasks() == before


async def test_no_more_than_a_limited_number_is_announced() -> None:
    many = [replace(DEVICES[0], host=f"127.0.9.{number}") for number in range(1, 200)]
    wire = Wire()
    async with announce_by_mdns(many, lambda: wire):
        await until(lambda: bool(wire.hosts))
    assert len(wire.hosts) == MAX_ANNOUNCED
    assert wire.is_closed


async def test_where_nobody_speaks_ssc_nothing_is_opened() -> None:
    async with announce_by_mdns(plan(RackOptions(receivers=2)), lambda: pytest.fail("opened")):
        pass


def test_every_announcing_driver_has_its_service() -> None:
    assert set(SERVICES) == ANNOUNCING_DRIVERS
