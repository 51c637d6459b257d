"""Each output against the other end: a server, a socket, a broker that speaks MQTT 3.1.1 as far as we do."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from micboard_tui.contracts.alarm_outputs import OutputError
from micboard_tui.domain.alarm_notices import NoticeKind
from micboard_tui.outputs.mqtt import MqttOutput
from micboard_tui.outputs.osc import OscOutput
from micboard_tui.outputs.webhook import Webhook
from tests.fakes.links import until
from tests.outputs.notices import notice

pytestmark = pytest.mark.integration


async def test_a_webhook_gets_json_and_its_answer_counts() -> None:
    bodies: list[Any] = []
    answers = [200, 503]

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        return web.Response(status=answers[len(bodies) - 1])

    app = web.Application()
    app.router.add_post("/alarms", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with Webhook(f"http://127.0.0.1:{port}/alarms").open(()) as send:
        await send(notice())
        with pytest.raises(OutputError, match="answers 503"):
            await send(notice(NoticeKind.ENDED))
        await runner.cleanup()
        with pytest.raises(OutputError, match="cannot be reached"):
            await send(notice())
    assert [body["kind"] for body in bodies] == ["raised", "ended"]
    assert bodies[0]["place"] == "Rack 1/2"


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: list[bytes] = []

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.received.append(data)


async def test_osc_is_one_message_a_notice() -> None:
    pytest.importorskip("pythonosc")
    from pythonosc.osc_message import OscMessage

    transport, received = await asyncio.get_running_loop().create_datagram_endpoint(
        Datagrams, local_addr=("127.0.0.1", 0)
    )
    host, port = transport.get_extra_info("sockname")
    async with OscOutput(f"{host}:{port}").open(()) as send:
        await send(notice())
        await until(lambda: bool(received.received))
    transport.close()
    message = OscMessage(received.received[0])
    assert message.address == "/micboard/alarm"
    cure = "check pack and antenna"
    assert message.params == ["raised", 1, "rf_lost", "7", "Mercutio", "Rack 1/2", "RF lost", cure]


CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT = 1, 3, 8, 10, 14


class ScriptedBroker:
    """Answers what we send, keeps what is published, and has ``retained`` for who subscribes."""

    def __init__(self, *retained: str) -> None:
        self.retained = retained
        self.connect = b""
        self.published: list[tuple[str, bytes, bool]] = []
        self.closed_politely = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readexactly(1))[0]
                body = await reader.readexactly(await self._length(reader))
                writer.write(self._answer(head >> 4, body, is_retained=bool(head & 1)))
        except asyncio.IncompleteReadError:
            writer.close()

    def _answer(self, kind: int, body: bytes, *, is_retained: bool) -> bytes:
        if kind == CONNECT:
            self.connect = body
            return b"\x20\x02\x00\x00"
        if kind == PUBLISH:
            size = int.from_bytes(body[:2])
            topic, packet, payload = body[2 : 2 + size], body[2 + size : 4 + size], body[4 + size :]
            self.published.append((topic.decode(), payload, is_retained))
            return b"\x40\x02" + packet
        if kind == SUBSCRIBE:
            contents = [len(topic).to_bytes(2) + topic.encode() + b"{}" for topic in self.retained]
            sent = [b"\x31" + bytes([len(content)]) + content for content in contents]
            return b"\x90\x03" + body[:2] + b"\x00" + b"".join(sent)
        if kind == UNSUBSCRIBE:
            return b"\xb0\x02" + body[:2]
        self.closed_politely = self.closed_politely or kind == DISCONNECT
        return b""

    async def _length(self, reader: asyncio.StreamReader) -> int:
        length, shift = 0, 0
        while True:
            byte = (await reader.readexactly(1))[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return length


@asynccontextmanager
async def open_broker(*retained: str) -> AsyncGenerator[tuple[ScriptedBroker, int]]:
    broker = ScriptedBroker(*retained)
    server = await asyncio.start_server(broker.serve, "127.0.0.1", 0)
    try:
        yield broker, server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_mqtt_keeps_the_state_of_alarms_and_says_whether_we_are_there() -> None:
    pytest.importorskip("aiomqtt")
    # The end of one that is retained was given up, and one that stands was never sent.
    async with open_broker("show/alarms/offline/rack-2", "show/alarms/rf_lost/rack-1/1") as (broker, port):
        standing = [notice(NoticeKind.ACKNOWLEDGED, channel=1), notice(channel=3)]
        async with MqttOutput(f"mqtt://pia:secret@127.0.0.1:{port}/show").open(standing) as send:
            await send(notice())
            await send(notice(NoticeKind.ENDED))
        await until(lambda: broker.closed_politely)
    # The last will is with the broker from the start.
    for part in (b"show/status", b"offline", b"pia", b"secret"):
        assert part in broker.connect
    gone, *restored = broker.published[:3]
    published = broker.published[3:]
    assert gone == ("show/alarms/offline/rack-2", b"", True)
    states = [(topic, json.loads(text)["kind"], retained) for topic, text, retained in restored]
    acknowledged = ("show/alarms/rf_lost/rack-1/1", "acknowledged", True)
    assert states == [acknowledged, ("show/alarms/rf_lost/rack-1/3", "raised", True)]
    topics = [(topic, is_retained) for topic, _, is_retained in published]
    state, event = ("show/alarms/rf_lost/rack-1/2", True), ("show/events", False)
    assert topics == [("show/status", True), state, event, state, event, ("show/status", True)]
    online, raised, first, ended, last, offline = (payload for _, payload, _ in published)
    assert (online, ended, offline) == (b"online", b"", b"offline")
    assert json.loads(raised) == json.loads(first)
    assert json.loads(last)["kind"] == "ended"


async def test_a_broker_that_is_not_there_is_an_error() -> None:
    pytest.importorskip("aiomqtt")
    with pytest.raises(OutputError, match="The broker"):
        async with MqttOutput("mqtt://127.0.0.1:1").open(()):
            raise AssertionError
