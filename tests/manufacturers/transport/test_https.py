import asyncio
import gc

import anyio
import httpx
import pytest
from aiohttp import WSMsgType, web
from httpx_ws import AsyncWebSocketSession, aconnect_ws

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access
from micboard_tui.domain.fingerprint import format_fingerprint
from micboard_tui.manufacturers.transport.http_errors import (
    credentials_error,
    require_secret,
    translate_errors,
)
from micboard_tui.manufacturers.transport.https import (
    MAX_BODY_BYTES,
    Peer,
    address_of,
    ask,
    fetch_fingerprint,
    fingerprint_of,
    open_client,
)
from tests.fakes.links import UNHURRIED_S
from tests.manufacturers.servers import HOST, serving, serving_stream

pytestmark = pytest.mark.integration

AUTH = httpx.BasicAuth("api", "S3cret!Pass")


async def hello(request: web.Request) -> web.StreamResponse:
    return web.json_response({"path": request.path})


async def failure(peer: Peer, path: str = "/x", timeout_s: float = 2) -> DeviceError:
    with pytest.raises(DeviceError) as raised:
        async with open_client(peer, timeout_s, auth=AUTH) as client:
            await ask(client, "GET", path)
    return raised.value


async def test_the_accepted_certificate_lets_us_in_with_our_secret() -> None:
    async with serving(hello) as server:
        accepted = await fetch_fingerprint(HOST, server.port, 2)
        assert server.heard == []
        async with open_client(Peer(HOST, server.port, accepted), 2, auth=AUTH) as client:
            answer = await ask(client, "PUT", "/x", json={"a": 1})

    assert (answer.status, answer.body) == (200, b'{"path": "/x"}')
    assert server.heard[0]["authorization"].startswith("Basic ")
    assert server.heard[0]["content-type"] == "application/json"


async def test_without_an_accepted_certificate_nothing_is_sent_and_the_one_shown_is_told() -> None:
    async with serving(hello) as server:
        shown = await fetch_fingerprint(HOST, server.port, 2)
        error = await failure(Peer(HOST, server.port))

    assert error.code is ErrorCode.CERTIFICATE_UNKNOWN
    assert error.info.details["fingerprint"] == shown
    assert format_fingerprint(shown) in error.info.message
    assert error.info.hint.endswith(f"micboard-tui devices trust {HOST}:{server.port}")
    assert server.heard == []


@pytest.mark.no_cover
async def test_a_changed_certificate_is_told_and_the_new_peer_never_sees_our_secret() -> None:
    async with serving(hello) as first:
        accepted = await fetch_fingerprint(HOST, first.port, 2)
        async with open_client(Peer(HOST, first.port, accepted), 2, auth=AUTH) as client:
            await ask(client, "GET", "/x")
    async with serving(hello, port=first.port) as stranger:
        error = await failure(Peer(HOST, stranger.port, accepted))
        shown = await fetch_fingerprint(HOST, stranger.port, 2)

    assert error.code is ErrorCode.CERTIFICATE_CHANGED
    assert error.info.details == {"fingerprint": shown, "accepted": accepted}
    assert "authorization" in first.heard[0]
    assert stranger.heard == []


async def test_a_change_while_connected_is_noticed_by_the_next_connection() -> None:
    async with serving(hello) as first:
        accepted = await fetch_fingerprint(HOST, first.port, 2)
        client_of = open_client(Peer(HOST, first.port, accepted), 2, auth=AUTH)
        client = await client_of.__aenter__()
        await ask(client, "GET", "/x")
    async with serving(hello, port=first.port) as stranger:
        with pytest.raises(DeviceError) as raised:
            await ask(client, "GET", "/x")
        await client_of.__aexit__(None, None, None)

    assert raised.value.code is ErrorCode.CERTIFICATE_CHANGED
    assert stranger.heard == []


