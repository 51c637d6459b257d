import asyncio
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import anyio
import pytest

from micboard_tui.simulator.device.fault_switchboard import FLOOD_A_SECOND
from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD, USER
from micboard_tui.simulator.sennheiser.sscv2.client_session import LINGERS_S
from micboard_tui.simulator.sennheiser.sscv2.http_service import MAX_SESSIONS, ReceivedRequest
from micboard_tui.simulator.sennheiser.sscv2.spectera_resources import SpecteraResources
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import MAX_CONNECTIONS, Sscv2Device
from tests.fakes.links import UNHURRIED_S, until
from tests.simulator.sennheiser.sscv2.test_resource_tree import built

pytestmark = pytest.mark.integration

HOST = "127.0.0.1"
SUBSCRIPTIONS = "/api/ssc/state/subscriptions"


class Caller:
    """A client as anybody would write one, with another library than ours."""

    def __init__(self, web: aiohttp.ClientSession, base: str, device: Sscv2Device) -> None:
        self.web, self.base, self.device = web, base, device

    @property
    def pin(self) -> aiohttp.Fingerprint:
        return aiohttp.Fingerprint(bytes.fromhex(self.device.fingerprint))

    @property
    def signature(self) -> dict[str, str]:
        return {"Authorization": aiohttp.encode_basic_auth(self.device.resources.user, PASSWORD)}

    async def ask(
        self, method: str, path: str, body: object = None, *, signed: bool = True
    ) -> tuple[int, object]:
        headers = self.signature if signed else None
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        async with self.web.request(
            method, self.base + path, headers=headers, data=data, ssl=self.pin
        ) as response:
            text = await response.text()
            is_json = response.content_type in {"application/json", "application/openapi+json"}
            return response.status, json.loads(text) if is_json else None

    @asynccontextmanager
    async def stream(self) -> AsyncGenerator["Stream"]:
        async with self.web.get(self.base + SUBSCRIPTIONS, headers=self.signature, ssl=self.pin) as response:
            assert response.status == 200
            stream = Stream(response)
            name, data = await stream.event()
            assert name == "open"
            stream.uuid = data["sessionUUID"]
            assert response.headers["Content-Location"].endswith(stream.uuid)
            yield stream


class Stream:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.uuid = ""

    @property
    def path(self) -> str:
        return f"{SUBSCRIPTIONS}/{self.uuid}"

    async def event(self) -> tuple[str, dict[str, Any]]:
        with anyio.fail_after(UNHURRIED_S):
            name = (await self.response.content.readline()).decode().strip().removeprefix("event:")
            data = (await self.response.content.readline()).decode().strip().removeprefix("data:")
            await self.response.content.readline()
        return name, json.loads(data) if data else {}


@asynccontextmanager
async def calling(device: Sscv2Device) -> AsyncGenerator[Caller]:
    port = await device.open(HOST, 0)
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as web:
            yield Caller(web, f"https://{HOST}:{port}", device)
    finally:
        await device.aclose()


async def test_anybody_may_ask_for_version_and_identity_and_nothing_else() -> None:
    async with calling(built("EWDX4CHDS")) as caller:
        assert await caller.ask("GET", "/api/ssc/version", signed=False) == (
            200,
            {"protocol": "2.3", "schema": "1.7"},
        )
        status, identity = await caller.ask("GET", "/api/device/identity", signed=False)
        assert status == 200
        assert isinstance(identity, dict)
        assert identity["product"] == "EWDX4CHDS"
        assert (await caller.ask("GET", "/api/device/site", signed=False))[0] == 401
        assert (await caller.ask("PUT", "/api/ssc/version", {}, signed=False))[0] == 401
        assert list(caller.device.requests)[-1] == ReceivedRequest(
            "PUT", "/api/ssc/version", has_secret=False
        )
        assert caller.device.authenticator.wrong == 0


async def test_resources_are_read_and_written() -> None:
    async with calling(built("EWDX2CHS")) as caller:
        assert (await caller.ask("PUT", "/api/channel/0", {"mute": True}))[0] == 200
        _, channel = await caller.ask("GET", "/api/channel/0")
        assert isinstance(channel, dict)
        assert channel["mute"] is True
        for method, path, body, status in (
            ("GET", "/api/nothing", None, 404),
            ("PUT", "/api/channel/0", [1], 400),
            ("PUT", "/api/channel/0", b"{", 400),
            ("PUT", "/api/channel/0", {"name": "X"}, 400),
            ("POST", "/api/channel/0", {}, 405),
            ("PUT", f"{SUBSCRIPTIONS}/nobody", [], 422),
        ):
            assert (await caller.ask(method, path, body))[0] == status


