"""The WebSocket that the server pushes over, with a limit to the size of its messages."""

from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import anyio
import httpcore
import httpx
import wsproto
from httpx_ws import AsyncWebSocketSession, HTTPXWSException, aconnect_ws

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.manufacturers.transport.https import address_in
from micboard_tui.manufacturers.transport.peer_budget import SteadyBudget
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_system_api.paths import WEBSOCKET
from micboard_tui.protocols.shure_system_api.reading import MAX_BODY, read_transport

READ_BYTES = 64 * 1024
FRAMES_A_SECOND = 1000
"""A server with all the channels that we show pushes some 20 a second, and a few hundred once."""
HELLO_TIMEOUT_S = 5.0
PING_S = 10.0


class PushLostError(Exception):
    """The WebSocket is gone, or was never there. The message says why, for the log."""


_LOSSES = (
    HTTPXWSException,
    httpx.HTTPError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    wsproto.utilities.ProtocolError,
    ProtocolError,
    PushLostError,
    OSError,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
)


class _Bounded(httpcore.AsyncNetworkStream):
    """The library joins the parts of a message without a limit, so the limit is here."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._left = MAX_BODY

    def restart(self) -> None:
        """A message came to its end."""
        self._left = MAX_BODY

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as the library calls it
        if self._left <= 0:
            raise httpcore.ReadError("A message without an end")
        data = await self._stream.read(max_bytes, timeout)
        self._left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as the library calls it
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()


class BudgetedConnection(wsproto.connection.Connection):
    """Takes so many frames in a second and no more, however small they are.

    The library handles all frames of one read without a pause, and joins fragments without a limit.
    """

    def __init__(self, budget: SteadyBudget) -> None:
        super().__init__(wsproto.ConnectionType.CLIENT)
        self._budget = budget
        self._pings: set[bytes] = set()

    def send(self, event: wsproto.events.Event) -> bytes:
        if isinstance(event, wsproto.events.Ping):
            self._pings.add(bytes(event.payload))
        return super().send(event)

    def events(self) -> Generator[wsproto.events.Event, None, None]:
        for event in super().events():
            if self._budget.count():
                raise httpcore.ReadError(f"More than {FRAMES_A_SECOND} frames in a second")
            if isinstance(event, wsproto.events.Pong):
                if bytes(event.payload) not in self._pings:
                    # Anybody may send one unasked, which the library does not expect.
                    continue
                self._pings.discard(bytes(event.payload))
            yield event


class _Session(AsyncWebSocketSession):
    """The library makes it, with the answer to the request that asked for a WebSocket."""

    def __init__(
        self,
        stream: httpcore.AsyncNetworkStream,
        *,
        response: httpx.Response,
        **options: Any,  # noqa: ANN401 - the library's options, passed on
    ) -> None:
        self._bounded = _Bounded(stream)
        super().__init__(self._bounded, response=response, **options)
        peer = address_in(response.request.url)
        self.connection = BudgetedConnection(SteadyBudget(peer, FRAMES_A_SECOND))

    async def receive(
        self,
        timeout: float | None = None,  # noqa: ASYNC109 - as the library calls it
    ) -> wsproto.events.Event:
        event = await super().receive(timeout)
        self._bounded.restart()
        return event


class Socket:
    """An open WebSocket."""

    def __init__(self, session: AsyncWebSocketSession, transport: str) -> None:
        self._session = session
        self.transport = transport
        """What subscriptions name it by."""

    async def receive(self, silence_s: float) -> str | None:
        """The next message; None when there was none for so long. Raises PushLostError."""
        with translate_loss():
            try:
                return await self._session.receive_text(silence_s)
            except TimeoutError:
                return None


@asynccontextmanager
async def open_socket(client: httpx.AsyncClient) -> AsyncGenerator[Socket]:
    """Connects and waits for the server's first message. Raises PushLostError, or DeviceError.

    The key goes with the request as with any other, after the certificate was compared.
    """
    with translate_loss():
        async with aconnect_ws(
            WEBSOCKET,
            client,
            max_message_size_bytes=READ_BYTES,
            keepalive_ping_interval_seconds=PING_S,
            keepalive_ping_timeout_seconds=PING_S,
            session_class=_Session,
        ) as session:
            first = await session.receive_text(HELLO_TIMEOUT_S)
            yield Socket(session, read_transport(first))


@contextmanager
def translate_loss() -> Iterator[None]:
    """Every way to lose a WebSocket, alone or in a group, becomes PushLostError; a DeviceError stays."""
    try:
        yield
    except Exception as error:  # The library wraps what happened in groups; what is not ours is raised again.
        causes = list(_leaves_of(error))
        if (fault := next((cause for cause in causes if isinstance(cause, DeviceError)), None)) is not None:
            raise fault from error
        if isinstance(lost := causes[0], PushLostError):
            raise lost from error
        if all(isinstance(cause, _LOSSES) for cause in causes):
            raise PushLostError(str(causes[0]) or type(causes[0]).__name__) from error
        raise


def _leaves_of(error: BaseException) -> Iterable[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for cause in error.exceptions:
            yield from _leaves_of(cause)
    else:
        yield error
