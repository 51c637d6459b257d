"""One socket for all: who hears what, when it is open, and what happens when another program has the port."""

import asyncio
import errno
import gc
import socket
from collections.abc import Iterator

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.mcp.hub import (
    DATAGRAMS_A_HOST,
    HubLink,
    bind_socket,
    dialer,
    open_hub,
    port_error,
)
from micboard_tui.manufacturers.transport.own_address import find_own_host
from tests.fakes.links import until
from tests.manufacturers.transport.test_udp import RecordingListener

pytestmark = pytest.mark.integration


def device_at(host: str, port: int = 0) -> socket.socket:
    """A device's socket, which shares its port with others at other addresses."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((host, port))
    made.setblocking(False)
    return made


@pytest.fixture
def first() -> Iterator[socket.socket]:
    with device_at("127.0.0.31") as made:
        yield made


@pytest.fixture
def second() -> Iterator[socket.socket]:
    with device_at("127.0.0.32") as made:
        yield made


def port_of(device: socket.socket) -> int:
    port: int = device.getsockname()[1]
    return port


async def test_each_device_reaches_its_own_listener(first: socket.socket, second: socket.socket) -> None:
    one, two = RecordingListener(), RecordingListener()
    loop = asyncio.get_running_loop()
    async with (
        dialer("127.0.0.31", port_of(first), 1.0, own_port=0)(one) as link,
        dialer("127.0.0.32", port_of(second), 1.0, own_port=0)(two) as other,
    ):
        link.send(b"to one")
        other.send(b"to two")
        data, address = await loop.sock_recvfrom(first, 99)
        assert data == b"to one"
        assert await loop.sock_recvfrom(second, 99) == (b"to two", address)
        first.sendto(b"from one", address)
        second.sendto(b"from two", address)
        with device_at("127.0.0.33") as stranger:
            stranger.sendto(b"from a stranger", address)
        # Whatever port a device speaks from, it is known by its address.
        with device_at("127.0.0.31") as elsewhere:
            elsewhere.sendto(b"from another port", address)
        await until(lambda: len(one.datagrams) == 2 and len(two.datagrams) == 1)
        await anyio.sleep(0.1)
    assert one.datagrams == [b"from one", b"from another port"]
    assert two.datagrams == [b"from two"]


async def test_devices_that_share_an_address_are_told_apart_by_their_ports(first: socket.socket) -> None:
    one, two = RecordingListener(), RecordingListener()
    with device_at("127.0.0.31") as beside:
        async with (
            dialer("127.0.0.31", port_of(first), 1.0, own_port=0)(one),
            dialer("127.0.0.31", port_of(beside), 1.0, own_port=0)(two),
        ):
            with open_hub(0) as hub:
                beside.sendto(b"beside", ("127.0.0.1", hub.port))
            await until(lambda: bool(two.datagrams))
    assert not one.datagrams


async def test_the_socket_comes_with_the_first_device_and_goes_with_the_last(
    first: socket.socket, second: socket.socket
) -> None:
    async with dialer("127.0.0.31", port_of(first), 1.0, own_port=0)(RecordingListener()):
        with open_hub(0) as hub:
            pass
        async with dialer("127.0.0.32", port_of(second), 1.0, own_port=0)(RecordingListener()):
            assert hub.users == 2
        assert hub.users == 1
        assert hub.socket.fileno() >= 0
    assert hub.socket.fileno() < 0
    with open_hub(0) as later:
        assert later is not hub


async def test_the_socket_goes_even_when_a_session_is_cancelled_on_its_way_in() -> None:
    with pytest.raises(DeviceError):
        async with dialer("no-such-host.invalid", 9, 1.0, own_port=0)(RecordingListener()):
            pass
    with anyio.CancelScope() as scope:
        async with dialer("127.0.0.31", 9, 1.0, own_port=0)(RecordingListener()):
            with open_hub(0) as hub:
                pass
            scope.cancel()
            await anyio.sleep(1)
    assert hub.socket.fileno() < 0
    gc.collect()


@pytest.mark.parametrize("shares", [False, True])
async def test_a_port_that_another_program_has_is_an_error_with_its_cure(*, shares: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, shares)
        other.bind(("", 0))
        with pytest.raises(DeviceError, match="taken by another program") as caught:
            async with dialer("127.0.0.31", 9, 1.0, own_port=port_of(other))(RecordingListener()):
                pass
    assert caught.value.code is ErrorCode.PORT_TAKEN
    assert "WSM" in caught.value.info.hint


def test_a_forbidden_port_is_an_error() -> None:
    error = port_error(53212, OSError(errno.EACCES, "Permission denied"))
    assert error.code is ErrorCode.PORT_TAKEN
    assert "Permission denied" in str(error)
    assert error.info.hint


async def test_simulated_devices_can_have_the_port_at_other_addresses(first: socket.socket) -> None:
    """The device has its port already, and the hub wants the same one at all addresses."""
    port = port_of(first)
    listener = RecordingListener()
    async with dialer("127.0.0.31", port, 1.0, own_port=port)(listener) as link:
        link.send(b"hello")
        data, address = await asyncio.get_running_loop().sock_recvfrom(first, 99)
        assert (data, address) == (b"hello", ("127.0.0.1", port))
        first.sendto(b"yes", address)
        await until(lambda: listener.datagrams == [b"yes"])
        # And the other way round.
        with device_at("127.0.0.34", port):
            pass


async def test_this_program_is_no_device_and_does_not_hear_itself() -> None:
    with open_hub(0) as hub:
        with pytest.raises(DeviceError, match="this program itself"):
            async with dialer("127.0.0.1", hub.port, 1.0, own_port=0)(RecordingListener()):
                pass
        listener = RecordingListener()
        observed: list[bytes] = []
        async with dialer("127.0.0.1", 9, 1.0, own_port=0)(listener):
            with hub.observe(lambda _host, _port, data: observed.append(data)):
                hub.broadcast("127.255.255.255", b"Push 0 0 1\r", hub.port)
                hub.broadcast("127.0.0.1", b"Push 0 0 1\r", hub.port)
                await anyio.sleep(0.15)
        assert not listener.datagrams
        assert not observed


async def test_an_address_that_cannot_be_reached_is_reported_once() -> None:
    listener = RecordingListener()
    async with dialer("127.0.0.31", 9, 1.0, own_port=0)(listener):
        with open_hub(0) as hub:
            # Port 0 belongs to no program, and the system says so at once.
            link = HubLink(hub, ("127.0.0.31", 0), "device", listener)
            link.send(b"hello")
            link.send(b"again")
    (error,) = listener.errors
    assert error.code is ErrorCode.DEVICE_UNREACHABLE
    assert error.info.hint


async def test_a_flood_waits_its_turn(first: socket.socket) -> None:
    listener = RecordingListener()
    async with dialer("127.0.0.31", port_of(first), 1.0, own_port=0)(listener):
        with open_hub(0) as hub:
            for _ in range(50):
                first.sendto(b"x" * 4000, ("127.0.0.1", hub.port))
            await until(lambda: len(listener.datagrams) == 50)
    assert {len(datagram) for datagram in listener.datagrams} == {2048}


def test_the_way_to_an_address() -> None:
    assert find_own_host("127.0.0.77", 9) == "127.0.0.1"
    assert find_own_host("not an address", 9) is None


def test_any_free_port_will_do() -> None:
    with bind_socket(0) as own:
        assert port_of(own) > 0


async def test_a_host_that_floods_is_taken_up_to_its_share_and_holds_up_nobody(
    first: socket.socket, second: socket.socket
) -> None:
    one, two = RecordingListener(), RecordingListener()
    with open_hub(0) as hub:
        hub.add(HubLink(hub, ("127.0.0.31", port_of(first)), "one", one))
        hub.add(HubLink(hub, ("127.0.0.32", port_of(second)), "two", two))
        for index in range(DATAGRAMS_A_HOST + 40):
            first.sendto(b"RF1 1 2 3\r%d" % index, ("127.0.0.1", hub.port))
        second.sendto(b"Name Two\r", ("127.0.0.1", hub.port))
        hub.read()
        assert (len(one.datagrams), two.datagrams) == (DATAGRAMS_A_HOST, [b"Name Two\r"])
        first.sendto(b"later", ("127.0.0.1", hub.port))
        hub.read()
        assert one.datagrams[-1] == b"later"