@pytest.mark.parametrize("model", ["EWDX2CHS", "SPECTERA"])
async def test_the_schema_lists_every_resource_to_those_who_may_read_it(model: str) -> None:
    device = built(model)
    async with calling(device) as caller:
        assert (await caller.ask("GET", "/api/ssc/schema", signed=False))[0] == 401
        code, schema = await caller.ask("GET", "/api/ssc/schema")
    assert code == 200
    assert isinstance(schema, dict)
    assert schema["openapi"] == "3.0.3"
    assert schema["info"] == {"title": "SSCv2", "version": "1.7" if model == "EWDX2CHS" else "18.1"}
    assert isinstance(schema["paths"], dict)
    assert [*schema["paths"]] == [*device.resources.paths]


async def test_a_base_station_takes_the_subscription_of_a_known_client_in_one_list() -> None:
    audio = ("inputs", "outputs", "links", "metering")
    paths = [
        "/api/mts/paired/all",
        "/api/rf/channels",
        "/api/rf/antennas",
        *(f"/api/audio/{name}" for name in audio),
        *(f"/api/audio/interface/{name}/status" for name in ("aoip", "madi1", "madi2", "wordclock")),
        "/api/health/psu",
        "/api/health/tempstateoverall",
        *(f"/api/health/fan/FAN_{number}/errorstate" for number in (1, 2, 3)),
        "/api/device/state",
        "/api/device/site",
        "/api/device/identity",
    ]
    assert len(paths) == 19
    async with calling(built("SPECTERA")) as caller, caller.stream() as stream:
        assert (await caller.ask("PUT", stream.path, paths))[0] == 200
        _, data = await stream.event()
        assert sorted(data) == sorted(paths)
        assert (await caller.ask("PUT", "/api/mts/paired/all/1", {"name": "Leader"}))[0] == 200


async def test_a_request_without_an_end_is_refused() -> None:
    async with calling(built("EWDX2CHS")) as caller:
        assert (await caller.ask("PUT", "/api/channel/0", b"x" * 100_000))[0] == 413


async def test_a_session_tells_values_at_once_and_then_only_changes() -> None:
    device = built("EWDX2CHS")
    async with calling(device) as caller, caller.stream() as stream:
        paths = ["/api/channel/0", "/api/rf/channels/0"]
        assert (await caller.ask("PUT", stream.path, paths))[0] == 200
        name, data = await stream.event()
        assert (name, sorted(data)) == ("message", paths)
        assert await caller.ask("GET", stream.path) == (200, paths)
        await device.tick(0.1)
        await caller.ask("PUT", "/api/channel/0", {"mute": True})
        await device.tick(0.1)
        assert list((await stream.event())[1]) == ["/api/channel/0"]

        assert (await caller.ask("PUT", f"{stream.path}/add", ["/api/rf"]))[0] == 200
        assert list((await stream.event())[1]) == ["/api/rf"]
        assert (await caller.ask("PUT", f"{stream.path}/remove", paths))[0] == 200
        assert (await caller.ask("GET", stream.path))[1] == ["/api/rf"]
        assert (await caller.ask("PUT", f"{stream.path}/other", paths))[0] == 404
        assert (await caller.ask("PUT", stream.path, {"a": 1}))[0] == 400

        assert (await caller.ask("DELETE", stream.path))[0] == 200
        assert await stream.response.content.read() == b""
        assert (await caller.ask("GET", stream.path))[0] == 422
        assert device.sessions == device.connections == 0


async def test_one_bad_path_has_the_whole_list_refused() -> None:
    device = built("EWDX2CHS")
    async with calling(device) as caller, caller.stream() as stream:
        answer = await caller.ask("PUT", stream.path, ["/api/rf", "/api/nothing"])
        assert answer == (400, {"path": "/api/nothing", "error": 404})
        device.faults.bad_path = "/api/rf"
        assert (await caller.ask("PUT", stream.path, ["/api/rf"]))[0] == 400
        device.airs[0].pack.switch(on=False)
        assert (await caller.ask("PUT", stream.path, ["/api/transmitters/0"]))[0] == 200
        device.faults.strict = True
        assert (await caller.ask("PUT", stream.path, ["/api/transmitters/0"]))[0] == 422
        assert (await caller.ask("GET", stream.path))[1] == ["/api/transmitters/0"]


async def test_packs_come_as_a_list_and_then_one_by_one() -> None:
    device = built("SPECTERA")
    resources = device.resources
    assert isinstance(resources, SpecteraResources)
    all_of = "/api/mts/paired/all"
    async with calling(device) as caller, caller.stream() as stream:
        await caller.ask("PUT", stream.path, [all_of])
        _, told = await stream.event()
        assert len(told[all_of]) == 8
        last = resources.packs.pop()
        await device.tick(0.1)
        assert await stream.event() == ("message", {f"{all_of}/8": None})
        resources.packs.append(last)
        await device.tick(0.1)
        assert await stream.event() == ("message", {f"{all_of}/8": {}})
        await device.tick(0.1)
        resources.packs[0].name = "Renamed"
        await device.tick(0.1)
        events = [await stream.event(), await stream.event()]
        assert [list(data) for _, data in events] == [[f"{all_of}/8"], [f"{all_of}/1"]]


