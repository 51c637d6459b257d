import json
from collections.abc import AsyncGenerator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from micboard_tui.api.live.sockets import LOGIN_EVERY_S, SEND_LIMIT_S
from micboard_tui.api.options import ApiOptions, RateLimits
from micboard_tui.domain.observation import MetersHeard
from tests.api.conftest import WATCH, ServedRig, make_rig, serve_rig
from tests.fakes.virtual_time import loop_time
from tests.tui.scripted_rig import METERS

pytestmark = pytest.mark.virtual_time
Message = MutableMapping[str, Any]


class Stream:
    """One request for the event stream, as a server makes it; what comes is read as it comes."""

    def __init__(self, served: ServedRig, query: str, headers: Mapping[str, str]) -> None:
        self._application = served.application
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/v1/events/live",
            "raw_path": b"/api/v1/events/live",
            "root_path": "",
            "scheme": "http",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 40000),
            "server": ("127.0.0.1", 8642),
        }
        self._sent, self._received = anyio.create_memory_object_stream[Message](0)
        self._ended = anyio.Event()
        self._buffer = ""
        self.start: Mapping[str, Any] = {}

    async def serve(self) -> None:
        with self._sent:
            await self._application(self._scope, self._receive, self._sent.send)

    async def open(self) -> None:
        self.start = await self._received.receive()

    async def read(self) -> tuple[str, dict[str, Any]]:
        """The next event."""
        while "\n\n" not in self._buffer:
            message = await self._received.receive()
            self._buffer += message["body"].decode()
        event, _, self._buffer = self._buffer.partition("\n\n")
        if event.startswith("retry: "):
            return await self.read()
        kind, data = event.splitlines()
        return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))

    async def end(self) -> None:
        """Read until it ends."""
        async for message in self._received:
            if not message.get("more_body", False):
                return

    def leave(self) -> None:
        self._ended.set()

    def close(self) -> None:
        self._received.close()

    async def _receive(self) -> Message:
        await self._ended.wait()
        return {"type": "http.disconnect"}


@asynccontextmanager
async def open_stream(
    served: ServedRig, query: str = "", headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Stream]:
    stream = Stream(served, query, {"Host": "127.0.0.1:8642", **(headers or {})})
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stream.serve)
        await stream.open()
        yield stream
        stream.leave()
    stream.close()


@pytest.mark.no_cover
async def test_events_are_the_messages_of_the_websocket() -> None:
    async with (
        serve_rig(make_rig(), clock=loop_time) as served,
        open_stream(served, "channels=all&fps=10&location=Main%20Stage", WATCH) as stream,
    ):
        assert stream.start["status"] == 200
        headers = dict(stream.start["headers"])
        assert headers[b"content-type"].startswith(b"text/event-stream")
        assert b"content-length" not in headers
        kind, hello = await stream.read()
        assert (kind, hello["type"], hello["user"]["name"]) == ("hello", "hello", "Walter")
        kind, snapshot = await stream.read()
        assert kind == snapshot["type"] == "snapshot"
        assert [device["name"] for device in snapshot["devices"]] == ["Rack A", "Spare rack"]
        assert (await stream.read())[0] == "meters"
        served.rig.report(1, MetersHeard(2, METERS._replace(rf_dbm=-70.0)))
        kind, meters = await stream.read()
        assert (kind, meters["rows"][0][:3]) == ("meters", ["rack-1", 2, -70.0])


async def test_a_login_that_ends_ends_the_stream() -> None:
    async with (
        serve_rig(make_rig(), clock=loop_time) as served,
        open_stream(served, headers=WATCH) as stream,
    ):
        await served.rig.users.revoke_token("1", actor="Carla")
        with anyio.fail_after(LOGIN_EVERY_S + 1):
            await stream.end()


async def test_a_stream_that_is_not_read_ends() -> None:
    async with (
        serve_rig(make_rig(), ApiOptions(rates=RateLimits(live_connections=1)), clock=loop_time) as served,
        open_stream(served) as unread,
    ):
        await unread.read()
        async with open_stream(served) as refused:
            assert refused.start["status"] == 429
            await refused.end()
        await anyio.sleep(SEND_LIMIT_S + 3)
        async with open_stream(served) as again:
            assert again.start["status"] == 200


async def test_head_gets_the_headers_and_ends(served: ServedRig) -> None:
    answer = await served.client.head("/api/v1/events/live")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_a_query_that_is_not_possible_is_refused(served: ServedRig) -> None:
    get = served.client.get
    assert (await get("/api/v1/events/live?fps=11")).status_code == 422
    assert (await get("/api/v1/events/live?channels=rack-1")).status_code == 422
    assert (await get("/api/v1/events/live?location=Attic")).status_code == 404
