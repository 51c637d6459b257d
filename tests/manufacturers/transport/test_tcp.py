import asyncio
import socket
import struct
from collections.abc import Callable

import anyio
import pytest
import structlog

from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.manufacturers.plugin_registry import EntryPointRegistry
from micboard_tui.manufacturers.shure.strings.probe import probe
from micboard_tui.manufacturers.transport.socket_poller import POLL_INTERVAL_S, get_poller
from micboard_tui.manufacturers.transport.tcp import FLOOD_POLLS, READ_BYTES, RECEIVE_BYTES, TcpLink, dialer
from micboard_tui.protocols.shure_strings.codec import Decoder
from tests.fakes.links import UNHURRIED_S, until
from tests.manufacturers.receivers import qlxd4, ulxd4d
from tests.manufacturers.servers import Serve, serving_stream

pytestmark = pytest.mark.integration


class RecordingListener:
    def __init__(self) -> None:
        self.data = b""
        self.errors: list[DeviceError] = []

    def data_received(self, data: bytes) -> None:
        self.data += data

    def link_lost(self, error: DeviceError) -> None:
        self.errors.append(error)


async def test_what_is_sent_before_leaving_arrives() -> None:
    heard = b""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        writer.write(b"hello")
        heard = await reader.read(-1)

    listener = RecordingListener()
    async with serving_stream(serve) as port:
        async with dialer("127.0.0.1", port, 2)(listener) as link:
            await until(lambda: listener.data == b"hello")
            link.send(b"goodbye")
        await until(lambda: heard == b"goodbye")
        link.send(b"too late")
    assert listener.errors == []


async def test_a_closing_peer_is_told_once() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"x")

    listener = RecordingListener()
    async with serving_stream(serve) as port, dialer("127.0.0.1", port, 2)(listener):
        await until(lambda: bool(listener.errors))
    assert [error.code for error in listener.errors] == [ErrorCode.DEVICE_UNREACHABLE]
    assert listener.data == b"x"


async def test_a_closed_port_refuses() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DeviceError, match="refuses") as caught:
        async with dialer("127.0.0.1", port, 2)(RecordingListener()):
            pass
    assert caught.value.code is ErrorCode.DEVICE_REFUSED


async def test_only_shures_own_driver_speaks_of_shures_menus() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DeviceError) as raised:
        async with dialer("127.0.0.1", port, 1.0)(RecordingListener()):
            pass
    assert (raised.value.code, "SLX-D" in raised.value.info.hint) == (ErrorCode.DEVICE_REFUSED, False)
    driver = EntryPointRegistry().get("shure").drivers["shure-strings"]
    with pytest.raises(DeviceError) as raised:
        await driver.open("127.0.0.1", port, SessionOptions()).read_once(lambda _: None)
    assert (raised.value.code, "Controller Access" in raised.value.info.hint) == (
        ErrorCode.DEVICE_REFUSED,
        True,
    )


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("no-such-host.invalid", ErrorCode.HOST_NOT_RESOLVED),
        (f"{'a' * 70}.example", ErrorCode.HOST_NOT_RESOLVED),
        ("255.255.255.255", ErrorCode.DEVICE_UNREACHABLE),
    ],
)
async def test_an_address_that_cannot_be_connected_to(host: str, code: ErrorCode) -> None:
    with pytest.raises(DeviceError) as caught:
        async with dialer(host, 2202, 5)(RecordingListener()):
            pass
    assert caught.value.code is code


