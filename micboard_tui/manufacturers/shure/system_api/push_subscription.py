"""Keeps the server pushing: one WebSocket, subscribed anew whenever it was lost.

``keep`` runs beside the session and moves ``PushState``:

``CLOSED``       There is no WebSocket; it is opened after a wait that doubles from loss to loss. Everything
                 is polled.
``SUBSCRIBING``  The WebSocket is open. The session calls ``subscribe_next`` again and again: the list of
                 devices first, then one topic a call, each of which is also read, since it may have changed
                 unseen.
``COMPLETE``     Every topic was tried; the first call that finds none left reports all promises anew. A topic
                 that comes later leads back to SUBSCRIBING.

``unsubscribe`` is called when the session ends. Remembered between calls are the id of the WebSocket, the
topics that were tried on it, whether its loss was logged, and the ``fault`` for which the server does not let
us in any more. The topics that are pushed are kept by the conversation.
"""

from collections.abc import Iterable
from enum import Enum, auto
from typing import NoReturn

import anyio
import httpx
import structlog

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server
from micboard_tui.manufacturers.shure.system_api.timing import Pace
from micboard_tui.manufacturers.shure.system_api.websocket import PushLostError, Socket, open_socket
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_system_api.messages import Feature
from micboard_tui.protocols.shure_system_api.paths import DEVICES, Topic, subscription
from micboard_tui.protocols.shure_system_api.reading import read_event

LONGEST_WAIT_S = 30.0
MAX_MALFORMED = 20
"""So many messages in a row that cannot be read, and the WebSocket counts as lost."""
_ACCEPTED = frozenset({httpx.codes.OK, httpx.codes.CREATED, httpx.codes.ACCEPTED, httpx.codes.NO_CONTENT})
_FINAL = frozenset(
    {ErrorCode.CREDENTIALS_REFUSED, ErrorCode.CERTIFICATE_CHANGED, ErrorCode.CERTIFICATE_UNKNOWN}
)

log = structlog.get_logger(__name__)


class PushState(Enum):
    CLOSED = auto()
    SUBSCRIBING = auto()
    COMPLETE = auto()


class PushSubscription:
    """What is pushed needs no polling. Without it everything is polled, so its loss ends nothing."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        conversation: Conversation,
        pace: Pace,
    ) -> None:
        self._client = client
        self._conversation = conversation
        self._pace = pace
        self._transport: str | None = None
        self._tried: set[Topic] = set()
        self._has_list = self._is_logged = False
        self.state = PushState.CLOSED
        self.fault: DeviceError | None = None
        """Why the server does not let us in any more."""

    async def keep(self) -> NoReturn:
        """Open the WebSocket and listen; when it is lost, do it again, after a wait that grows."""
        wait_s = self._pace.push_wait_s
        while True:
            try:
                async with open_socket(self._client) as socket:
                    wait_s = self._pace.push_wait_s
                    self._set_open(socket.transport)
                    await self._listen(socket)
            except PushLostError as lost:
                self._log_loss(str(lost))
            except DeviceError as error:
                self._log_loss(str(error))
                self.fault = error if error.code in _FINAL else self.fault
            self._set_closed()
            await anyio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    async def subscribe_next(self, server: Server) -> bool:
        """Subscribe to one topic more and read it. False: none is left, or there is no WebSocket."""
        transport = self._transport
        if transport is None:
            return False
        if not self._has_list:
            self._has_list = True
            await server.call("POST", subscription(DEVICES, transport))
            return True
        # What has gone meanwhile is subscribed to anew when it comes back.
        self._tried.intersection_update(self._conversation.topics)
        topic = next((topic for topic in self._conversation.topics if topic not in self._tried), None)
        if topic is None:
            self._finish()
            return False
        self._tried.add(topic)
        self.state = PushState.SUBSCRIBING
        answer = await server.call("POST", subscription(topic.path, transport))
        if answer.status in _ACCEPTED and transport == self._transport:
            self._conversation.pushed.add(topic)
        await self._conversation.read(server, topic)
        return True

    def _log_loss(self, reason: str) -> None:
        """A server without a WebSocket is logged once, not every half minute."""
        write = log.debug if self._is_logged else log.info
        write("push_lost", reason=reason)
        self._is_logged = True

    def _finish(self) -> None:
        """What is pushed comes more often than what is polled, so the promises change."""
        if self.state is not PushState.COMPLETE:
            self.state = PushState.COMPLETE
            self._conversation.report_all()

    async def unsubscribe(self, server: Server) -> None:
        """Take everything back. Closing the WebSocket voids what is not reached in time.

        Source: docs/reference/protocols/shure.md 14.3.
        """
        if (transport := self._transport) is None:
            return
        for path in (*_order_activity_first(self._conversation.pushed), DEVICES):
            await server.call("DELETE", subscription(path, transport))

    async def _listen(self, socket: Socket) -> NoReturn:
        malformed = 0
        while True:
            message = await socket.receive(self._pace.push_silence_s)
            if message is None:
                if any(topic.feature is Feature.ACTIVITY for topic in self._conversation.pushed):
                    raise PushLostError("It is silent although activity is subscribed to")
                continue
            try:
                event = read_event(message)
            except ProtocolError as error:
                malformed += 1
                if malformed >= MAX_MALFORMED:
                    raise PushLostError("It sends what are no events") from error
                continue
            malformed = 0
            if event is not None:
                self._conversation.take_event(event)

    def _set_open(self, transport: str) -> None:
        self._transport = transport
        self.state = PushState.SUBSCRIBING
        self._is_logged = False
        self._tried.clear()
        self._has_list = False
        self._conversation.push_changed(is_pushing=True)

    def _set_closed(self) -> None:
        if self._transport is not None:
            self._transport = None
            self.state = PushState.CLOSED
            self._conversation.push_changed(is_pushing=False)


def _order_activity_first(topics: Iterable[Topic]) -> list[str]:
    """What is sent most is taken back first."""
    return [topic.path for topic in sorted(topics, key=lambda topic: topic.feature is not Feature.ACTIVITY)]
