"""Live updates through sockets: the client of the documentation, an event stream, and who does not read."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest

from micboard_tui.api.server import Listening, open_listener, serve
from tests.api.conftest import ServedRig, make_rig, serve_rig
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.integration
DOCUMENT = Path(__file__).parents[3] / "docs/reference/live.md"
HOST = "127.0.0.1"
GONE_AFTER_S = 15.0
HANDSHAKE = (
    b"GET /api/v1/live?channels=all&fps=10 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@asynccontextmanager
async def listen(served: ServedRig) -> AsyncGenerator[int]:
    """Serve the application at a port that is free."""
    listener = await open_listener(Listening(HOST, 0))
    ready = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serve, served.application, listener, ready)
        await ready.wait()
        yield listener.sockets[0].getsockname()[1]
        tasks.cancel_scope.cancel()


async def test_the_python_client_of_the_documentation_prints_what_comes() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(r"<!-- test: begin -->\n```python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    async with serve_rig(make_rig(), clock=loop_time) as served, listen(served) as port:
        environment = {**os.environ, "MICBOARD_URL": f"http://{HOST}:{port}"}
        client = await asyncio.create_subprocess_exec(
            sys.executable, "-c", found[1], env=environment, stdout=asyncio.subprocess.PIPE
        )
        assert client.stdout is not None
        lines = [await client.stdout.readline() for _ in range(3)]
        client.terminate()
        await client.communicate()
    assert lines == [b"hello 0\n", b"snapshot 3\n", b"meters 3\n"]


async def test_an_event_stream_comes_as_it_is_sent_and_ends_with_the_program() -> None:
    async with (
        serve_rig(make_rig(), clock=loop_time) as served,
        httpx.AsyncClient() as client,
        listen(served) as port,
        client.stream("GET", f"http://{HOST}:{port}/api/v1/events/live?channels=all") as answer,
    ):
        events = [line async for line in _first_events(answer, 3)]
    assert events == ["event: hello", "event: snapshot", "event: meters"]


async def _first_events(answer: httpx.Response, count: int) -> AsyncGenerator[str]:
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            yield line
            count -= 1
        if not count:
            return


@pytest.mark.virtual_time
async def test_a_client_that_stops_reading_is_gone_soon() -> None:
    async with serve_rig(make_rig(), clock=loop_time) as served, listen(served) as port:
        with socket.create_connection((HOST, port)) as client:
            client.sendall(HANDSHAKE)
            await anyio.sleep(GONE_AFTER_S)
            client.setblocking(False)
            with pytest.raises((ConnectionResetError, EOFError)):
                _read_to_the_end(client)


def _read_to_the_end(client: socket.socket) -> None:
    """Raises BlockingIOError when it is still open."""
    while client.recv(1 << 20):
        pass
    raise EOFError
