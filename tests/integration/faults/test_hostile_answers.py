"""Devices whose answers are meant to do harm, over real sockets: each is named, and memory is bounded."""

import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest
from aiohttp import web

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, SessionOptions
from micboard_tui.manufacturers.sennheiser.sscv2.driver import make_sscv2_driver
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.shure.system_api.driver import make_system_api_driver
from micboard_tui.manufacturers.transport.https import Peer, fetch_fingerprint
from tests.fakes.driver_runs import ReportCollector
from tests.manufacturers.sennheiser.sscv2.test_unexpected_answers import odd
from tests.manufacturers.servers import HOST, Handler, serving

pytestmark = [pytest.mark.integration, pytest.mark.no_cover]

Write = Callable[[web.StreamResponse], Awaitable[None]]
SESSIONS = "/api/ssc/state/subscriptions"
"""Where SSCv2 devices stream their events."""
GIVEN_UP_S = 10.0
MOST_MEMORY_KB = 25_000
"""kB that an answer may add at any moment, what this test sends of it included."""
BOMB = gzip.compress(b"[" + b" " * 50_000_000 + b"]")


def repeating(piece: bytes, times: int = 1_000_000, begin: bytes = b"") -> Write:
    """Sends that, a piece at a time, as long as it is taken."""

    async def write(response: web.StreamResponse) -> None:
        await response.write(begin)
        for _ in range(times):
            await response.write(piece)

    return write


BODIES: dict[str, Write] = {
    "an endless body": repeating(b" " * 65536),
    "40 MB of JSON": repeating(b"x" * 65536, 600, b'{"name":"'),
    "JSON 100,000 deep": repeating(b"[" * 50_000, 2),
    "a number of a million digits": repeating(b"9" * 100_000, 10),
}
STREAMS: dict[str, Write] = {
    "an event without an end": repeating(b"x" * 65536, begin=b"event:message\ndata:"),
    "an event of 40 MB": repeating(b"data:" + b"[" * 65530 + b"\n", 600, b"event:message\n"),
}


def answering(write: Write, *, headers: dict[str, str] | None = None, stream: Write | None = None) -> Handler:
    """``stream``: what the stream of events is; None: an answer as all others are."""

    async def answer(request: web.Request) -> web.StreamResponse:
        is_stream = stream is not None and request.path == SESSIONS
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"} if is_stream else headers)
        await response.prepare(request)
        await (stream if stream is not None and is_stream else write)(response)
        return response

    return answer


def drivers(port: int, fingerprint: str) -> dict[str, SessionDriver]:
    access = Access(secret="S3cret!Pass", fingerprint=fingerprint)  # noqa: S106 - made up
    options = SessionOptions(None, connect_timeout_s=1.0, access=access)
    return {
        "sscv2": make_sscv2_driver(HOST, port, options),
        "system-api": make_system_api_driver(Peer(HOST, port, fingerprint), options),
    }


async def failure(handler: Handler, driver: str, report: ReportCollector) -> DeviceError:
    async with serving(handler) as server:
        shown = await fetch_fingerprint(HOST, server.port, 2)
        with anyio.fail_after(GIVEN_UP_S), pytest.raises(DeviceError) as raised:
            await drivers(server.port, shown)[driver].run(report)
    return raised.value


def most_memory_kb() -> int:
    """The most that this process has had since that was last forgotten."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def forget_most_memory() -> int:
    """From now on only what comes counts; what it has now."""
    Path("/proc/self/clear_refs").write_text("5")
    return most_memory_kb()


async def opened(response: web.StreamResponse) -> None:
    """A stream of events that is well."""
    await response.write(b'event:open\ndata:{"sessionUUID":"ab-1"}\n\n')
    await anyio.sleep(GIVEN_UP_S)


async def check(handler: Handler, driver: str) -> DeviceError:
    report, memory_kb = ReportCollector(), forget_most_memory()
    error = await failure(handler, driver, report)
    assert error.code is ErrorCode.API_ERROR
    assert error.info.hint
    assert most_memory_kb() - memory_kb < MOST_MEMORY_KB
    return error


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("driver", ["sscv2", "system-api"])
async def test_an_answer_that_is_too_much_is_given_up(driver: str, body: str) -> None:
    await check(answering(BODIES[body], stream=opened), driver)


@pytest.mark.parametrize("stream", STREAMS)
async def test_a_stream_of_events_that_is_too_much_is_given_up(stream: str) -> None:
    error = await check(odd(STREAMS[stream]), "sscv2")
    assert "event without an end" in str(error)


@pytest.mark.parametrize("driver", ["sscv2", "system-api"])
async def test_a_packed_answer_is_not_unpacked(driver: str) -> None:
    await check(answering(repeating(BOMB, 1), headers={"Content-Encoding": "gzip"}, stream=opened), driver)


@pytest.mark.parametrize("driver", ["sscv2", "system-api"])
async def test_nobody_is_asked_to_whom_a_device_points(driver: str) -> None:
    async with serving(answering(repeating(b"{}", 1))) as elsewhere:

        async def point(_: web.Request) -> web.StreamResponse:
            return web.Response(status=307, headers={"Location": f"https://{HOST}:{elsewhere.port}/"})

        await check(point, driver)
    assert elsewhere.heard == []
