"""The parts of a session against servers by script: what the simulated one never does."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
import httpcore
import httpx
import pytest
import wsproto
from aiohttp import web

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, SessionOptions
from micboard_tui.domain.command import Identify, SetChannelName, SetGain, SetMute
from micboard_tui.domain.observation import Alive
from micboard_tui.manufacturers.shure.system_api import probe as probing
from micboard_tui.manufacturers.shure.system_api.channel_numbers import Numbering
from micboard_tui.manufacturers.shure.system_api.commands import Waits, execute_command
from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.driver import make_system_api_driver
from micboard_tui.manufacturers.shure.system_api.paced_requests import MAX_FAILURES, Server
from micboard_tui.manufacturers.shure.system_api.server_probe import is_server
from micboard_tui.manufacturers.shure.system_api.websocket import (
    FRAMES_A_SECOND,
    BudgetedConnection,
    PushLostError,
    open_socket,
)
from micboard_tui.manufacturers.transport.https import Peer
from micboard_tui.manufacturers.transport.peer_budget import SteadyBudget
from micboard_tui.protocols.shure_system_api.messages import (
    AudioChannel,
    DeviceList,
    Event,
    Feature,
    GainRange,
    ListedDevice,
)
from micboard_tui.protocols.shure_system_api.paths import DEVICES, WEBSOCKET
from micboard_tui.protocols.shure_system_api.reading import MAX_BODY
from micboard_tui.protocols.shure_system_api.writing import (
    write_channels,
    write_devices,
    write_range,
    write_transport,
    write_value,
)
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.system_api import HURRIED
from tests.simulator.simulated_devices import HOST

ANX4 = ListedDevice(
    "d", "ANX4", state="ONLINE", capabilities=("audio-channels", "name", "identify", "audio-mute")
)
CHANNEL = AudioChannel("c", "SOURCE", None, ("gain", "name", "mute", "activity"))
Answers = dict[str, httpx.Response]


def ok(body: bytes) -> httpx.Response:
    return httpx.Response(200, content=body)


def answers() -> Answers:
    """By method and path; all else is 404."""
    own = f"{DEVICES}/d/audio-channels/c"
    return {
        f"GET {DEVICES}": ok(write_devices(DeviceList((ANX4,)))),
        f"GET {DEVICES}/d/audio-channels": ok(write_channels([CHANNEL])),
        f"GET {DEVICES}/d/name": ok(write_value(Feature.NAME, "Rack")),
        f"GET {own}/name": ok(write_value(Feature.NAME, "Vox")),
        f"GET {own}/gain": ok(write_value(Feature.GAIN, 3)),
        f"GET {own}/mute": ok(write_value(Feature.MUTE, value=False)),
    }


@asynccontextmanager
async def scripted(
    responses: Answers,
) -> AsyncGenerator[tuple[Conversation, Server, ReportCollector, list[str]]]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        found = responses.get(asked[-1], httpx.Response(404))
        # As a stream, which is how a network would bring it.
        return httpx.Response(found.status_code, stream=httpx.ByteStream(found.content))

    report = ReportCollector()
    conversation = Conversation(report, _still, Numbering(), 0.5)
    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(base_url="https://server:10000", transport=transport) as client:
        yield conversation, Server(client, conversation.report_answer, _still, 0.0), report, asked


def _still() -> float:
    return 100.0


async def test_what_a_server_does_not_tell_stays_unknown() -> None:
    async with scripted(answers()) as (conversation, server, report, _):
        await conversation.read_devices(server)
        await conversation.read_values(server, conversation.topics)
    facts = report.facts(1)
    assert (facts.name, facts.gain_db, facts.receiver_muted) == ("Vox", 3, False)
    assert "activity" not in dict(facts.raw)
    # Nothing is pushed yet, so activity would come in its turn of six questions, and never often.
    assert facts.meter_interval_s == 5.0


@pytest.mark.parametrize("body", [b"\xff", b"[]", b"{}", b'{"name":{}}', b"[" * 5000])
async def test_an_answer_that_cannot_be_read_is_no_answer(body: bytes) -> None:
    responses = answers() | {f"GET {DEVICES}/d/audio-channels/c/name": ok(body)}
    async with scripted(responses) as (conversation, server, report, _):
        await conversation.read_devices(server)
        await conversation.read_values(server, conversation.topics)
    assert (report.facts(1).name, report.facts(1).gain_db) == (None, 3)


@pytest.mark.parametrize("response", [httpx.Response(404), ok(b"rubbish")], ids=["absent", "rubbish"])
async def test_a_device_whose_channels_are_not_told_has_none(response: httpx.Response) -> None:
    async with scripted(answers() | {f"GET {DEVICES}/d/audio-channels": response}) as (
        conversation,
        server,
        report,
        _,
    ):
        await conversation.read_devices(server)
    assert report.device.channel_count == 0


async def test_a_list_that_is_not_there_is_another_server() -> None:
    async with scripted({}) as (conversation, server, _, _):
        with pytest.raises(DeviceError) as wrong:
            await conversation.read_devices(server)
    assert wrong.value.code is ErrorCode.API_ERROR
    assert "port" in wrong.value.info.hint


async def test_some_failures_are_borne_and_many_are_not() -> None:
    failing = httpx.Response(500)
    responses = {f"GET {DEVICES}/d/name": failing, f"GET {DEVICES}": ok(b"[]")}
    async with scripted(responses) as (_, server, _, _):
        for _ in range(MAX_FAILURES - 1):
            assert await server.get(f"{DEVICES}/d/name") is None
        await server.get(DEVICES)
        for _ in range(MAX_FAILURES - 1):
            await server.get(f"{DEVICES}/d/name")
        with pytest.raises(DeviceError):
            await server.get(f"{DEVICES}/d/name")


@pytest.mark.parametrize(
    ("response", "what"),
    [
        (httpx.Response(302, headers={"location": "/welcome"}), "a redirection (HTTP 302)"),
        (ok(b"<html>Welcome</html>"), "what is no JSON"),
        (httpx.Response(503), "HTTP 503"),
    ],
    ids=["redirection", "rubbish", "failure"],
)
async def test_what_answers_like_no_such_server_is_no_sign_of_life_and_ends_the_session(
    response: httpx.Response, what: str
) -> None:
    async with scripted({f"GET {DEVICES}/d/name": response}) as (_, server, report, _):
        for _ in range(MAX_FAILURES - 1):
            await server.call("GET", f"{DEVICES}/d/name")
        with pytest.raises(DeviceError) as wrong:
            await server.call("GET", f"{DEVICES}/d/name")
    assert report.all == []
    assert wrong.value.code is ErrorCode.API_ERROR
    assert str(wrong.value) == f"server:10000 answers with {what}"


@pytest.mark.parametrize("status", [401, 403])
async def test_both_refusals_mean_the_key(status: int) -> None:
    async with scripted({f"GET {DEVICES}": httpx.Response(status)}) as (_, server, _, _):
        with pytest.raises(DeviceError) as refused:
            await server.get(DEVICES)
    assert refused.value.code is ErrorCode.CREDENTIALS_REFUSED


async def test_what_is_pushed_changes_what_it_is_about() -> None:
    async with scripted(answers()) as (conversation, server, report, _):
        await conversation.read_devices(server)
        await conversation.read_values(server, conversation.topics)
        conversation.take_event(Event("d", Feature.GAIN, "c", -7))
        assert report.facts(1).gain_db == -7
        conversation.take_event(Event("d", Feature.AUDIO_MUTE, None, value=True))
        assert report.facts(1).receiver_muted is True
        conversation.take_event(Event("d", Feature.NAME, None, "Rack B"))
        assert "'Rack B'" in report.values["device ANX4 d"]
        conversation.take_event(Event("d", Feature.ACTIVITY, "c", "CLIPPING"))
        assert report.meters(1)[-1].overload


@pytest.mark.parametrize(
    "event", [Event("x", Feature.NAME, None, "?"), Event("d", Feature.GAIN, "x", 1), Event("d")], ids=str
)
async def test_what_is_pushed_of_strangers_is_only_a_sign_of_life(event: Event) -> None:
    async with scripted(answers()) as (conversation, server, report, _):
        await conversation.read_devices(server)
        await conversation.read_values(server, conversation.topics)
        known = dict(conversation.site.values)
        conversation.take_event(event)
        assert report.all[-1] == Alive()
        assert conversation.site.values == known
        assert conversation.list_is_due is (event.feature is None)


async def test_a_channel_that_vanished_from_its_list_is_not_told_of() -> None:
    async with scripted(answers()) as (conversation, server, report, _):
        await conversation.read_devices(server)
        await conversation.read_values(server, conversation.topics)
        conversation.site.channels["d"] = ()
        conversation.take_event(Event("d", Feature.GAIN, "c", 1))
    assert report.all[-1] == Alive()


async def test_the_channels_of_a_device_that_is_gone_are_not_kept() -> None:
    responses = answers()
    async with scripted(responses) as (conversation, server, _, _):
        await conversation.read_devices(server)
        responses[f"GET {DEVICES}"] = ok(b"[]")
        await conversation.read_devices(server)
        assert not conversation.site.channels


async def test_a_value_that_is_there_no_more_lets_the_list_be_read_anew() -> None:
    responses = answers()
    async with scripted(responses) as (conversation, server, _, _):
        await conversation.read_devices(server)
        await conversation.read_values(server, conversation.topics)
        (name,) = (topic for topic in conversation.topics if topic.path == f"{DEVICES}/d/name")
        del responses[f"GET {DEVICES}/d/name"]
        await conversation.read(server, name)
        assert conversation.list_is_due
        await conversation.read_devices(server)
        await conversation.read(server, name)
        assert not conversation.list_is_due


OWN = f"{DEVICES}/d/audio-channels/c"


async def test_a_command_that_takes_no_effect_is_not_confirmed() -> None:
    responses = answers() | {f"PATCH {OWN}/name": httpx.Response(204)}
    async with scripted(responses) as (conversation, server, _, asked):
        await conversation.read_devices(server)
        with pytest.raises(DeviceError) as unconfirmed:
            await execute_command(SetChannelName(1, "Ada"), conversation, server, Waits(0.0))
    assert unconfirmed.value.code is ErrorCode.COMMAND_UNCONFIRMED
    assert "Vox" in str(unconfirmed.value)
    assert asked.count(f"PATCH {OWN}/name") == 1


async def test_a_command_that_the_server_refuses_says_so() -> None:
    async with scripted(answers()) as (conversation, server, _, _):
        await conversation.read_devices(server)
        for command in (SetMute(1, muted=True), Identify(1)):
            with pytest.raises(DeviceError) as refused:
                await execute_command(command, conversation, server)
            assert refused.value.code is ErrorCode.DEVICE_REFUSED


@pytest.mark.parametrize(
    ("response", "gain_db", "is_sent"),
    [
        (httpx.Response(404), 90, True),
        (ok(b"rubbish"), 90, True),
        (ok(write_range(GainRange(-20, None))), 90, True),
        (ok(write_range(GainRange(-20, 16))), 17, False),
        (ok(write_range(GainRange(-20, 16))), -21, False),
    ],
    ids=["absent", "rubbish", "open", "above", "below"],
)
async def test_a_gain_is_held_against_the_range_where_there_is_one(
    response: httpx.Response, gain_db: int, is_sent: bool
) -> None:
    responses = answers() | {f"GET {OWN}/gain/description": response}
    async with scripted(responses) as (conversation, server, _, asked):
        await conversation.read_devices(server)
        with pytest.raises(DeviceError) as refused:
            await execute_command(SetGain(1, gain_db), conversation, server)
    assert (f"PATCH {OWN}/gain" in asked) is is_sent
    assert refused.value.code is (ErrorCode.DEVICE_REFUSED if is_sent else ErrorCode.INVALID_VALUE)


Say = Callable[[web.WebSocketResponse], Awaitable[object]]


@asynccontextmanager
async def saying(say: Say | None, status: int = 200) -> AsyncGenerator[int]:
    """A server without TLS whose WebSocket does what it is told, and which has one channel."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == WEBSOCKET and say is not None:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await say(socket)
            async for _ in socket:
                pass
            return socket
        found = answers().get(f"{request.method} {request.path}", httpx.Response(404))
        return web.Response(status=found.status_code if status == 200 else status, body=found.content)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def client_of(port: int) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=2) as client:
        yield client


