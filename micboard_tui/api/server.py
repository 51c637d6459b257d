"""Listens, and serves the application until it is cancelled."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import anyio
import uvicorn
from starlette.types import ASGIApp

from micboard_tui.api.client_connection import ConnectedHttp, ConnectedWebSocket
from micboard_tui.contracts.errors import ErrorCode, StartError

Application: TypeAlias = ASGIApp
"""What answers."""
START_LIMIT_S = 10.0
"""From when the address is ours until connections are taken, which needs a few milliseconds."""
GOODBYE_S = 2
"""For what is being answered when serving ends."""
END_LIMIT_S = GOODBYE_S + 3.0
KEEP_ALIVE_S = 15
MAX_HEADER_BYTES = 32 * 1024
MAX_MESSAGE_BYTES = 64 * 1024
"""Of a WebSocket message that comes in."""
PING_S = 5.0
"""A WebSocket is asked whether its client is still there, and has as long to answer."""
UNREAD_MS = 12_000
"""What a client does not read for so long ends its connection, where the system knows how."""
MAX_CONNECTIONS = 512


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen; by TLS where both files are given."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        """Where a browser on this computer finds it."""
        scheme = "http" if self.certificate is None else "https"
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - all addresses
        return f"{scheme}://[{host}]:{self.port}/" if ":" in host else f"{scheme}://{host}:{self.port}/"


@dataclass(frozen=True, slots=True)
class Listener:
    """An address that is ours, and answers nothing yet."""

    listening: Listening
    sockets: Sequence[socket.socket]

    def close(self) -> None:
        """Give the address back, where nothing was served."""
        for each in self.sockets:
            each.close()


class _Server(uvicorn.Server):
    """Leaves signals to the program, and sets ``ready`` when it takes connections."""

    def __init__(self, config: uvicorn.Config, ready: anyio.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        with anyio.fail_after(START_LIMIT_S):
            await super().startup(sockets)
        self._ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def open_listener(listening: Listening) -> Listener:
    """Take the address. Raises StartError PORT_TAKEN, HOST_NOT_RESOLVED; CONFIG_INVALID for a certificate."""
    check_certificate(listening)
    return Listener(listening, await open_sockets(listening.host, listening.port))


async def serve(application: Application, listener: Listener, ready: anyio.Event) -> None:
    """Serve until cancelled; ``ready`` is set when connections are taken.

    Raises TimeoutError when they are not taken in time.
    """
    server = _Server(_configure(application, listener.listening), ready)
    serving = asyncio.create_task(server.serve(list(listener.sockets)), name="HTTP")
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        with anyio.CancelScope(shield=True):
            await asyncio.wait({serving}, timeout=END_LIMIT_S)
        serving.cancel()


def _configure(application: Application, listening: Listening) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.key,
        log_config=None,
        access_log=False,
        server_header=False,
        # Whom a proxy asks for must not decide who may watch without a login.
        proxy_headers=False,
        lifespan="off",
        http=ConnectedHttp,
        ws=ConnectedWebSocket,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GOODBYE_S,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
    )


def check_certificate(listening: Listening) -> None:
    """Load the certificate and its key, where there are some. Raises StartError CONFIG_INVALID."""
    if listening.certificate is None or listening.key is None:
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # Who starts with the system cannot type a password.
        context.load_cert_chain(listening.certificate, listening.key, lambda: "")
    except OSError as error:
        # ssl.SSLError is one, too.
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"The certificate {listening.certificate} or its key cannot be used ({_reason(error)})",
            hint="Give a certificate and its key as PEM, readable for this user and without a password",
        ) from error


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not PEM").replace("_", " ").lower()
    return error.strerror or str(error)


async def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen at every address of the host. Raises StartError PORT_TAKEN, HOST_NOT_RESOLVED."""
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _no_address(host, error) from error
    opened: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            opened.append(_listen(family, address))
    except OSError as error:
        for each in opened:
            each.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise _no_address(host, error) from error
        raise StartError(
            ErrorCode.PORT_TAKEN,
            f"{host}:{port} cannot be listened at ({error.strerror})",
            hint="Choose another port with --listen, or end the program that has it",
        ) from error
    return opened


def _no_address(host: str, error: OSError) -> StartError:
    return StartError(
        ErrorCode.HOST_NOT_RESOLVED,
        f"There is no address {host} on this computer ({error.strerror})",
        hint="Listen at 127.0.0.1, or at an address that `ip addr` shows",
    )


def _listen(family: int, address: tuple[str | int, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # Sockets that are accepted have it from this one.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.setblocking(False)  # noqa: FBT003 - its only argument
    except OSError:
        listener.close()
        raise
    return listener
