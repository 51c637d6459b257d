"""HTTPS with devices that sign their certificates themselves: only what the user accepted counts.

Nothing is sent to a peer before its certificate was compared, so a secret never reaches another machine.
Bounded in everything: no redirects, no proxies, no cookies, a limit to every wait and every body.
"""

import hashlib
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import anyio
import httpcore
import httpx
from anyio.streams.tls import TLSAttribute, TLSStream

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.wire import DIRECT, Wire
from micboard_tui.domain.fingerprint import format_fingerprint
from micboard_tui.manufacturers.transport.http_errors import translate_errors
from micboard_tui.manufacturers.transport.link import resolution_error
from micboard_tui.manufacturers.transport.name_resolver import NAMES, is_literal

MAX_BODY_BYTES = 1024 * 1024
MAX_CONNECTIONS = 4
"""With one device: an event stream, a question, and one more that is just closing."""
STEPS = 2
"""Connecting and answering; each may take the client's whole timeout."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Peer:
    """The address of a device or server, and how it proves its identity."""

    host: str
    port: int
    fingerprint: str | None = None
    """SHA-256 of the certificate that the user accepted, lower-case hex."""
    scheme: str = "https"
    """With ``http`` there is no certificate to compare, and nothing is secret."""

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


@asynccontextmanager
async def open_client(
    peer: Peer,
    timeout_s: float,
    *,
    auth: httpx.Auth | None = None,
    headers: Mapping[str, str] | None = None,
    wire: Wire = DIRECT,
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client for one peer; paths are relative to it. Connects when the first request is made.

    ``wire`` may record what passes, or answer in place of the peer.

    Requests raise DeviceError CERTIFICATE_UNKNOWN or CERTIFICATE_CHANGED before anything is sent;
    wrap them in ``translate_errors`` for the rest, or use ``ask``.
    """
    try:
        base = httpx.URL(scheme=peer.scheme, host=peer.host, port=peer.port)
    except httpx.InvalidURL as error:
        raise resolution_error(peer.host) from error
    async with (
        _open_transport(peer, wire) as transport,
        httpx.AsyncClient(
            base_url=base,
            transport=transport,
            auth=auth,
            # A compressed body could unfold to any size.
            headers={"accept-encoding": "identity", **(headers or {})},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
            event_hooks={"request": [_close_when_cancelled]},
        ) as client,
    ):
        yield client


async def ask(client: httpx.AsyncClient, method: str, path: str, *, json: object = None) -> Answer:
    """One request and its whole answer, whatever its status.

    Raises DeviceError as ``translate_errors`` does, API_ERROR also when the body has no end.
    """
    body = bytearray()
    limit_s = client.timeout.connect
    with translate_errors(address_of(client)), anyio.fail_after(limit_s and STEPS * limit_s):
        async with client.stream(method, path, json=json) as response:
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise DeviceError(
                        ErrorCode.API_ERROR,
                        f"{address_of(client)} answers {path} with more than {MAX_BODY_BYTES} bytes",
                        hint=hints.CHECK_ADDRESS,
                    )
            return Answer(response.status_code, bytes(body))


def address_of(client: httpx.AsyncClient) -> str:
    """Where ``client`` connects to, for messages."""
    return address_in(client.base_url)


def address_in(url: httpx.URL) -> str:
    """The host and the port of ``url``, for messages."""
    return f"{url.host}:{url.port or {'http': 80}.get(url.scheme, 443)}"


async def fetch_fingerprint(host: str, port: int, timeout_s: float) -> str:
    """SHA-256 of the certificate that is shown at an address, as lower-case hex. Sends nothing.

    Raises DeviceError as ``translate_errors`` does.
    """
    return fingerprint_of(await fetch_certificate(host, port, timeout_s))


