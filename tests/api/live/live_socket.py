"""WebSockets of the API through ASGI, without a socket."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import httpx
from httpx_ws import AsyncWebSocketSession, WebSocketDisconnect, aconnect_ws
from httpx_ws.transport import ASGIWebSocketTransport

from tests.api.conftest import ServedRig

ADDRESS = "ws://127.0.0.1:8642"


@asynccontextmanager
async def connect(
    served: ServedRig,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    address: str = "127.0.0.1",
    path: str = "/api/v1/live",
) -> AsyncGenerator[AsyncWebSocketSession]:
    transport = ASGIWebSocketTransport(served.application, client=(address, 40000))
    socket: AsyncWebSocketSession
    async with (
        httpx.AsyncClient(transport=transport) as client,
        aconnect_ws(
            f"{ADDRESS}{path}{query}",
            client,
            headers=dict(headers or {}),
            keepalive_ping_interval_seconds=None,
        ) as socket,
    ):
        yield socket


async def closing_of(socket: AsyncWebSocketSession) -> tuple[int, str | None]:
    """Read until it is closed: code and reason."""
    try:
        while True:
            await socket.receive_text(timeout=30)
    except WebSocketDisconnect as closed:
        return closed.code, closed.reason
