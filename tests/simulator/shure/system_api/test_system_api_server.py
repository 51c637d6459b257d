"""The simulated System API server alone, by an ordinary HTTP client."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import httpx
import pytest
from httpx_ws import AsyncWebSocketSession, WebSocketUpgradeError, aconnect_ws

from micboard_tui.protocols.shure_system_api.messages import (
    BatteryLevel,
    Event,
    Feature,
    GainRange,
    ListedDevice,
    Shape,
)
from micboard_tui.protocols.shure_system_api.paths import (
    DEVICES,
    KEY_HEADER,
    WEBSOCKET,
    Topic,
    channels,
    gain_range,
    identify,
    subscription,
)
from micboard_tui.protocols.shure_system_api.reading import (
    read_channels,
    read_devices,
    read_event,
    read_problem,
    read_range,
    read_transport,
    read_value,
)
from micboard_tui.protocols.shure_system_api.writing import write_value
from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.shure.system_api.models import BLUEPRINTS, PORT
from micboard_tui.simulator.shure.system_api.site_devices import (
    AudioUnit,
    ChargerUnit,
    PackUnit,
    RefusedError,
)
from micboard_tui.simulator.shure.system_api.site_layout import ADTQ_CHANNELS, API_KEY, CHANNELS
from micboard_tui.simulator.shure.system_api.system_api_faults import SystemApiFaults
from micboard_tui.simulator.shure.system_api.system_api_server import (
    MAX_CONNECTIONS,
    MAX_LOGGED,
    SystemApiServer,
)
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.system_api import build_server, open_station
from tests.simulator.simulated_devices import HOST, build_plan

pytestmark = pytest.mark.integration


@asynccontextmanager
async def calling(key: str = API_KEY) -> AsyncGenerator[tuple[SystemApiServer, httpx.AsyncClient]]:
    """A server whose time stands still, and a client of it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with (
        open_station(moving=False) as (server, port),
        httpx.AsyncClient(
            base_url=f"https://{HOST}:{port}", verify=context, headers={KEY_HEADER: key}, timeout=5
        ) as client,
    ):
        yield server, client


@asynccontextmanager
async def listening(client: httpx.AsyncClient) -> AsyncGenerator[tuple[AsyncWebSocketSession, str]]:
    async with aconnect_ws(WEBSOCKET, client, session_class=AsyncWebSocketSession) as socket:
        yield socket, read_transport(await socket.receive_text(2.0))


def named(server: SystemApiServer, model: str) -> ListedDevice:
    return next(unit.listed for unit in server.site.units.values() if unit.listed.model == model)


def gain_of(server: SystemApiServer, model: str = "ADTQ") -> Topic:
    device = named(server, model)
    return Topic(device.id, Feature.GAIN, server.site.units[device.id].channels[0].id)


def test_the_blueprint_builds_what_the_rack_wants() -> None:
    blueprint = BLUEPRINTS["SystemAPI"]
    equipment: SimulatedDevice = blueprint.build(build_plan("SystemAPI"))
    assert (blueprint.driver, blueprint.channels, blueprint.port) == ("shure-system-api", CHANNELS, PORT)
    assert len(equipment.airs) == CHANNELS
    assert equipment.connections == 0


def test_the_same_order_gives_the_same_devices() -> None:
    first, second, other = build_server(), build_server(), build_server(seed=2)
    assert list(first.site.units) == list(second.site.units)
    assert list(first.site.units) != list(other.site.units)
    assert len({air.tuned_khz for air in first.airs}) == CHANNELS


@pytest.mark.parametrize("shape", Shape)
async def test_it_lists_an_adtq_an_anx4_a_charger_and_packs(shape: Shape) -> None:
    async with calling() as (server, client):
        server.faults.shape = shape
        listed = read_devices((await client.get(DEVICES)).content).devices
    assert [each.model for each in listed] == ["ADTQ", "ANX4", "SBRC", "ULXD6", "ULXD6", "ULXD8", "ULXD8"]
    assert all(each.state == "ONLINE" and each.serial and each.firmware for each in listed)
    assert all(each.firmware_valid is True for each in listed)


