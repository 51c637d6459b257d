"""On loopback: a web server that shows a certificate nobody signed, and anything else that listens."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trustme
from aiohttp import web

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HOST = "127.0.0.1"


@dataclass
class Server:
    """Remembers what it was sent."""

    port: int = 0
    heard: list[dict[str, str]] = field(default_factory=list)
    """The headers of every request, lower-case names."""


@asynccontextmanager
async def serving(handler: Handler, *, tls: bool = True, port: int = 0) -> AsyncGenerator[Server]:
    server = Server()

    async def answer(request: web.Request) -> web.StreamResponse:
        server.heard.append({name.lower(): value for name, value in request.headers.items()})
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port, ssl_context=_context() if tls else None).start()
        server.port = runner.addresses[0][1]
        yield server
    finally:
        await runner.cleanup()


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST).configure_cert(context)
    return context


@asynccontextmanager
async def serving_stream(serve: Serve) -> AsyncGenerator[int]:
    """The port of something that speaks TCP."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(handle, HOST, 0) as listening:
        yield listening.sockets[0].getsockname()[1]