async def test_websockets_work_on_the_same_client_and_are_pinned_too() -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(message.data[::-1])
                await socket.close()
        return socket

    async with serving(echo) as server:
        accepted = await fetch_fingerprint(HOST, server.port, 2)
        async with (
            open_client(Peer(HOST, server.port, accepted), 2) as client,
            aconnect_ws("/ws", client, session_class=AsyncWebSocketSession) as ws,
        ):
            await ws.send_text("abc")
            assert await ws.receive_text() == "cba"
        with pytest.raises(DeviceError) as raised:
            async with (
                open_client(Peer(HOST, server.port, "0" * 64), 2) as client,
                aconnect_ws("/ws", client, session_class=AsyncWebSocketSession),
            ):
                pass

    assert raised.value.code is ErrorCode.CERTIFICATE_CHANGED


async def test_plain_http_has_no_certificate_to_compare() -> None:
    async with (
        serving(hello, tls=False) as server,
        open_client(Peer(HOST, server.port, scheme="http"), 2, headers={"x-api-key": "k"}) as client,
    ):
        assert (await ask(client, "GET", "/x")).status == 200
        assert address_of(client) == f"{HOST}:{server.port}"

    assert server.heard[0]["x-api-key"] == "k"


async def test_no_redirect_is_followed_and_no_cookie_kept() -> None:
    async def elsewhere(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/y", "Set-Cookie": f"a{request.path[1:]}=1"})

    async with (
        serving(elsewhere, tls=False) as server,
        open_client(Peer(HOST, server.port, scheme="http"), 2) as client,
    ):
        assert (await ask(client, "GET", "/x")).status == 302
        assert (await ask(client, "GET", "/z")).status == 302
        assert len(client.cookies) == 0

    assert len(server.heard) == 2
    assert "cookie" not in server.heard[1]


async def test_a_body_without_an_end_is_given_up() -> None:
    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(MAX_BODY_BYTES // 65536 + 2):
            await response.write(b"x" * 65536)
        return response

    async with serving(flood, tls=False) as server:
        error = await failure(Peer(HOST, server.port, scheme="http"))

    assert error.code is ErrorCode.API_ERROR
    assert str(MAX_BODY_BYTES) in str(error)


async def test_a_compressed_body_is_not_unfolded() -> None:
    async def zipped(request: web.Request) -> web.StreamResponse:
        response = web.Response(body=b"x" * 500_000)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async with (
        serving(zipped, tls=False) as server,
        open_client(Peer(HOST, server.port, scheme="http"), 2) as client,
    ):
        answer = await ask(client, "GET", "/x")

    assert len(answer.body) < 10_000
    assert server.heard[0]["accept-encoding"] == "identity"


async def test_a_device_that_takes_the_question_and_never_answers_is_silent() -> None:
    async def sleep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with serving_stream(sleep) as port:
        error = await failure(Peer(HOST, port, scheme="http"), timeout_s=0.1)

    assert error.code is ErrorCode.DEVICE_SILENT


async def test_a_drip_of_an_answer_has_a_limit_as_a_whole() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await anyio.sleep(0.02)

    async with serving_stream(drip) as port:
        error = await failure(Peer(HOST, port, scheme="http"), timeout_s=0.1)

    assert error.code is ErrorCode.DEVICE_SILENT


async def test_a_server_that_never_shakes_hands_does_not_answer() -> None:
    async def sleep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with serving_stream(sleep) as port:
        # On a busy machine even a connection to itself may take a tenth of a second.
        error = await failure(Peer(HOST, port), timeout_s=0.7)
        with pytest.raises(DeviceError) as raised:
            await fetch_fingerprint(HOST, port, 0.7)

    assert error.code is raised.value.code is ErrorCode.DEVICE_UNREACHABLE


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"", ErrorCode.DEVICE_UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", ErrorCode.DEVICE_UNREACHABLE),
        (b"< REP ERR >\r\n\r\n", ErrorCode.API_ERROR),
        (b"\x00\xff\x1b[2J" * 1000, ErrorCode.API_ERROR),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000, ErrorCode.API_ERROR),
    ],
    ids=["hangs up", "cut short", "another protocol", "rubbish", "headers without an end"],
)
async def test_what_is_no_answer_is_told_as_what_it_is(said: bytes, code: ErrorCode) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10_000)
        writer.write(said)
        await writer.drain()

    async with serving_stream(say) as port:
        error = await failure(Peer(HOST, port, scheme="http"))

    assert error.code is code
    assert error.info.hint