async def _endless(socket: web.WebSocketResponse) -> None:
    await socket.send_str(write_transport("t"))
    await socket.send_str("x" * (2 * MAX_BODY))


async def _in_bytes(socket: web.WebSocketResponse) -> None:
    await socket.send_str(write_transport("t"))
    await socket.send_bytes(b"\0" * 10)


async def _closing(socket: web.WebSocketResponse) -> None:
    await socket.send_str(write_transport("t"))
    await socket.close()


@pytest.mark.integration
@pytest.mark.parametrize("say", [_endless, _in_bytes, _closing])
async def test_a_websocket_that_misbehaves_is_lost(say: Say) -> None:
    async with saying(say) as port, client_of(port) as client:
        with pytest.raises(PushLostError):
            await listened(client)


async def listened(client: httpx.AsyncClient) -> str | None:
    async with open_socket(client) as socket:
        return await socket.receive(2.0)


@pytest.mark.integration
async def test_a_websocket_that_does_not_say_its_id_is_none() -> None:
    async with saying(lambda socket: socket.send_str("[]")) as port, client_of(port) as client:
        with pytest.raises(PushLostError):
            await listened(client)


@pytest.mark.integration
async def test_a_server_without_a_websocket_has_none() -> None:
    async with saying(None) as port, client_of(port) as client:
        with pytest.raises(PushLostError):
            await listened(client)