async def test_channels_tell_what_a_real_one_tells() -> None:
    async with calling() as (server, client):
        iem = read_channels((await client.get(channels(named(server, "ADTQ").id))).content)
        receiver = read_channels((await client.get(channels(named(server, "ANX4").id))).content)
        limits = read_range((await client.get(gain_range(gain_of(server)))).content)
        none = await client.get(channels(named(server, "SBRC").id))
        bodies = json.loads((await client.get(channels(named(server, "ADTQ").id))).content)
    assert len(iem) == ADTQ_CHANNELS
    assert [{*body} for body in bodies] == [{"id", "role", "group", "capabilities"}] * ADTQ_CHANNELS
    assert bodies[0]["group"] is None
    assert iem[0].capabilities == ("activity", "gain", "name")
    assert receiver[0].capabilities == ("activity", "gain", "mute", "name")
    assert limits == GainRange(-20, 16, 1)
    assert none.status_code == 404


async def test_every_value_that_is_offered_is_told() -> None:
    async with calling() as (server, client):
        for topic in server.site.topics():
            response = await client.get(topic.path)
            assert response.status_code == 200, topic
            assert read_value(topic.feature, response.content) is not None, topic


async def test_values_are_taken_and_refused() -> None:
    async with calling() as (server, client):
        gain = gain_of(server)
        mute = gain_of(server, "ANX4")._replace(feature=Feature.MUTE)
        own_name = Topic(gain.device_id, Feature.NAME)
        for topic, value in (
            (gain, -7),
            (mute, True),
            (own_name, "Front"),
            (gain._replace(feature=Feature.NAME), "Ada"),
        ):
            taken = await client.patch(topic.path, content=write_value(topic.feature, value))
            assert taken.status_code == 204
            told = (await client.get(topic.path)).content
            assert read_value(topic.feature, told) == value
        for topic, body in (
            (gain, b'{"gain":17}'),
            (gain, b"{}"),
            (gain, b"rubbish"),
            (own_name, b'{"name":""}'),
            (gain._replace(feature=Feature.ACTIVITY), b'{"audioLevel":"GOOD"}'),
        ):
            assert (await client.patch(topic.path, content=body)).status_code == 400
        on_iem = await client.patch(gain._replace(feature=Feature.MUTE).path, content=b'{"muted":true}')
        assert on_iem.status_code == 404


async def test_a_device_flashes_until_it_is_told_to_stop() -> None:
    async with calling() as (server, client):
        topic = Topic(named(server, "ADTQ").id, Feature.IDENTIFY)
        for on in (True, False):
            assert (await client.post(identify(topic.device_id, on=on))).status_code == 204
            assert read_value(topic.feature, (await client.get(topic.path)).content) is on
        assert (await client.post(f"{topic.path}/dance")).status_code == 404


async def test_a_post_without_a_body_must_not_announce_one() -> None:
    async with calling() as (server, client):
        path = identify(named(server, "ADTQ").id, on=True)
        announced = await client.post(path, headers={"content-type": "application/json"})
    assert announced.status_code == 415


async def test_a_crowd_is_hung_up_on() -> None:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    async with open_station(moving=False) as (server, port):
        opened = [await asyncio.open_connection(HOST, port, ssl=anybody) for _ in range(MAX_CONNECTIONS + 3)]
        # The last handshakes are not yet over on the other side.
        await until(lambda: server.connections == MAX_CONNECTIONS + 3)
        await server.tick(0.1)
        await until(lambda: sum(reader.at_eof() for reader, _ in opened) == 3)
        await until(lambda: server.connections == MAX_CONNECTIONS)
        for _, writer in opened:
            writer.transport.abort()


