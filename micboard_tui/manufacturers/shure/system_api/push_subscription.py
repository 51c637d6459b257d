"""Keeps the server pushing: one WebSocket, subscribed anew whenever it was lost."""

from collections.abc import Iterable
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
_SUBSCRIBED = frozenset({httpx.codes.OK, httpx.codes.CREATED, httpx.codes.ACCEPTED, httpx.codes.NO_CONTENT})
_FINAL = frozenset(
    {ErrorCode.CREDENTIALS_REFUSED, ErrorCode.CERTIFICATE_CHANGED, ErrorCode.CERTIFICATE_UNKNOWN}
)

log = structlog.get_logger(__name__)


class Push:
    """What is pushed needs no polling. Without it everything is polled, so its loss ends nothing."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        talk: Conversation,
        pace: Pace,
    ) -> None:
        self._client = client
        self._talk = talk
        self._pace = pace
        self._transport: str | None = None
        self._tried: set[Topic] = set()
        self._has_list = self._is_done = self._is_told = False
        self.fault: DeviceError | None = None
        """Why the server does not let us in any more."""

    async def keep(self) -> NoReturn:
        """Open the WebSocket and listen; when it is lost, do it again, after a wait that grows."""
        wait_s = self._pace.push_wait_s
        while True:
            try:
                async with open_socket(self._client) as socket:
                    wait_s = self._pace.push_wait_s
                    self._opened(socket.transport)
                    await self._listen(socket)
            except PushLostError as lost:
                self._tell_lost(str(lost))
            except DeviceError as error:
                self._tell_lost(str(error))
                self.fault = error if error.code in _FINAL else self.fault
            self._closed()
            await anyio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    async def subscribe_next(self, server: Server) -> bool:
        """Subscribe to one thing more and read it, since it may have changed unheard. False: none is left."""
        transport = self._transport
        if transport is None:
            return False
        if not self._has_list:
            self._has_list = True
            await server.call("POST", subscription(DEVICES, transport))
            return True
        # What has gone meanwhile is subscribed to anew when it comes back.
        self._tried.intersection_update(self._talk.topics)
        topic = next((each for each in self._talk.topics if each not in self._tried), None)
        if topic is None:
            self._tell_if_done()
            return False
        self._tried.add(topic)
        self._is_done = False
        answer = await server.call("POST", subscription(topic.path, transport))
        if answer.status in _SUBSCRIBED and transport == self._transport:
            self._talk.pushed.add(topic)
        await self._talk.read(server, topic)
        return True

    def _tell_lost(self, reason: str) -> None:
        """A server without a WebSocket is told of once, not every half minute."""
        tell = log.debug if self._is_told else log.info
        tell("push_lost", reason=reason)
        self._is_told = True

    def _tell_if_done(self) -> None:
        """What is pushed comes more often than what is polled, so the promises change."""
        if not self._is_done:
            self._is_done = True
            self._talk.tell_all()

    async def unsubscribe(self, server: Server) -> None:
        """Take everything back. Closing the WebSocket voids what is not reached in time.

        Source: docs/reference/protocols/shure.md 14.3.
        """
        if (transport := self._transport) is None:
            return
        for path in (*_activity_first(self._talk.pushed), DEVICES):
            await server.call("DELETE", subscription(path, transport))

    async def _listen(self, socket: Socket) -> NoReturn:
        while True:
            message = await socket.receive(self._pace.push_silence_s)
            if message is None:
                if any(topic.feature is Feature.ACTIVITY for topic in self._talk.pushed):
                    raise PushLostError("It is silent although activity is subscribed to")
                continue
            try:
                event = read_event(message)
            except ProtocolError:
                continue
            if event is not None:
                self._talk.hear(event)

    def _opened(self, transport: str) -> None:
        self._transport = transport
        self._is_told = False
        self._tried.clear()
        self._has_list = self._is_done = False
        self._talk.push_changed(is_pushing=True)

    def _closed(self) -> None:
        if self._transport is not None:
            self._transport = None
            self._talk.push_changed(is_pushing=False)


def _activity_first(topics: Iterable[Topic]) -> list[str]:
    """What is sent most is taken back first."""
    return [each.path for each in sorted(topics, key=lambda topic: topic.feature is not Feature.ACTIVITY)]