async def test_a_device_that_never_accepts_times_out() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        # Fill the queue of connections that nobody accepts, so that the next one gets no answer.
        waiting = [socket.socket() for _ in range(3)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", port))
        with pytest.raises(DeviceError, match="does not answer") as caught:
            async with dialer("127.0.0.1", port, 0.2)(RecordingListener()):
                pass
        for connection in waiting:
            connection.close()
    assert caught.value.code is ErrorCode.DEVICE_UNREACHABLE


async def test_a_flood_is_read_no_faster_than_the_limit() -> None:
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    listener = RecordingListener()
    async with serving_stream(serve) as port, dialer("127.0.0.1", port, 2)(listener):
        before = asyncio.get_running_loop().time()
        await until(lambda: len(listener.data) > 8 * READ_BYTES)
        passed_s = asyncio.get_running_loop().time() - before
    assert len(listener.data) <= READ_BYTES * (2 + passed_s / POLL_INTERVAL_S)


async def test_the_kernel_keeps_little_of_what_a_flood_left_unread() -> None:
    async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with serving_stream(serve) as port, dialer("127.0.0.1", port, 2)(RecordingListener()) as link:
        assert isinstance(link, TcpLink)
        # Where it is not set, systems let it grow while they read. Linux counts its own needs as well.
        kept = link.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    assert kept in (RECEIVE_BYTES, 2 * RECEIVE_BYTES)


async def test_a_device_that_floods_is_named_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, structlog.testing.capture_logs() as logs:
        ours.setblocking(False)
        link = TcpLink(ours, "192.0.2.7:2202", RecordingListener(), get_poller())
        full, gap = [READ_BYTES] * (FLOOD_POLLS - 1), [1]
        for sent in (*gap, *full, *gap * FLOOD_POLLS, *full, *gap, *[READ_BYTES] * 5, *gap, *full * 2):
            theirs.sendall(b"x" * sent)
            link.read()
    assert [(entry["event"], entry["peer"]) for entry in logs] == [("flood_slowed", "192.0.2.7:2202")]


async def test_a_peer_that_takes_nothing_is_given_up() -> None:
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()

    listener = RecordingListener()
    with anyio.fail_after(UNHURRIED_S):
        async with serving_stream(serve) as port, dialer("127.0.0.1", port, 2)(listener) as link:
            for _ in range(400):
                link.send(b"x" * 65536)
            await until(lambda: bool(listener.errors))
            over.set()
    assert "takes no more" in str(listener.errors[0])


async def test_a_reset_is_a_lost_link() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    listener = RecordingListener()
    async with serving_stream(serve) as port, dialer("127.0.0.1", port, 2)(listener) as link:
        await until(lambda: bool(listener.errors))
        link.send(b"into the void")
    assert len(listener.errors) == 1


def receiver(answer: Callable[..., object]) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = Decoder()
        while data := await reader.read(4096):
            for message in decoder.feed(data):
                for reply in answer(message):  # type: ignore[attr-defined]
                    writer.write(reply)

    return serve


async def test_a_probe_finds_what_answers_and_never_meters() -> None:
    async with serving_stream(receiver(ulxd4d)) as port:
        found = await probe("127.0.0.1", port, 1.0)
    assert found is not None
    assert (found.manufacturer, found.driver, found.model, found.own_name) == (
        "shure",
        "shure-strings",
        "ULXD4D",
        "Rack 1",
    )


async def test_a_probe_of_nobody_or_of_something_else_finds_nothing() -> None:
    async def rubbish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        await reader.read(-1)

    async with serving_stream(rubbish) as port:
        assert await probe("127.0.0.1", port, 0.2) is None
    async with serving_stream(receiver(lambda _: ())) as port:
        assert await probe("127.0.0.1", port, 0.1) is None
    assert await probe("255.255.255.255", None, 0.2) is None


async def test_a_probe_finds_a_receiver_that_answers_to_its_list_only() -> None:
    async with serving_stream(receiver(qlxd4)) as port:
        found = await probe("127.0.0.1", port, 0.1)
    assert found is not None
    assert (found.port, found.driver, found.model) == (port, "shure-strings", None)


async def test_the_registered_plugin_opens_a_driver_for_an_address() -> None:
    registry = EntryPointRegistry()
    assert "shure" in registry.codes()
    shure = registry.get("shure")
    assert registry.get("shure") is shure
    assert list(shure.drivers) == ["shure-strings", "shure-uhfr", "shure-system-api"]
    spec = next(iter(shure.drivers.values()))
    assert spec.default_port == 2202
    driver = spec.open("127.0.0.1", 1, SessionOptions(connect_timeout_s=1))
    with pytest.raises(DeviceError), anyio.fail_after(UNHURRIED_S):
        await driver.read_once(lambda _: None)


def test_an_unknown_manufacturer_is_named_with_those_that_are_known() -> None:
    with pytest.raises(MicboardError, match="acme") as caught:
        EntryPointRegistry().get("acme")
    assert caught.value.code is ErrorCode.MANUFACTURER_NOT_SUPPORTED
    assert "shure" in caught.value.info.hint
