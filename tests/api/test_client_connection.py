import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest
import uvicorn
from uvicorn.server import ServerState

from micboard_tui.api.client_connection import (
    MAX_WAITING,
    PART_BYTES,
    REQUEST_LIMIT_S,
    ConnectedHttp,
    ConnectedWebSocket,
)

HANDSHAKE = (
    b"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PING = bytes.fromhex("898000000000")
EMPTY_MESSAGE = bytes.fromhex("818000000000")
LONG = "x" * 3_000_000
HIGH_WATER = 64 * 1024


class UnreadTransport(asyncio.Transport):
    """Keeps what is written until ``read``, as a transport whose client does not read."""

    def __init__(self) -> None:
        super().__init__()
        self.unread = bytearray()
        self.is_aborted = self.is_closed = False
        self.protocol: ConnectedWebSocket | None = None
        self.reader: asyncio.BaseProtocol | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.unread += data
        if self.protocol is not None and len(self.unread) > HIGH_WATER:
            self.protocol.pause_writing()

    def read(self) -> bytes:
        data, self.unread = bytes(self.unread), bytearray()
        if self.protocol is not None:
            self.protocol.resume_writing()
        return data

    def get_write_buffer_size(self) -> int:
        return len(self.unread)

    def is_closing(self) -> bool:
        return self.is_closed or self.is_aborted

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_aborted = True

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.reader = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self.reader is not None
        return self.reader

    def pause_reading(self) -> None:
        """Nothing is read."""

    def resume_reading(self) -> None:
        """Nothing is read."""


async def accept(scope: object, receive: object, send: object) -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def transport() -> AsyncGenerator[UnreadTransport]:
    """Of a WebSocket that was accepted."""
    config = uvicorn.Config(accept, ws=ConnectedWebSocket, lifespan="off", log_config=None)
    state, transport = ServerState(), UnreadTransport()
    protocol = ConnectedWebSocket(config, state, {})
    transport.protocol = protocol
    protocol.connection_made(transport)
    protocol.data_received(HANDSHAKE)
    await protocol.send({"type": "websocket.accept"})
    assert transport.read().startswith(b"HTTP/1.1 101")
    yield transport
    protocol.stop_keepalive()
    for task in state.tasks:
        task.cancel()
    await asyncio.gather(*state.tasks, return_exceptions=True)


def protocol_of(transport: UnreadTransport) -> ConnectedWebSocket:
    assert transport.protocol is not None
    return transport.protocol


async def test_a_long_message_that_is_not_read_takes_little_memory(transport: UnreadTransport) -> None:
    sending = asyncio.create_task(protocol_of(transport).send({"type": "websocket.send", "text": LONG}))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not sending.done()
    assert HIGH_WATER < len(transport.unread) <= HIGH_WATER + 2 * PART_BYTES
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def test_a_long_message_arrives_whole_as_it_is_read(transport: UnreadTransport) -> None:
    sending = asyncio.create_task(protocol_of(transport).send({"type": "websocket.send", "text": LONG}))
    received = b""
    while not sending.done():
        await asyncio.sleep(0)
        received += transport.read()
    await sending
    assert received.count(b"x") == len(LONG)
    # The first part is text that goes on, all others continue it, the last one ends it.
    first, last = received[0], received[received.rindex(b"x" * (len(LONG) % PART_BYTES or PART_BYTES)) - 4]
    assert (first, last) == (0x01, 0x80)


async def test_pings_whose_answers_are_not_read_end_the_connection(transport: UnreadTransport) -> None:
    protocol_of(transport).data_received(PING)
    assert transport.read() == b"\x8a\x00"
    transport.write(b"x" * (HIGH_WATER + 1))
    protocol_of(transport).data_received(PING)
    assert transport.is_aborted


async def test_thousands_of_messages_in_one_piece_are_not_kept(transport: UnreadTransport) -> None:
    protocol_of(transport).data_received(EMPTY_MESSAGE * 5000)
    assert transport.is_aborted
    assert protocol_of(transport).queue.qsize() <= MAX_WAITING


async def test_who_answers_no_ping_is_aborted_where_a_close_would_wait(transport: UnreadTransport) -> None:
    transport.write(b"x" * (HIGH_WATER + 1))
    protocol_of(transport).keepalive_timeout()
    assert transport.is_aborted


async def test_at_the_end_of_the_program_nothing_waits_for_who_does_not_read(
    transport: UnreadTransport,
) -> None:
    transport.write(b"x" * (HIGH_WATER + 1))
    protocol_of(transport).shutdown()
    assert transport.is_aborted


REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


async def answer_at_once(scope: object, receive: object, send: Callable[[object], Awaitable[None]]) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def connect_http(application: Callable[..., Awaitable[None]]) -> tuple[UnreadTransport, ConnectedHttp]:
    config = uvicorn.Config(application, ws=ConnectedWebSocket, lifespan="off", log_config=None)
    config.load()
    protocol, transport = ConnectedHttp(config, ServerState(), {}), UnreadTransport()
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    return transport, protocol


@pytest.mark.virtual_time
@pytest.mark.parametrize("sent", [b"", REQUEST[:20]])
async def test_a_client_that_sends_no_whole_request_is_gone_in_time(sent: bytes) -> None:
    transport, protocol = connect_http(accept)
    for _ in range(int(REQUEST_LIMIT_S) - 1):
        if sent:
            protocol.data_received(sent)
            sent = b"X"
        await asyncio.sleep(1.0)
    assert not transport.is_closing()
    await asyncio.sleep(1.1)
    assert transport.is_aborted


@pytest.mark.virtual_time
async def test_a_request_that_takes_long_is_answered() -> None:
    transport, protocol = connect_http(accept)
    protocol.data_received(REQUEST)
    await asyncio.sleep(3 * REQUEST_LIMIT_S)
    assert not transport.is_closing()
    protocol.connection_lost(None)


@pytest.mark.virtual_time
async def test_after_each_answer_the_next_request_has_as_long() -> None:
    transport, protocol = connect_http(answer_at_once)
    for _ in range(3):
        protocol.data_received(REQUEST)
        await asyncio.sleep(4.0)
        assert transport.read().startswith(b"HTTP/1.1 204")
    protocol.data_received(REQUEST[:20])
    await asyncio.sleep(REQUEST_LIMIT_S - 5.0)
    assert not transport.is_closing()
    await asyncio.sleep(2.0)
    assert transport.is_aborted
