"""``/data``, ``/data.json`` and the WebSocket ``/ws``, as micboard's pages and programs for it want them."""

from functools import partial

import anyio
from fastapi import APIRouter, Request, Response, WebSocket

from micboard_tui.api.access import Caller, Watcher
from micboard_tui.api.answers import answer_written
from micboard_tui.api.context import ApiContext
from micboard_tui.api.live.sockets import (
    accept,
    read_messages,
    run_until_first,
    send,
    serve_socket,
    watch_login,
)
from micboard_tui.api.live.subscription import TICK_S
from micboard_tui.api.live.written_json import dump
from micboard_tui.api.micboard.micboard_feed import MicboardFeed
from micboard_tui.api.options import DEFAULT_PORT
from micboard_tui.api.shared_reading import SharedReading
from micboard_tui.api.written_body import WrittenDocument
from micboard_tui.contracts.documents.micboard_data import micboard_document

MAX_AGE_S = 1.0


def make_router(context: ApiContext) -> APIRouter:
    """The routes, with what their clients share."""
    router = APIRouter(include_in_schema=False)
    live, feed = context.services.live, MicboardFeed(context.services.live)

    async def write_document() -> str:
        # Its page shows the port in its settings only.
        document = micboard_document(live.snapshot(), live.now(), "", DEFAULT_PORT)
        del document["url"]
        return dump(document)

    newest = SharedReading(write_document, context.clock, MAX_AGE_S)

    @router.get("/data")
    @router.get("/data.json")
    async def get_data(request: Request, _: Watcher) -> Response:
        """All receivers, a second old at most. ``url`` is as the request asked for it."""
        url = dump(str(request.base_url).rstrip("/"))
        body = f'{{"url":{url},{(await newest.read())[1:]}'.encode()
        return await answer_written(request, WrittenDocument(body))

    @router.websocket("/ws")
    async def watch_changes(websocket: WebSocket) -> None:
        """What changes, without end."""
        await serve_socket(websocket, context, partial(_serve, websocket, context, feed))

    return router


async def _serve(websocket: WebSocket, context: ApiContext, feed: MicboardFeed, _: Caller) -> None:
    await accept(websocket)
    await run_until_first(
        partial(_send_changes, websocket, context, feed),
        partial(read_messages, websocket, context.clock, _ignore),
        partial(watch_login, websocket, context.access),
    )


async def _send_changes(websocket: WebSocket, context: ApiContext, feed: MicboardFeed) -> None:
    now = context.clock()
    tick = feed.next_tick(now)
    # A page has read everything else by /data.json before.
    sent = feed.read(tick)
    while True:
        await anyio.sleep(tick * TICK_S - now)
        rack = feed.read(tick)
        if (message := feed.message_since(sent, rack)) is not None:
            await send(websocket, message)
        sent, now = rack, context.clock()
        tick = feed.next_tick(now)


def _ignore(_: str) -> None:
    """Its pages send nothing; what a program sends changes nothing."""