async def fetch_certificate(host: str, port: int, timeout_s: float) -> bytes:
    """The certificate that is shown at an address, in DER form. Raises as ``fetch_fingerprint``."""
    address = f"{host}:{port}"
    with translate_errors(address, while_connecting=True), anyio.fail_after(timeout_s):
        address = (await NAMES.find_addresses(host, port, socket.SOCK_STREAM, timeout_s))[0][4][0]
        async with await anyio.connect_tcp(str(address), port) as stream:
            secured = await TLSStream.wrap(
                stream, hostname=host, ssl_context=_make_unverified_context(), standard_compatible=False
            )
            return secured.extra(TLSAttribute.peer_certificate_binary) or b""  # noqa: S610 - no SQL


def fingerprint_of(certificate: bytes | None) -> str:
    """SHA-256 of a certificate in DER form, as lower-case hex."""
    return hashlib.sha256(certificate or b"").hexdigest()


@asynccontextmanager
async def _open_transport(peer: Peer, wire: Wire) -> AsyncGenerator[httpx.AsyncBaseTransport]:
    def make_transport() -> httpx.AsyncBaseTransport:
        return _ResolvingTransport(
            verify=_make_pinning_context(peer),
            limits=httpx.Limits(max_connections=MAX_CONNECTIONS),
            trust_env=False,
        )

    if wire is DIRECT:
        yield make_transport()
        return
    from micboard_tui.manufacturers.transport.http_wire import open_transport  # noqa: PLC0415 - slow to load, seldom needed

    async with open_transport(wire, peer.host, peer.port, make_transport) as transport:
        yield transport


class _ResolvingTransport(httpx.AsyncHTTPTransport):
    """Connects to the address of a name, which is looked up once and again after each failure."""

    _address: str | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if is_literal(host):
            return await super().handle_async_request(request)
        if self._address is None:
            found = await NAMES.find_addresses(host, request.url.port or 443, socket.SOCK_STREAM)
            self._address = str(found[0][4][0])
        # The headers name the host already, and the certificate is compared by itself.
        numeric = httpx.Request(
            request.method,
            request.url.copy_with(host=self._address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        try:
            return await super().handle_async_request(numeric)
        except httpx.TransportError:
            self._address = None
            raise


async def _close_when_cancelled(request: httpx.Request) -> None:
    """Close a connection whose handshake is cancelled, which httpcore leaves to the garbage collector."""
    connected: httpcore.AsyncNetworkStream | None = None

    async def follow(event: str, info: Mapping[str, Any]) -> None:
        nonlocal connected
        if event == "connection.connect_tcp.complete":
            connected = info["return_value"]
        elif event == "connection.start_tls.failed" and connected is not None:
            with anyio.CancelScope(shield=True):
                await connected.aclose()

    request.extensions = {**request.extensions, "trace": follow}


def _make_pinning_context(peer: Peer) -> ssl.SSLContext:
    """A context whose handshakes fail unless the peer shows the certificate that was accepted.

    ``sslobject_class`` is the standard library's hook into a handshake. It runs in every connection: nothing
    can be written before it has returned.
    """

    class Pinned(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            _compare(peer, fingerprint_of(self.getpeercert(binary_form=True)))

    context = _make_unverified_context()
    context.sslobject_class = Pinned
    return context


def _make_unverified_context() -> ssl.SSLContext:
    """For certificates that no authority signed: the caller compares them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _compare(peer: Peer, shown: str) -> None:
    if peer.fingerprint is None:
        raise DeviceError(
            ErrorCode.CERTIFICATE_UNKNOWN,
            f"{peer.address} shows a certificate that was not accepted yet: {format_fingerprint(shown)}",
            hint=f"If it is the device's own, accept it: micboard-tui devices trust {peer.address}",
            fingerprint=shown,
        )
    if shown != peer.fingerprint:
        raise DeviceError(
            ErrorCode.CERTIFICATE_CHANGED,
            f"{peer.address} shows another certificate than the one that was accepted: "
            f"{format_fingerprint(shown)}",
            hint="After a reset or an exchange of the device, accept it: "
            f"micboard-tui devices trust {peer.address}. Otherwise the connection may be intercepted",
            fingerprint=shown,
            accepted=peer.fingerprint,
        )