async def test_addresses_to_look_for_devices_at_are_replaced_and_removed() -> None:
    path = "/api/v1/config/discovery/ips"
    async with calling() as (_, client):
        assert (await client.get(path)).json() == {"ips": []}
        replaced = await client.put(path, json={"ips": ["10.0.0.5", "10.0.0.6", "10.0.0.5", "10.0.0.7"]})
        assert (replaced.status_code, replaced.content) == (202, b"")
        assert (await client.get(path)).json() == {"ips": ["10.0.0.5", "10.0.0.6", "10.0.0.7"]}
        removed = await client.post(f"{path}/remove", json={"ips": ["10.0.0.5"]})
        assert removed.status_code == 202
        assert (await client.patch(f"{path}/remove", json={"ips": ["10.0.0.7"]})).status_code == 202
        assert (await client.get(path)).json() == {"ips": ["10.0.0.6"]}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 5000, b"[]", b'{"ips": "10.0.0.5"}', b'{"ips": [5]}', b'{"ips": ["rack"]}', b"\xff"],
)
async def test_what_is_no_list_of_addresses_changes_nothing(body: bytes) -> None:
    path = "/api/v1/config/discovery/ips"
    async with calling() as (_, client):
        await client.put(path, json={"ips": ["10.0.0.5"]})
        assert (await client.put(path, content=body)).status_code == 400
        assert (await client.get(path)).json() == {"ips": ["10.0.0.5"]}


async def test_a_device_answers_every_capability_that_it_lists() -> None:
    async with calling() as (_, client):
        for listed in read_devices((await client.get(DEVICES)).content).devices:
            assert listed.capabilities
            for capability in listed.capabilities:
                answer = await client.get(f"{DEVICES}/{listed.id}/{capability}")
                assert answer.status_code == 200, capability


async def test_strangers_are_told_that_they_are_strangers() -> None:
    async with calling(key="another") as (server, client):
        refused = await client.get(DEVICES)
        with pytest.raises(WebSocketUpgradeError):
            async with aconnect_ws(WEBSOCKET, client):
                raise AssertionError("it let us in")
        assert server.push_sockets.opened == 0
    assert refused.status_code == 401
    assert read_problem(refused.content)


async def test_what_is_nowhere_is_not_found() -> None:
    async with calling() as (server, client):
        device = named(server, "ADTQ").id
        for path in (
            "/",
            f"{DEVICES}/nobody/name",
            f"{DEVICES}/{device}/colour",
            f"{DEVICES}/{device}/battery-level",
        ):
            assert (await client.get(path)).status_code == 404
        assert (await client.get(gain_range(gain_of(server)._replace(device_id="nobody")))).status_code == 404
        charger = named(server, "SBRC").id
        assert (await client.get(f"{DEVICES}/{charger}/audio-channels/c/gain/description")).status_code == 404


async def test_changes_are_pushed_to_those_who_subscribed() -> None:
    async with calling() as (server, client), listening(client) as (socket, transport):
        gain = gain_of(server)
        assert (await client.post(subscription(gain.path, transport))).status_code == 204
        assert (await client.post(subscription(DEVICES, transport))).status_code == 204
        server.site.units[gain.device_id].set(gain, 9)
        server.faults.offline.add("ANX4")
        await server.tick(0.1)
        pushed = [read_event(await socket.receive_text(2.0)) for _ in range(2)]
        assert pushed == [
            Event(named(server, "ANX4").id),
            Event(gain.device_id, Feature.GAIN, gain.channel_id, 9),
        ]
        assert (await client.delete(subscription(gain.path, transport))).status_code == 204
        assert server.push_sockets.subscribed.total() == 1


async def test_activity_is_pushed_by_the_clock() -> None:
    async with calling() as (server, client), listening(client) as (socket, transport):
        activity = gain_of(server)._replace(feature=Feature.ACTIVITY)
        off = gain_of(server, "ANX4")._replace(feature=Feature.ACTIVITY)
        for topic in (activity, off):
            await client.post(subscription(topic.path, transport))
        server.faults.offline.add("ANX4")
        server.airs[0].clipping = True
        for _ in range(51):
            await server.tick(0.1)
        event = read_event(await socket.receive_text(2.0))
        assert event == Event(activity.device_id, Feature.ACTIVITY, activity.channel_id, "CLIPPING")


async def test_a_transport_that_is_void_is_not_found() -> None:
    async with calling() as (_, client):
        async with listening(client) as (_, transport):
            pass
        gone = await client.post(subscription(DEVICES, transport))
    assert gone.status_code == 404


