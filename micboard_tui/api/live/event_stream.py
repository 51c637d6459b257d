"""``/api/v1/events/live``: live updates as server-sent events, for curl and programs without a WebSocket."""

from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Request, Response
from starlette.types import Receive, Scope, Send

from micboard_tui.api.access import Caller, Watcher, token_of
from micboard_tui.api.client_connection import PART_BYTES, connection_of
from micboard_tui.api.context import ApiContext, Context
from micboard_tui.api.errors import ApiError
from micboard_tui.api.live.sockets import CLOSE_LIMIT_S, SEND_LIMIT_S, run_until_first, watch_login
from micboard_tui.api.live.subscription import (
    DEFAULT_FPS,
    MAX_FPS,
    MAX_NAME,
    MIN_FPS,
    TICK_S,
    Subscription,
    subscribe,
)
from micboard_tui.api.live.websocket import write_hello
from micboard_tui.api.live.written_json import LiveMessage
from micboard_tui.api.middleware import IS_HEAD

MAX_CHANNELS_TEXT = 16_000
"""Characters; an address with more is refused by the server before."""
RETRY = b"retry: 2000\n\n"
"""Milliseconds after which a browser connects again."""
_HEADERS = {
    "Cache-Control": "no-store",
    # A proxy is not to collect events before it passes them on.
    "X-Accel-Buffering": "no",
}

ROUTER = APIRouter(tags=["live"])


@ROUTER.get(
    "/api/v1/events/live",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events, without end"}},
)
async def stream_live(
    request: Request,
    context: Context,
    caller: Watcher,
    channels: Annotated[
        str | None,
        Query(
            max_length=MAX_CHANNELS_TEXT,
            description="`DEVICE_ID/NUMBER`, more of them with commas, or `all`.",
        ),
    ] = None,
    fps: Annotated[
        float, Query(ge=MIN_FPS, le=MAX_FPS, description="How often in a second meters come.")
    ] = DEFAULT_FPS,
    location: Annotated[
        str | None, Query(max_length=MAX_NAME, description="Only devices at it and below: its id or name.")
    ] = None,
) -> Response:
    """Live updates as server-sent events. The messages of `/api/v1/live` as `event: TYPE`, `data: JSON`."""
    subscription = subscribe(context.services.live, channels, fps, location)
    return EventStream(request, context, caller, subscription)


class EventStream(Response):
    """An answer that ends when the client goes, its login ends, or it does not read."""

    def __init__(
        self, request: Request, context: ApiContext, caller: Caller, subscription: Subscription
    ) -> None:
        super().__init__(headers=_HEADERS, media_type="text/event-stream")
        del self.headers["content-length"]
        self._request, self._context, self._caller = request, context, caller
        self._subscription = subscription
        self._connection = connection_of(request)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if IS_HEAD in scope:
            await self._begin(send)
            await _end(send)
            return
        context = self._context
        with context.connections.count(self._caller.key):
            parts = [partial(self._send_events, send), partial(_wait_for_end, receive)]
            if token_of(self._request) is not None:
                parts.append(partial(watch_login, self._request, context.access))
            try:
                await run_until_first(*parts)
            except TimeoutError:
                if self._connection is not None:
                    self._connection.abort()
                return
            except ApiError:
                # The status was sent long ago: a client that connects again gets the error.
                pass
        await _end(send)

    async def _begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _send_events(self, send: Send) -> None:
        context, connection = self._context, self._connection
        if connection is not None:
            connection.limit_send_buffer()
        client = context.feed.join(self._subscription, context.clock())
        await self._begin(send)
        has_login = token_of(self._request) is not None
        hello = write_hello(self._caller, self._subscription, has_login=has_login)
        await _send_part(send, RETRY + _write_event(hello))
        while connection is None or not connection.is_ending:
            now = context.clock()
            tick = context.feed.next_tick(client, now)
            await anyio.sleep(tick * TICK_S - now)
            for message in await context.feed.take(client, tick):
                await _send_part(send, _write_event(message))


def _write_event(message: LiveMessage) -> bytes:
    return f"event: {message.type}\ndata: {message.text}\n\n".encode()


async def _send_part(send: Send, event: bytes) -> None:
    """Send an event. Raises TimeoutError when it is not read in time."""
    with anyio.fail_after(SEND_LIMIT_S):
        for start in range(0, len(event), PART_BYTES):
            body = event[start : start + PART_BYTES]
            await send({"type": "http.response.body", "body": body, "more_body": True})


async def _end(send: Send) -> None:
    with anyio.move_on_after(CLOSE_LIMIT_S):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _wait_for_end(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
