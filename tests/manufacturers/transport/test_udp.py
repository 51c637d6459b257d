import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest
import structlog

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.socket_poller import POLL_INTERVAL_S
from micboard_tui.manufacturers.transport.udp import DATAGRAMS_A_POLL, FLOOD_POLLS, UdpLink, dialer
from tests.fakes.links import until

pytestmark = pytest.mark.integration


class RecordingListener:
    def __init__(self) -> None:
        self.datagrams: list[bytes] = []
        self.errors: list[DeviceError] = []

    def data_received(self, data: bytes) -> None:
        self.datagrams.append(data)

    def link_lost(self, error: DeviceError) -> None:
        self.errors.append(error)


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        bound.setblocking(False)
        yield bound


@asynccontextmanager
async def linked(peer: socket.socket, listener: RecordingListener) -> AsyncGenerator[tuple[str, int]]:
    """A link to ``peer``, and the address that it was greeted from."""
    async with dialer("127.0.0.1", peer.getsockname()[1], 1.0)(listener) as link:
        link.send(b"hello")
        data, address = await asyncio.get_running_loop().sock_recvfrom(peer, 100)
        assert data == b"hello"
        yield address


async def test_datagrams_arrive_one_by_one_and_only_from_the_device(peer: socket.socket) -> None:
    listener = RecordingListener()
    async with linked(peer, listener) as address:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"who?", address)
        for datagram in (b"one", b"", b"three"):
            peer.sendto(datagram, address)
        await until(lambda: len(listener.datagrams) == 3)
    assert listener.datagrams == [b"one", b"", b"three"]
    assert not listener.errors


async def test_nobody_there_is_told_once(peer: socket.socket) -> None:
    listener = RecordingListener()
    port = peer.getsockname()[1]
    peer.close()
    async with dialer("127.0.0.1", port, 1.0)(listener) as link:
        link.send(b"hello")
        await until(lambda: bool(listener.errors))
        link.send(b"again")
    (error,) = listener.errors
    assert error.code is ErrorCode.DEVICE_UNREACHABLE
    assert "Nothing listens" in error.info.message


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("no-such-host.invalid", ErrorCode.HOST_NOT_RESOLVED),
        ("255.255.255.255", ErrorCode.DEVICE_UNREACHABLE),
    ],
)
async def test_an_address_that_cannot_be_spoken_to(host: str, code: ErrorCode) -> None:
    with pytest.raises(DeviceError) as caught:
        async with dialer(host, 45, 1.0)(RecordingListener()):
            pass
    assert caught.value.code is code
    assert caught.value.info.hint


async def test_many_answers_at_once_find_room(peer: socket.socket) -> None:
    """More than a system keeps for a socket by itself (docs/reference/protocols/sennheiser.md 10)."""
    listener = RecordingListener()
    async with linked(peer, listener) as address:
        for _ in range(180):
            peer.sendto(bytes(700), address)
        await until(lambda: len(listener.datagrams) == 180)


async def test_a_device_that_sends_too_much_leaves_time_for_the_others(peer: socket.socket) -> None:
    size = 60_000

    looks: list[float] = []

    class Looks(RecordingListener):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            looks.append(time.monotonic())

    listener = Looks()
    async with linked(peer, listener) as address:
        for _ in range(6):
            peer.sendto(bytes(size), address)
        await until(lambda: len(listener.datagrams) == 6)
    assert looks[3] - looks[2] > POLL_INTERVAL_S / 2


async def test_a_device_that_floods_is_named_once(peer: socket.socket) -> None:
    listener = RecordingListener()
    link = UdpLink(peer, "192.0.2.7:45", listener)
    own = peer.getsockname()
    with (
        structlog.testing.capture_logs() as logs,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder,
    ):
        for poll in range(1, FLOOD_POLLS + 6):
            for _ in range(DATAGRAMS_A_POLL + 1 - (poll > 1)):
                flooder.sendto(b"x", own)
            link.read()
            assert len(listener.datagrams) == DATAGRAMS_A_POLL * poll
    assert [(entry["event"], entry["peer"]) for entry in logs] == [("flood_slowed", "192.0.2.7:45")]