async def test_a_port_without_tls_is_told_as_such() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with serving_stream(say) as port:
        error = await failure(Peer(HOST, port))
        with pytest.raises(DeviceError) as raised:
            await fetch_fingerprint(HOST, port, 2)

    assert error.code is raised.value.code is ErrorCode.API_ERROR
    assert "TLS" in str(error)


@pytest.mark.parametrize(
    ("host", "code"),
    [
        (HOST, ErrorCode.DEVICE_REFUSED),
        ("nowhere.invalid", ErrorCode.HOST_NOT_RESOLVED),
        ("a..b", ErrorCode.HOST_NOT_RESOLVED),
        ("[::1", ErrorCode.HOST_NOT_RESOLVED),
    ],
)
async def test_an_address_where_nobody_is_says_why(host: str, code: ErrorCode, unused_tcp_port: int) -> None:
    error = await failure(Peer(host, unused_tcp_port))
    with pytest.raises(DeviceError) as raised:
        await fetch_fingerprint(host, unused_tcp_port, 2)

    assert error.code is code
    assert raised.value.code is code


async def test_an_address_out_of_reach_says_what_the_system_says() -> None:
    with pytest.raises(DeviceError) as raised, translate_errors("10.0.0.1:443"):
        raise OSError(113, "No route to host")

    assert raised.value.code is ErrorCode.DEVICE_UNREACHABLE
    assert "No route to host" in str(raised.value)


def test_a_secret_is_needed_before_anything_is_sent() -> None:
    with pytest.raises(DeviceError) as raised:
        require_secret(Access(), "password", "10.0.0.1:443")

    assert raised.value.code is ErrorCode.CREDENTIALS_NEEDED
    assert "secrets set" in raised.value.info.hint


@pytest.mark.parametrize("secret", ["a\nb", "pässword", "a\x00b"])
def test_a_secret_that_cannot_be_sent_is_not_quoted(secret: str) -> None:
    with pytest.raises(DeviceError) as raised:
        require_secret(Access(secret=secret), "API key", "10.0.0.1:443")

    assert raised.value.code is ErrorCode.CREDENTIALS_NEEDED
    assert secret not in str(raised.value.info)


def test_a_secret_that_can_be_sent_is_handed_over() -> None:
    assert require_secret(Access(secret="S3cret!Pass"), "API key", "x") == "S3cret!Pass"  # noqa: S106


def test_401_and_403_are_refusals_and_nothing_else_is() -> None:
    for status in (401, 403):
        error = credentials_error(status, "10.0.0.1:443", "the password of the user api")
        assert error is not None
        assert error.code is ErrorCode.CREDENTIALS_REFUSED
        assert "user api" in str(error)
    assert credentials_error(404, "10.0.0.1:443", "the API key") is None


def test_a_fingerprint_reads_as_browsers_show_it() -> None:
    assert format_fingerprint("00ffa1") == "00:FF:A1"
    assert fingerprint_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


async def test_a_handshake_that_is_cancelled_leaves_no_connection() -> None:
    ended = anyio.Event()

    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    gc.disable()
    try:
        async with (
            serving_stream(say_nothing) as port,
            open_client(Peer(HOST, port, "0" * 64), 5.0) as client,
        ):
            with anyio.move_on_after(0.2) as cut:
                await ask(client, "GET", "/x")
            assert cut.cancelled_caught
            with anyio.fail_after(UNHURRIED_S):
                await ended.wait()
    finally:
        gc.enable()
