from collections.abc import AsyncGenerator
from typing import Any

import pytest
from httpx_ws import AsyncWebSocketSession, WebSocketDisconnect

from micboard_tui.api.live.sockets import LOGIN_EVERY_S
from micboard_tui.api.options import ApiOptions, RateLimits
from micboard_tui.domain.observation import MetersHeard
from tests.api.conftest import BASE, WATCH, WRITE, ServedRig, make_rig, serve_rig
from tests.api.live.live_socket import closing_of, connect
from tests.fakes.virtual_time import loop_time
from tests.tui.scripted_rig import METERS

pytestmark = pytest.mark.virtual_time


async def read(socket: AsyncWebSocketSession, kind: str | None = None) -> dict[str, Any]:
    """The next message, or the next of its kind."""
    while True:
        message: dict[str, Any] = await socket.receive_json(timeout=30)
        if kind in {None, message["type"]}:
            return message


@pytest.fixture
async def served() -> AsyncGenerator[ServedRig]:
    async with serve_rig(make_rig(), clock=loop_time) as served:
        yield served


async def test_a_client_is_greeted_and_gets_everything_and_then_what_it_asked_for(served: ServedRig) -> None:
    async with connect(served, "?channels=rack-1/2&fps=10", WRITE) as socket:
        hello = await read(socket)
        assert (hello["type"], hello["schema"], hello["fps"]) == ("hello", 1, 10)
        assert hello["user"] == {"name": "Wanda", "permission": "write"}
        snapshot = await read(socket)
        devices = (await served.client.get("/api/v1/devices")).json()["devices"]
        assert (snapshot["type"], snapshot["devices"]) == ("snapshot", devices)
        assert [row[:3] for row in (await read(socket, "meters"))["rows"]] == [["rack-1", 2, -52.0]]
        served.rig.report(1, MetersHeard(2, METERS._replace(rf_dbm=-70.0)))
        assert [row[:3] for row in (await read(socket, "meters"))["rows"]] == [["rack-1", 2, -70.0]]


async def test_who_watches_without_a_login_has_no_name(served: ServedRig) -> None:
    async with connect(served) as socket:
        assert (await read(socket))["user"] is None


async def test_a_client_changes_what_it_watches(served: ServedRig) -> None:
    async with connect(served) as socket:
        assert len((await read(socket, "snapshot"))["devices"]) == 3
        await socket.send_json({"type": "watch", "channels": "all", "fps": 10, "location": "Chapel"})
        assert [device["name"] for device in (await read(socket, "snapshot"))["devices"]] == ["Chapel"]
        assert {row[0] for row in (await read(socket, "meters"))["rows"]} == {"rack-2"}
        await socket.send_json({"type": "watch", "location": None})
        assert len((await read(socket, "snapshot"))["devices"]) == 3


async def test_a_client_may_ask_for_everything_anew(served: ServedRig) -> None:
    async with connect(served) as socket:
        await read(socket, "snapshot")
        await socket.send_json({"type": "snapshot"})
        assert len((await read(socket, "snapshot"))["devices"]) == 3


async def test_a_quiet_rack_is_said_to_be_alive(served: ServedRig) -> None:
    async with connect(served) as socket:
        version = (await read(socket, "snapshot"))["version"]
        before = loop_time()
        alive = await read(socket)
        assert (alive["type"], alive["version"]) == ("alive", version)
        assert 1.9 <= loop_time() - before <= 2.3


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("no JSON", "Invalid JSON"),
        ('{"type":"sing"}', "sing"),
        ('{"type":"watch","channels":["rack-1"]}', "DEVICE_ID/NUMBER"),
        ('{"type":"watch","fps":11}', "fps"),
        ('{"type":"watch","location":"Attic"}', "Attic"),
        ('{"type":"watch","colour":"red"}', "colour"),
        ('{"type":"watch","channels":null}', "channels"),
    ],
)
async def test_a_message_that_is_not_understood_ends_the_connection_with_a_reason(
    served: ServedRig, message: str, reason: str
) -> None:
    async with connect(served) as socket:
        await read(socket)
        await socket.send_text(message)
        code, said = await closing_of(socket)
        assert code == 1008
        assert reason in (said or "")


async def test_bytes_are_no_message(served: ServedRig) -> None:
    async with connect(served) as socket:
        await socket.send_bytes(b"{}")
        assert (await closing_of(socket))[0] == 1008


@pytest.mark.parametrize("query", ["?fps=0.1", "?fps=nan", "?fps=x", "?channels=rack-1/x", "?location=Attic"])
async def test_a_query_that_is_not_understood_is_refused_with_a_reason(served: ServedRig, query: str) -> None:
    async with connect(served, query) as socket:
        code, reason = await closing_of(socket)
        assert code == 1008
        assert reason


async def test_who_sends_too_many_messages_is_sent_away(served: ServedRig) -> None:
    async with connect(served) as socket:
        for _ in range(21):
            await socket.send_json({"type": "snapshot"})
        assert await closing_of(socket) == (1008, "More than 20 messages came within a second")


async def test_a_page_of_another_host_gets_no_connection(served: ServedRig) -> None:
    with pytest.RaisesGroup(WebSocketDisconnect, flatten_subgroups=True):
        async with connect(served, headers={"Origin": "http://evil.example"}):
            pass
    async with connect(served, headers={"Origin": BASE}) as socket:
        assert (await read(socket))["type"] == "hello"


async def test_who_needs_a_login_learns_that_by_the_code() -> None:
    other = "192.0.2.7"
    async with serve_rig(make_rig(), clock=loop_time) as served:
        async with connect(served, address=other) as socket:
            assert (await closing_of(socket))[0] == 4401
        async with connect(served, "", {"Authorization": "Bearer mb_9_wrong"}, other) as socket:
            assert (await closing_of(socket))[0] == 4401
        async with connect(served, "", WATCH, other) as socket:
            assert (await read(socket))["user"]["name"] == "Walter"


async def test_a_login_that_ends_closes_its_connections_within_seconds_and_no_others(
    served: ServedRig,
) -> None:
    async with connect(served, headers=WATCH) as ended, connect(served, headers=WRITE) as other:
        await read(ended)
        before = loop_time()
        await served.rig.users.revoke_token("1", actor="Carla")
        assert (await closing_of(ended))[0] == 4401
        assert loop_time() - before <= LOGIN_EVERY_S + 1
        assert (await read(other))["type"] == "hello"


async def test_one_user_has_a_limited_number_of_connections() -> None:
    options = ApiOptions(rates=RateLimits(live_connections=2))
    async with serve_rig(make_rig(), options, clock=loop_time) as served:
        async with connect(served, headers=WATCH), connect(served, headers=WATCH):
            async with connect(served, headers=WATCH) as third:
                assert (await closing_of(third))[0] == 4429
            async with connect(served, headers=WRITE) as other:
                assert (await read(other))["type"] == "hello"
        async with connect(served, headers=WATCH) as again:
            assert (await read(again))["type"] == "hello"