async def test_packs_charge_and_run_down() -> None:
    server = build_server()
    pack = next(unit for unit in server.site.units.values() if isinstance(unit, PackUnit))
    level = Topic(pack.listed.id, Feature.BATTERY_LEVEL)
    pack.charge = 0.5
    assert pack.value(level) == BatteryLevel(50, "CHARGING", "FULL", 90)
    server.site.step(90 * 60 + 1)
    assert pack.value(level) == BatteryLevel(100, "FULL", "FULL")
    pack.docked = False
    server.site.step(60 * 60)
    assert pack.value(level) == BatteryLevel(66, "DISCHARGING", "EMPTY", 120)
    pack.set(Topic(pack.listed.id, Feature.NAME), "Table 9")
    assert pack.value(Topic(pack.listed.id, Feature.NAME)) == "Table 9"
    with pytest.raises(RefusedError):
        pack.set(level, None)
    with pytest.raises(KeyError):
        pack.value(Topic(pack.listed.id, Feature.NAME, "c"))


async def test_people_who_run_a_rack_take_packs_out_and_turn_receivers_off() -> None:
    async with calling() as (server, client):
        for fault in ("receivers_offline", "packs_in_use", "packs_gone", "clips"):
            server.faults.switches()[fault](on=True)
        await server.tick(0.1)
        listed = read_devices((await client.get(DEVICES)).content).devices
        assert {device.model: device.state for device in listed} == {
            "ADTQ": "ONLINE",
            "ANX4": "OFFLINE",
            "SBRC": "ONLINE",
            "ULXD6": "ONLINE",
        }
        pack = named(server, "ULXD6").id
        level = read_value(
            Feature.BATTERY_LEVEL, (await client.get(Topic(pack, Feature.BATTERY_LEVEL).path)).content
        )
        assert level == BatteryLevel(8, "DISCHARGING", "EMPTY", 14)
        activity = gain_of(server)._replace(feature=Feature.ACTIVITY)
        clipping = read_value(Feature.ACTIVITY, (await client.get(activity.path)).content)
        assert clipping == "CLIPPING"
        server.faults.clear()
        await server.tick(0.1)
        units = server.site.units.values()
        assert all(unit.docked for unit in units if isinstance(unit, PackUnit))
        assert not any(
            state.clips for unit in units if isinstance(unit, AudioUnit) for state in unit.states.values()
        )


def test_a_charger_takes_nothing() -> None:
    charger = next(unit for unit in build_server().site.units.values() if isinstance(unit, ChargerUnit))
    with pytest.raises(RefusedError):
        charger.set(Topic(charger.listed.id, Feature.NAME), "x")


async def test_the_certificate_changes_with_the_switch() -> None:
    async with calling() as (server, client):
        await client.get(DEVICES)
        before = server.fingerprint
        server.faults.change_certificate()
        await server.tick(0.1)
        assert server.fingerprint != before
        assert (await client.get(DEVICES)).status_code == 200


async def test_switches_go_back_all_at_once() -> None:
    faults = SystemApiFaults(shape=Shape.ITEMS, failing=True, late_s=2.0)
    faults.offline.add("ADTQ")
    faults.cut_websockets()
    faults.clear()
    assert faults == SystemApiFaults()


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing() -> None:
    async with open_station(moving=False) as (_, port):
        second = build_server()
        with pytest.raises(OSError, match="address already in use"):
            await second.open(HOST, port)
        await second.aclose()


async def test_no_more_questions_are_noted_than_somebody_reads() -> None:
    async with calling() as (server, client):
        server.requests = ["GET /"] * (MAX_LOGGED + 50)
        await client.get(DEVICES)
        assert len(server.requests) == MAX_LOGGED + 1


async def test_a_flood_of_fragments_is_one_empty_message_for_who_joins_them() -> None:
    async with open_station(moving=False) as (server, port), aiohttp.ClientSession() as web:
        pin = aiohttp.Fingerprint(bytes.fromhex(server.fingerprint or ""))
        url = f"wss://{HOST}:{port}{WEBSOCKET}"
        async with web.ws_connect(url, headers={KEY_HEADER: API_KEY}, ssl=pin) as listener:
            await listener.receive_str(timeout=UNHURRIED_S)
            server.faults.flood = True
            await server.tick(0.1)
            assert await listener.receive_str(timeout=UNHURRIED_S) == ""
            assert server.push_sockets.count == 1
