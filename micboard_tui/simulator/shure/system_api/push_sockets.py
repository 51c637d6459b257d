"""The WebSockets of the server, and what each of them is subscribed to.

Source: docs/reference/protocols/shure.md 14.3.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random

from aiohttp import WSMsgType, web

from micboard_tui.protocols.shure_system_api.messages import Event, Feature
from micboard_tui.protocols.shure_system_api.paths import CHANNELS, DEVICES, WEBSOCKET, Topic
from micboard_tui.protocols.shure_system_api.writing import write_event, write_transport
from micboard_tui.simulator.shure.system_api.rest_api import RestApi, problem_response, topic_of
from micboard_tui.simulator.shure.system_api.system_api_faults import SystemApiFaults

MAX_SOCKETS = 16
WRITE_TIMEOUT_S = 1.0
"""A client that does not read for so long is dropped."""
_FIRST_FRAGMENT, _NEXT_FRAGMENT, _LAST_FRAGMENT = b"\x01\x00", b"\x00\x00", b"\x80\x00"
"""Of a text without a character."""


@dataclass(slots=True)
class _Listener:
    socket: web.WebSocketResponse
    request: web.Request
    topics: set[Topic | None] = field(default_factory=set)
    """None: the list of devices."""


class PushSockets:
    def __init__(self, rest_api: RestApi, faults: SystemApiFaults, dice: Random) -> None:
        self._rest_api = rest_api
        self._faults = faults
        self._dice = dice
        self._listeners: dict[str, _Listener] = {}
        self.opened = 0
        """WebSockets so far."""

    def routes(self) -> list[web.RouteDef]:
        device = f"{DEVICES}/{{device}}"
        tail = "subscription/{transport}"
        return [
            web.get(WEBSOCKET, self._open),
            *(
                route
                for path in (
                    f"{DEVICES}/{tail}",
                    f"{device}/{{feature}}/{tail}",
                    f"{device}/{CHANNELS}/{{channel}}/{{feature}}/{tail}",
                )
                for route in (web.post(path, self._subscribe), web.delete(path, self._unsubscribe))
            ),
        ]

    @property
    def count(self) -> int:
        """WebSockets that are open."""
        return len(self._listeners)

    @property
    def subscribed(self) -> Counter[Topic | None]:
        """How many listen to each; None is the list of devices."""
        return Counter(topic for listener in self._listeners.values() for topic in listener.topics)

    def cut(self) -> None:
        """Break them all, without a closing handshake."""
        for listener in self._listeners.values():
            if listener.request.transport is not None:
                listener.request.transport.abort()
        self._listeners.clear()

    def flood(self, count: int) -> None:
        """Send each a message of so many empty fragments, unless it does not read what was sent before."""
        fragments = _FIRST_FRAGMENT + _NEXT_FRAGMENT * count + _LAST_FRAGMENT
        for listener in self._listeners.values():
            transport = listener.request.transport
            if transport is not None and not transport.get_write_buffer_size():
                transport.write(fragments)

    async def push(self, event: Event) -> None:
        """Push to all that subscribed to it."""
        topic = None
        if event.feature is not None:
            topic = Topic(event.device_id, event.feature, event.channel_id)
        if self._faults.websocket_silent:
            return
        for transport, listener in list(self._listeners.items()):
            if topic in listener.topics:
                await self._send(transport, listener, write_event(event))

    async def push_activity(self) -> None:
        """Push the activity of every channel that is listened to; it comes changed or not."""
        for topic in [topic for topic in self.subscribed if topic and topic.feature is Feature.ACTIVITY]:
            try:
                value = self._rest_api.unit(topic.device_id).value(topic)
            except KeyError:
                continue
            await self.push(Event(topic.device_id, topic.feature, topic.channel_id, value))

    async def _send(self, transport: str, listener: _Listener, message: str) -> None:
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                await listener.socket.send_str(message)
        except (TimeoutError, ConnectionError):
            self._listeners.pop(transport, None)
            if listener.request.transport is not None:
                listener.request.transport.abort()

    async def _open(self, request: web.Request) -> web.StreamResponse:
        if self._faults.no_websocket or self.count >= MAX_SOCKETS:
            return problem_response(request, HTTPStatus.SERVICE_UNAVAILABLE, "No WebSocket")
        socket = web.WebSocketResponse(max_msg_size=1024)
        await socket.prepare(request)
        transport = f"{self._dice.getrandbits(64):016x}"
        self._listeners[transport] = _Listener(socket, request)
        self.opened += 1
        try:
            await socket.send_str(write_transport(transport))
            # Clients send nothing here but the end.
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
        finally:
            self._listeners.pop(transport, None)
        return socket

    async def _subscribe(self, request: web.Request) -> web.Response:
        self._listener(request).topics.add(self._topic(request))
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        self._listener(request).topics.discard(self._topic(request))
        return web.Response(status=HTTPStatus.NO_CONTENT)

    def _listener(self, request: web.Request) -> _Listener:
        return self._listeners[request.match_info["transport"]]

    def _topic(self, request: web.Request) -> Topic | None:
        """What is subscribed to; raises KeyError where there is no such value."""
        if "device" not in request.match_info:
            return None
        topic = topic_of(request.match_info)
        self._rest_api.unit(topic.device_id).value(topic)
        return topic
