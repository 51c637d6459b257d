"""What all WebSockets have in common: who may open one, how it is read and written, and how it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import anyio
from fastapi import WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketState

from micboard_tui.api.access import Access, Caller, check_origin
from micboard_tui.api.client_connection import connection_of
from micboard_tui.api.context import ApiContext
from micboard_tui.api.errors import ApiError
from micboard_tui.api.live.message_rate import MessageRate
from micboard_tui.api.rate_limits import Rate
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

SEND_LIMIT_S = 8.0
"""A message that is not read for so long ends the connection."""
LOGIN_EVERY_S = 3.0
"""How often it is looked whether a login still holds."""
CLOSE_LIMIT_S = 2.0
MAX_REASON_BYTES = 120
"""A close frame has room for 123."""
NOT_UNDERSTOOD: Final = 1008
FAILED: Final = 1011
LOGIN_NEEDED: Final = 4401
TOO_MANY: Final = 4429
_CODES = {
    ErrorCode.LOGIN_REFUSED: LOGIN_NEEDED,
    ErrorCode.TOO_MANY_REQUESTS: TOO_MANY,
    ErrorCode.INVALID_VALUE: NOT_UNDERSTOOD,
    ErrorCode.LOCATION_NOT_FOUND: NOT_UNDERSTOOD,
}


async def serve_socket(
    websocket: WebSocket, context: ApiContext, run: Callable[[Caller], Awaitable[None]]
) -> None:
    """Let ``run`` serve a WebSocket that may be opened.

    An ApiError closes it with the code that fits. A TimeoutError ends it at once: its client does not read.
    """
    try:
        check_origin(websocket)
    except ApiError:
        # A page of another host learns nothing, not even why.
        await websocket.close(NOT_UNDERSTOOD)
        return
    try:
        caller = await context.access.find_caller(websocket)
        context.access.limiter.check(Rate.READS, caller.key)
        with context.connections.count(caller.key):
            await run(caller)
    except ApiError as error:
        await _close(websocket, error)
    except TimeoutError:
        _abort(websocket)
    except WebSocketDisconnect:
        return


async def accept(websocket: WebSocket) -> None:
    """Begin; from now on the system keeps little for a client that does not read."""
    await websocket.accept()
    if (connection := connection_of(websocket)) is not None:
        connection.limit_send_buffer()


async def send(websocket: WebSocket, text: str) -> None:
    """Send a message. Raises TimeoutError when it is not read in time."""
    # It is half of what sending takes, and anyio's takes three times as long.
    async with asyncio.timeout(SEND_LIMIT_S):
        await websocket.send_text(text)


async def read_messages(
    websocket: WebSocket, clock: Callable[[], float], take: Callable[[str], None]
) -> None:
    """Give each message to ``take``. Raises ApiError INVALID_VALUE, and WebSocketDisconnect at the end."""
    rate = MessageRate()
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", NOT_UNDERSTOOD), message.get("reason"))
        rate.count(clock())
        text = message.get("text")
        if not isinstance(text, str):
            raise ApiError(ErrorInfo(ErrorCode.INVALID_VALUE, "Messages are text, and this one is not"))
        take(text)


async def watch_login(connection: HTTPConnection, access: Access) -> None:
    """Wait until the login ends, which may be never. Raises ApiError LOGIN_REFUSED then."""
    while True:
        await anyio.sleep(LOGIN_EVERY_S)
        await access.check_login(connection)


async def run_until_first(*parts: Callable[[], Awaitable[None]]) -> None:
    """Run all of them until the first ends, and raise what ended it."""
    endings: list[Exception] = []

    async with anyio.create_task_group() as tasks:

        async def run(part: Callable[[], Awaitable[None]]) -> None:
            try:
                await part()
            except (ApiError, WebSocketDisconnect, TimeoutError) as error:
                endings.append(error)
            tasks.cancel_scope.cancel()

        for part in parts:
            tasks.start_soon(run, part)
    if endings:
        raise endings[0]


async def _close(websocket: WebSocket, error: ApiError) -> None:
    """Close it, and say why: browsers learn that only of a connection that was accepted."""
    reason = error.info.message.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
    try:
        with anyio.fail_after(CLOSE_LIMIT_S):
            if websocket.application_state is WebSocketState.CONNECTING:
                await websocket.accept()
            await websocket.close(_CODES.get(error.info.code, FAILED), reason)
    except TimeoutError:
        _abort(websocket)
    except WebSocketDisconnect:
        return


def _abort(websocket: WebSocket) -> None:
    if (connection := connection_of(websocket)) is not None:
        connection.abort()
