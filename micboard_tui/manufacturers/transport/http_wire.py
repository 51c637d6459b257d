"""HTTP where something comes between a client and its peer: what is recorded, played, or may not be sent.

A recorded client speaks to the peer as ever, and what it reads is shown to the recording: the bytes of
answers as they come, and of a WebSocket the messages, for which its frames are taken apart a second time. A
played client connects to no device; the frames of a WebSocket are made here.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpcore
import httpx
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Message, Ping, TextMessage
from wsproto.utilities import ProtocolError

from micboard_tui.contracts.wire import HttpLog, HttpPlay, HttpRequest, PlayedBody, Wire

PONG_WITHIN_S = 0.5
MAX_MESSAGE_BYTES = 1024 * 1024
_NETWORK_STREAM = "network_stream"
_TRACE = "trace"
_SENDING = (
    "connect_tcp.started",
    "start_tls.started",
    "send_request_headers.started",
    "send_request_body.started",
)
"""The steps of the client that send something, as it names them."""


@asynccontextmanager
async def open_transport(
    wire: Wire, host: str, port: int, make: Callable[[], httpx.AsyncBaseTransport]
) -> AsyncGenerator[httpx.AsyncBaseTransport]:
    """The transport that ``make`` gives, with what the wire puts between, or what stands in its place.

    Raises DeviceError where a recording has no connection with the peer.
    """

    def check() -> None:
        wire.check_http(host, port)

    if (playing := wire.play_http(host, port)) is not None:
        async with playing as play:
            yield PlayedTransport(play)
    elif (recording := wire.record_http(host, port)) is not None:
        with recording as log:
            yield RecordedTransport(CheckedTransport(make(), check), log)
    else:
        yield CheckedTransport(make(), check)


class CheckedTransport(httpx.AsyncBaseTransport):
    """Asks before each step that sends something to the peer, also one that comes long after the request."""

    def __init__(self, transport: httpx.AsyncBaseTransport, check: Callable[[], None]) -> None:
        self._transport, self._check = transport, check

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        follow = request.extensions.get(_TRACE)

        async def check_step(event: str, info: Mapping[str, Any]) -> None:
            if event.endswith(_SENDING):
                self._check()
            if follow is not None:
                await follow(event, info)

        request.extensions = {**request.extensions, _TRACE: check_step}
        response = await self._transport.handle_async_request(request)
        if _NETWORK_STREAM in response.extensions:
            stream = _CheckedSocket(response.extensions[_NETWORK_STREAM], self._check)
            response.extensions = {**response.extensions, _NETWORK_STREAM: stream}
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


class _CheckedSocket(httpcore.AsyncNetworkStream):
    """What a WebSocket sends."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, check: Callable[[], None]) -> None:
        self._stream, self._check = stream, check

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as the library calls it
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as the library calls it
        self._check()
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()


class RecordedTransport(httpx.AsyncBaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, log: HttpLog) -> None:
        self._transport, self._log = transport, log

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        number = self._log.ask(await _read_request(request))
        try:
            response = await self._transport.handle_async_request(request)
        except BaseException:  # Also when it is cancelled: the recording knows that no answer came.
            self._log.end(number, is_complete=False)
            raise
        self._log.answer(number, response.status_code, _content_type_of(response))
        extensions = response.extensions
        if response.status_code == httpx.codes.SWITCHING_PROTOCOLS and _NETWORK_STREAM in extensions:
            stream = _RecordedSocket(extensions[_NETWORK_STREAM], self._log, number)
            extensions = {**extensions, _NETWORK_STREAM: stream}
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_RecordedBody(response.stream, self._log, number),
            extensions=extensions,
        )

    async def aclose(self) -> None:
        await self._transport.aclose()


class _RecordedBody(httpx.AsyncByteStream):
    def __init__(
        self, stream: httpx.AsyncByteStream | httpx.SyncByteStream, log: HttpLog, number: int
    ) -> None:
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("an asynchronous client has no such stream")
        self._stream, self._log, self._number = stream, log, number
        self._is_open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self._log.receive(self._number, piece)
            yield piece
        self._end(is_complete=True)

    async def aclose(self) -> None:
        self._end(is_complete=False)
        await self._stream.aclose()

    def _end(self, *, is_complete: bool) -> None:
        if self._is_open:
            self._is_open = False
            self._log.end(self._number, is_complete=is_complete)


class _RecordedSocket(httpcore.AsyncNetworkStream):
    """Reads what the peer of a WebSocket sends a second time."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, log: HttpLog, number: int) -> None:
        self._stream, self._log, self._number = stream, log, number
        self._frames: Connection | None = Connection(ConnectionType.CLIENT)
        """None: they could not be read, which is for the session to judge."""
        self._message = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as the library calls it
        data = await self._stream.read(max_bytes, timeout)
        if data and self._frames is not None:
            try:
                self._read_frames(self._frames, data)
            except ProtocolError:
                self._frames = None
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as the library calls it
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def _read_frames(self, frames: Connection, data: bytes) -> None:
        frames.receive_data(data)
        for event in frames.events():
            if not isinstance(event, Message):
                continue
            part = event.data.encode() if isinstance(event.data, str) else bytes(event.data)
            self._message += part[: MAX_MESSAGE_BYTES - len(self._message)]
            if event.message_finished:
                self._log.receive(self._number, self._message)
                self._message = b""


class PlayedTransport(httpx.AsyncBaseTransport):
    def __init__(self, play: HttpPlay) -> None:
        self._play = play

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._play.ask(await _read_request(request))
        if answer is None:
            raise httpx.ConnectError("The recording has no answer", request=request)
        status, content_type, body = answer
        headers = {"content-type": content_type} if content_type else {}
        if status == httpx.codes.SWITCHING_PROTOCOLS:
            return httpx.Response(
                status,
                headers=headers,
                stream=httpx.ByteStream(b""),
                extensions={_NETWORK_STREAM: PlayedSocket(body)},
            )
        return httpx.Response(status, headers=headers, stream=_PlayedPieces(body))


class _PlayedPieces(httpx.AsyncByteStream):
    def __init__(self, body: PlayedBody) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._body.receive()) is not None:
            yield piece


class PlayedSocket(httpcore.AsyncNetworkStream):
    """The other end of a WebSocket: sends the recorded messages, and answers pings as any peer does."""

    def __init__(self, body: PlayedBody) -> None:
        self._body = body
        self._frames = Connection(ConnectionType.SERVER)
        self._waiting = b""
        self._is_over = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as the library calls it
        del timeout
        while not self._waiting and not self._is_over:
            with anyio.move_on_after(PONG_WITHIN_S):
                message = await self._body.receive()
                if message is None:
                    self._is_over = True
                else:
                    text = message.decode(errors="replace")
                    self._waiting += self._frames.send(TextMessage(text))
        data, self._waiting = self._waiting[:max_bytes], self._waiting[max_bytes:]
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as the library calls it
        del timeout
        self._frames.receive_data(buffer)
        for event in self._frames.events():
            if isinstance(event, Ping):
                self._waiting += self._frames.send(event.response())
            elif isinstance(event, CloseConnection):
                self._is_over = True

    async def aclose(self) -> None:
        self._is_over = True


async def _read_request(request: httpx.Request) -> HttpRequest:
    return HttpRequest(request.method, request.url.raw_path.decode("ascii"), await request.aread())


def _content_type_of(response: httpx.Response) -> str:
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip()