async def test_sessions_are_few_and_a_broken_one_lingers() -> None:
    device = built("EWDX2CHS")
    async with calling(device) as caller:
        async with caller.stream(), caller.stream(), caller.stream(), caller.stream():
            assert device.connections == MAX_SESSIONS
            assert (await caller.ask("GET", SUBSCRIPTIONS))[0] == 409
            device.faults.cut()
            await device.tick(0.1)
        await until(lambda: device.connections == 0)
        assert device.sessions == MAX_SESSIONS
        assert (await caller.ask("GET", SUBSCRIPTIONS))[0] == 409
        await device.tick(LINGERS_S)
        assert device.sessions == 0
        device.faults.full = True
        assert (await caller.ask("GET", SUBSCRIPTIONS))[0] == 409


async def test_switches_work_from_the_next_tick_on() -> None:
    device = built("EWDX2CHS")
    async with calling(device) as caller:
        device.faults.locked = True
        assert (await caller.ask("GET", "/api/rf"))[0] == 403
        device.faults.locked = False
        device.faults.password = "Another-1"  # noqa: S105 - of nobody
        async with caller.stream() as stream:
            await device.tick(0.1)
            assert await stream.response.content.read() == b""
        assert (await caller.ask("GET", "/api/rf"))[0] == 401
        device.faults.clear()
        await device.tick(0.1)
        async with caller.stream() as stream:
            device.faults.forget_sessions()
            await device.tick(0.1)
            assert (await caller.ask("GET", stream.path))[0] == 422


async def test_a_new_certificate_disconnects_everybody() -> None:
    device = built("EWDX2CHS")
    async with calling(device) as caller:
        before = caller.pin
        async with caller.stream() as stream:
            device.faults.change_certificate()
            await device.tick(0.1)
            with pytest.raises(aiohttp.ClientError):
                assert await stream.response.content.read() is None
        with pytest.raises(aiohttp.ServerFingerprintMismatch):
            await caller.web.get(caller.base + "/api/ssc/version", ssl=before)
        assert (await caller.ask("GET", "/api/rf"))[0] == 200


async def test_a_device_that_restarts_is_away_for_a_while() -> None:
    device = built("EWDX2CHS")
    async with calling(device) as caller:
        async with caller.stream():
            device.faults.reboot(1.0)
            await device.tick(0.1)
        with pytest.raises(aiohttp.ClientConnectionError):
            await caller.ask("GET", "/api/rf")
        await device.tick(1.0)
        assert (await caller.ask("GET", "/api/rf"))[0] == 200
        assert device.sessions == 0


async def test_a_frozen_device_answers_nobody_and_can_still_be_closed() -> None:
    device = built("EWDX2CHS")
    async with calling(device) as caller:
        device.faults.freeze = True
        with pytest.raises(TimeoutError):
            await caller.web.get(
                caller.base + "/api/ssc/version", ssl=caller.pin, timeout=aiohttp.ClientTimeout(total=0.1)
            )


@pytest.mark.no_cover
async def test_a_crowd_is_hung_up_on() -> None:
    device = built("EWDX2CHS")
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    async with calling(device) as caller:
        port = int(caller.base.rpartition(":")[2])
        opened = [await asyncio.open_connection(HOST, port, ssl=anybody) for _ in range(MAX_CONNECTIONS + 3)]
        # The last handshakes are not yet over on the other side.
        await anyio.sleep(0.1)
        await device.tick(0.1)
        await until(lambda: sum(reader.at_eof() for reader, _ in opened) == 3)
        for _, writer in opened:
            writer.transport.abort()


async def test_an_address_that_is_taken_leaves_nothing_open() -> None:
    first, second = built("EWDX2CHS"), built("SPECTERA")
    async with calling(first) as caller:
        port = int(caller.base.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            await second.open(HOST, port)
        await second.tick(0.1)
    assert first.resources.user == USER


@pytest.mark.parametrize("fault", ["flood", "flood_lines"])
async def test_a_flood_of_events_or_of_lines_without_any(fault: str) -> None:
    async with calling(built("EWDX2CHS")) as caller, caller.stream() as stream:
        caller.device.faults.switches()[fault](on=True)
        lines = 0
        with anyio.fail_after(UNHURRIED_S):
            for _ in range(3):
                await caller.device.tick(0.1)
                for _ in range(FLOOD_A_SECOND // 10):
                    line = await stream.response.content.readline()
                    lines += 1
                    assert line.startswith((b"event:message", b"data:", b"\n", b": nothing"))
        assert lines == 3 * FLOOD_A_SECOND // 10
        assert stream.response.content.at_eof() is False


async def test_a_flood_waits_for_who_does_not_read() -> None:
    async with calling(built("EWDX2CHS")) as caller, caller.stream():
        caller.device.faults.flood = True
        for _ in range(200):
            await caller.device.tick(0.1)
        assert caller.device.connections == 1
