"""The connection of a client as the server has it, and how it ends when the client does not read.

``close`` of a transport waits until everything was sent, and what is not read is never sent. So a route that
sends without end looks up the ``ClientConnection`` in the scope of its request, limits how much the system
keeps for a client that does not read, waits for a limited time, and then aborts.

Of WebSockets some parts of the server's own protocol would let a client cost memory or stay: long messages
are written as a whole, pings are answered whether or not the answers are read, thousands of messages that
come in one piece are all kept, and a ping that is not answered ends in ``close``. These are mended here.
"""

import asyncio
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto.events import BytesMessage, Message, Ping, TextMessage

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

STATE_NAME = "client_connection"
SEND_BUFFER_BYTES = 128 * 1024
"""What the system keeps of a message that was not read; it takes up to twice as much."""
PART_BYTES = 32 * 1024
"""Longer messages go in parts, each when the one before has gone to the system."""

REQUEST_LIMIT_S = 20.0
"""In which a request has to come, but for its body; longer than a connection is kept for the next."""
MAX_WAITING = 64
"""Messages that came and were not looked at; more in one piece are sent to do harm."""


class ClientConnection:
    """One connection, of a request or of a WebSocket."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.is_ending = False
        """Whether the server ends, and waits for what is being answered."""

    def abort(self) -> None:
        """End it at once; what was not sent is lost."""
        self._transport.abort()

    def limit_send_buffer(self) -> None:
        """Let a client that does not read cost little; only for who sends without end."""
        connected = self._transport.get_extra_info("socket")
        if connected is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)


def connection_of(connection: HTTPConnection) -> ClientConnection | None:
    """The connection of a request or WebSocket; None: it came without a socket."""
    found = connection.scope.get("state", {}).get(STATE_NAME)
    return found if isinstance(found, ClientConnection) else None


class ConnectedHttp(H11Protocol):
    """Requests know their connection, and so do WebSockets that they become.

    A client that opens connections and sends no whole request in time would keep all others out: the server
    itself waits for a first request, and for the rest of one, without end.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # h11 takes a narrower type, too
        super().connection_made(transport)
        self.client_connection = ClientConnection(transport)
        self.app_state = {**self.app_state, STATE_NAME: self.client_connection}
        self._limit_waiting()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._request_limit.cancel()
        self._limit_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_limit.cancel()
        super().connection_lost(exc)

    def _limit_waiting(self) -> None:
        self._request_limit = self.loop.call_later(REQUEST_LIMIT_S, self._end_waiting)

    def _end_waiting(self) -> None:
        # Before the first request there is no cycle.
        is_answered = getattr(self.cycle, "response_complete", True)
        if is_answered and self.transport.get_protocol() is self:
            self.transport.abort()

    def shutdown(self) -> None:
        self.client_connection.is_ending = True
        super().shutdown()


class ConnectedWebSocket(WSProtocol):
    """A WebSocket whose client costs little when it does not read."""

    async def send(self, message: "ASGISendEvent") -> None:
        text = _text_of(message)
        if text is None or len(text) <= PART_BYTES or not self.handshake_complete:
            await super().send(message)
            return
        for start in range(0, len(text), PART_BYTES):
            await self.writable.wait()
            if self.close_sent or self.transport.is_closing():
                return
            is_last = start + PART_BYTES >= len(text)
            part = Message(data=text[start : start + PART_BYTES], message_finished=is_last)
            self.transport.write(self.conn.send(part))

    def handle_message(self, event: TextMessage | BytesMessage) -> None:
        if self.queue.qsize() < MAX_WAITING:
            super().handle_message(event)
        else:
            self.transport.abort()

    def handle_ping(self, event: Ping) -> None:
        if self.writable.is_set():
            super().handle_ping(event)
        else:
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._abort_if_unread()

    def shutdown(self) -> None:
        super().shutdown()
        self._abort_if_unread()

    def _abort_if_unread(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()


def _text_of(message: Mapping[str, Any]) -> str | None:
    text = message.get("text") if message["type"] == "websocket.send" else None
    return text if isinstance(text, str) else None