@pytest.mark.integration
async def test_our_own_mistakes_are_not_taken_for_a_lost_websocket() -> None:
    async with (
        saying(lambda socket: socket.send_str(write_transport("t"))) as port,
        client_of(port) as client,
    ):
        with pytest.RaisesGroup(ZeroDivisionError):
            async with open_socket(client):
                raise ZeroDivisionError


@pytest.mark.integration
async def test_a_quiet_websocket_is_no_lost_one() -> None:
    async with (
        saying(lambda socket: socket.send_str(write_transport("t"))) as port,
        client_of(port) as client,
        open_socket(client) as socket,
    ):
        assert await socket.receive(0.05) is None


@pytest.mark.integration
async def test_what_cannot_be_subscribed_to_is_polled() -> None:
    """The server has a WebSocket, answers 404 to every subscription, and pushes rubbish."""

    async def rubbish(socket: web.WebSocketResponse) -> None:
        await socket.send_str(write_transport("t"))
        for message in ("[]", "{", '{"envelope":{}}', "\0"):
            await socket.send_str(message)

    report = ReportCollector()
    async with saying(rubbish) as port:
        options = SessionOptions(access=Access(None, "k"))
        one = make_system_api_driver(Peer(HOST, port, scheme="http"), options, pace=HURRIED)
        with anyio.fail_after(UNHURRIED_S):
            async with anyio.create_task_group() as group:
                group.start_soon(one.run, report)
                await until(lambda: report.values.get("values pushed") == "0")
                report.all.clear()
                await until(lambda: len([each for each in report.all if isinstance(each, Alive)]) > 20)
                group.cancel_scope.cancel()


