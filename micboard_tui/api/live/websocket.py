"""``/api/v1/live``: live updates as a WebSocket; docs/reference/live.md describes what goes over it.

Three tasks serve a connection until one of them ends: one sends what the feed has for this client, one reads
what the client wants, and one looks now and then whether its login still holds. Nothing waits between feed
and socket, so a client that reads slowly is sent the newest when it has read what came before.
"""

from functools import partial

import anyio
from fastapi import APIRouter, WebSocket

from micboard_tui import __version__
from micboard_tui.api.access import Caller, token_of
from micboard_tui.api.context import ApiContext, context_of
from micboard_tui.api.live.live_client import LiveClient
from micboard_tui.api.live.sockets import (
    accept,
    read_messages,
    run_until_first,
    send,
    serve_socket,
    watch_login,
)
from micboard_tui.api.live.subscription import (
    TICK_S,
    Subscription,
    WatchMessage,
    change_subscription,
    parse_fps,
    parse_message,
    subscribe,
)
from micboard_tui.api.live.written_json import LiveMessage, dump, write_message
from micboard_tui.contracts.documents.json_value import SCHEMA

ROUTER = APIRouter()


@ROUTER.websocket("/api/v1/live")
async def watch_live(websocket: WebSocket) -> None:
    """Everything that changes, as it changes."""
    context = context_of(websocket)
    await serve_socket(websocket, context, LiveSocket(websocket, context).run)


def write_hello(caller: Caller, subscription: Subscription, *, has_login: bool) -> LiveMessage:
    """The first message: what is served to whom."""
    user = {"name": caller.name, "permission": caller.permission.value} if has_login else None
    fps = subscription.fps
    return write_message(
        "hello",
        schema=dump(SCHEMA),
        program=dump(__version__),
        fps=dump(int(fps) if fps.is_integer() else fps),
        user=dump(user),
    )


class LiveSocket:
    """One connection."""

    def __init__(self, websocket: WebSocket, context: ApiContext) -> None:
        self._websocket, self._context = websocket, context
        self._live, self._feed = context.services.live, context.feed

    async def run(self, caller: Caller) -> None:
        """Serve it until it ends. Raises ApiError, TimeoutError, WebSocketDisconnect."""
        query = self._websocket.query_params
        subscription = subscribe(
            self._live, query.get("channels"), parse_fps(query.get("fps")), query.get("location")
        )
        client = self._feed.join(subscription, self._context.clock())
        await accept(self._websocket)
        has_login = token_of(self._websocket) is not None
        await send(self._websocket, write_hello(caller, subscription, has_login=has_login).text)
        parts = [
            partial(self._send_updates, client),
            partial(read_messages, self._websocket, self._context.clock, partial(self._take, client)),
        ]
        if has_login:
            parts.append(partial(watch_login, self._websocket, self._context.access))
        await run_until_first(*parts)

    async def _send_updates(self, client: LiveClient) -> None:
        feed, clock, websocket = self._feed, self._context.clock, self._websocket
        while True:
            now = clock()
            tick = feed.next_tick(client, now)
            await anyio.sleep(tick * TICK_S - now)
            for message in await feed.take(client, tick):
                await send(websocket, message.text)

    def _take(self, client: LiveClient, text: str) -> None:
        message = parse_message(text)
        if isinstance(message, WatchMessage):
            client.subscribe(change_subscription(client.subscription, message, self._live))
        else:
            client.ask_for_snapshot()