@pytest.mark.integration
async def test_a_server_with_nothing_behind_it_is_asked_for_its_list() -> None:
    report = ReportCollector()
    app = web.Application()
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=b"[]", status=200 if request.path == DEVICES else 404)

    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        # Quiet after a twentieth of a second, by a clock that runs fast; an answer may take longer than that.
        options = SessionOptions(access=Access(None, "k"), silence_limit_s=10.0)
        peer = Peer(HOST, runner.addresses[0][1], scheme="http")
        one = make_system_api_driver(peer, options, lambda: time.monotonic() * 100, HURRIED)
        with anyio.fail_after(UNHURRIED_S):
            async with anyio.create_task_group() as group:
                group.start_soon(one.run, report)
                await until(lambda: asked.count(DEVICES) > 3)
                group.cancel_scope.cancel()
    finally:
        await runner.cleanup()
    assert report.device.channel_count == 0


async def test_a_value_outlives_one_failure_and_not_two() -> None:
    responses = answers()
    async with scripted(responses) as (conversation, server, report, _):
        await conversation.read_devices(server)
        await conversation.read_values(server, conversation.topics)
        topic = next(each for each in conversation.topics if each.feature is Feature.MUTE)
        responses[f"GET {topic.path}"] = httpx.Response(503)
        await conversation.read(server, topic)
        assert report.facts(1).receiver_muted is False
        await conversation.read(server, topic)
        assert report.facts(1).receiver_muted is None


@pytest.mark.parametrize(
    ("status", "body", "is_one"),
    [
        (401, b'{"title":"Request Unauthorized."}', True),
        (401, b"<html>Who are you?</html>", False),
        (200, write_devices(DeviceList((ANX4,))), True),
        (200, b"[]", False),
        (200, b"<html>", False),
        (404, b"", False),
    ],
    ids=["refuses", "another door", "open", "empty list", "web page", "nothing"],
)
def test_a_server_is_known_by_how_it_refuses(status: int, body: bytes, is_one: bool) -> None:
    assert is_server(status, body) is is_one


@pytest.mark.integration
async def test_something_else_that_listens_is_not_found() -> None:
    async with saying(None) as port:
        assert await probing(HOST, port, 1.0) is None


@pytest.mark.integration
async def test_a_server_that_restarts_is_unreachable_and_refuses_nobody(unused_tcp_port: int) -> None:
    options = SessionOptions(access=Access(None, "key"))
    driver = make_system_api_driver(Peer(HOST, unused_tcp_port, "0" * 64), options)
    for attempt in (driver.read_once, driver.run):
        with pytest.raises(DeviceError) as gone:
            await attempt(ReportCollector())
        assert gone.value.code is ErrorCode.DEVICE_UNREACHABLE
        assert "restarts" in gone.value.info.hint


def test_empty_fragments_are_taken_up_to_a_budget_of_frames() -> None:
    connection = BudgetedConnection(SteadyBudget("server", FRAMES_A_SECOND, _still))
    connection.receive_data(b"\x01\x00" + b"\x00\x00" * 30_000)
    taken: list[object] = []
    with pytest.raises(httpcore.ReadError):
        taken.extend(connection.events())
    assert len(taken) == FRAMES_A_SECOND


def test_a_pong_that_nobody_asked_for_is_ignored() -> None:
    connection = BudgetedConnection(SteadyBudget("server", FRAMES_A_SECOND, _still))
    connection.send(wsproto.events.Ping(b"ours"))
    connection.receive_data(b"\x8a\x00" + b"\x8a\x04ours" + b"\x8a\x04ours")
    assert list(connection.events()) == [wsproto.events.Pong(b"ours")]


async def _flooding(socket: web.WebSocketResponse) -> None:
    await socket.send_str(write_transport("t"))
    for _ in range(2 * FRAMES_A_SECOND):
        await socket.pong(b"")


@pytest.mark.integration
async def test_a_websocket_that_floods_is_lost() -> None:
    async with saying(_flooding) as port, client_of(port) as client:
        with pytest.raises(PushLostError):
            await listened(client)
