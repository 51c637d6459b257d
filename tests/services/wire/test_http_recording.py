"""Recording and playing what passes over HTTP: requests, a stream of events, a WebSocket."""

import io
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, SessionOptions
from micboard_tui.contracts.wire import HttpRequest, Wire
from micboard_tui.manufacturers.sennheiser.sscv2.driver import Sscv2Timing, make_sscv2_driver
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.shure.system_api.driver import make_system_api_driver
from micboard_tui.manufacturers.transport.https import Peer
from micboard_tui.services.wire.http_recording import HttpRecording
from micboard_tui.services.wire.wire_file import (
    WireConnection,
    WireDevice,
    WireExchange,
    WireRecording,
    read_recording,
)
from micboard_tui.services.wire.wire_mask import WireMask
from micboard_tui.services.wire.wire_player import WirePlayer
from micboard_tui.services.wire.wire_recorder import WireRecorder
from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD
from micboard_tui.simulator.shure.system_api.site_layout import API_KEY
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.driver_runs import running as running_session
from tests.fakes.links import until
from tests.fakes.system_api import HURRIED, open_station
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.sennheiser.sscv2.simulated_device import device
from tests.simulator.simulated_devices import HOST, running

pytestmark = [pytest.mark.integration, pytest.mark.virtual_time]

MakeDriver = Callable[[Wire, Access], SessionDriver]


def sscv2_at(port: int) -> MakeDriver:
    def make(wire: Wire, access: Access) -> SessionDriver:
        options = SessionOptions(0.05, 1.0, access=access, wire=wire)
        timing = Sscv2Timing(tick_s=0.1, round_trip_every_s=0.5)
        return make_sscv2_driver(HOST, port, options, loop_time, timing)

    return make


def system_api_at(port: int) -> MakeDriver:
    def make(wire: Wire, access: Access) -> SessionDriver:
        options = SessionOptions(None, 1.0, access=access, wire=wire)
        return make_system_api_driver(Peer(HOST, port, access.fingerprint), options, loop_time, HURRIED)

    return make


@asynccontextmanager
async def ewdx() -> AsyncGenerator[tuple[MakeDriver, int, Access]]:
    simulated = device()
    async with running(simulated) as port:
        yield sscv2_at(port), port, Access(secret=PASSWORD, fingerprint=simulated.fingerprint)


@asynccontextmanager
async def server() -> AsyncGenerator[tuple[MakeDriver, int, Access]]:
    async with open_station() as (simulated, port):
        yield system_api_at(port), port, Access(None, API_KEY, simulated.fingerprint)


async def watch(driver: SessionDriver, is_enough: Callable[[ReportCollector], bool]) -> ReportCollector:
    report = ReportCollector()
    async with running_session(driver, report) as errors:
        with anyio.move_on_after(20.0):
            await until(lambda: bool(errors) or is_enough(report))
    return report


def is_metered(report: ReportCollector) -> bool:
    return len(report.meters(1)) > 3


def is_pushed(report: ReportCollector) -> bool:
    return bool(report.devices) and report.values.get("values pushed", "0") != "0"


class Case(NamedTuple):
    peer: Callable[[], AbstractAsyncContextManager[tuple[MakeDriver, int, Access]]]
    is_enough: Callable[[ReportCollector], bool]
    line: str
    mask: WireMask | None


CASES = {
    "sscv2, masked": Case(ewdx, is_metered, "D: 200 text/event-stream", WireMask(["Foh"])),
    "system api": Case(server, is_pushed, "D: 101 websocket", None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_session_over_http_is_recorded_and_played_again(case: Case) -> None:
    wire, file = WireRecorder(loop_time), io.StringIO()
    async with case.peer() as (make, port, access):
        wire.choose([WireDevice(1, "a", "b", HOST, port, "Foh")], case.mask)
        file.write(wire.header([]))
        first = await watch(make(wire, access), case.is_enough)
    wire.write_waiting(file, is_last=True)
    text = file.getvalue()
    assert (access.secret or "") not in text
    assert "authorization" not in text.lower()
    assert ("Foh" in text, case.line in text, "E: " in text) == (case.mask is None, True, True)
    assert text.count(" 1 open\n") == text.count(" 1 closed\n") == 1

    recording = read_recording(text.splitlines(keepends=True))
    recording.devices[1] = recording.devices[1]._replace(host=HOST)
    player = WirePlayer(recording, 1.0, loop_time)
    second = await watch(make(player, Access(secret="any")), case.is_enough)  # noqa: S106 - it goes nowhere
    assert case.is_enough(second)
    assert second.device.model == first.device.model
    assert second.device.channel_count == first.device.channel_count
    name = first.facts(1).name or ""
    assert name
    assert (second.facts(1).name == name) is (case.mask is None)
    assert len(second.facts(1).name or "") == len(name)
    await anyio.sleep(30)
    assert player.is_over


async def test_requests_get_the_answer_of_their_time_and_none_after_the_end() -> None:
    get = HttpRequest("GET", "/a")
    exchanges = {
        number: WireExchange(at, request, at + 0.5, status, body=body)
        for number, (at, request, status, body) in enumerate(
            [
                (0.0, get, 200, b"1"),
                (4.0, get, 200, b"2"),
                (5.0, HttpRequest("PUT", "/a", b"[1]"), 204, b""),
            ]
        )
    }
    exchanges[9] = WireExchange(6.0, HttpRequest("GET", "/lost"))
    device = WireDevice(1, "a", "b", HOST, 443, "")
    recording = WireRecording({1: device}, {1: [WireConnection(0.0, [], 10.0, exchanges)]})
    player = WirePlayer(recording, 2.0, loop_time)
    opening = player.play_http(HOST, 443)
    async with opening as play:

        async def answer_to(request: HttpRequest) -> tuple[int, bytes | None] | None:
            answer = await play.ask(request)
            return None if answer is None else (answer.status, await answer.body.receive())

        assert await answer_to(get) == (200, b"1")
        assert await answer_to(HttpRequest("PUT", "/a", b"[2]")) == (204, b"")
        assert await answer_to(HttpRequest("DELETE", "/a")) == (404, None)
        await anyio.sleep(2.0)
        assert await answer_to(get) == (200, b"2")
        assert await answer_to(HttpRequest("GET", "/lost")) is None
        await anyio.sleep(5.0)
        assert await answer_to(get) is None
    with pytest.raises(DeviceError) as over:
        async with player.play_http(HOST, 443):
            pass
    assert over.value.code is ErrorCode.DEVICE_UNREACHABLE


def test_events_are_whole_lines_and_what_has_no_end_is_bounded() -> None:
    lines: list[tuple[str, bytes, int]] = []
    recording = HttpRecording(lambda *line: lines.append(line))
    plain, stream = recording.ask(HttpRequest("PUT", "/a", b"{}")), recording.ask(HttpRequest("GET", "/s"))
    recording.answer(plain, 200, "application/json")
    recording.answer(stream, 200, "text/event-stream")
    for piece in (b"data: 1\r\n", b"\r\ndata: 2\n\ndata:", b" 3", b"x" * 2_000_000):
        recording.receive(stream, piece)
    recording.receive(plain, b"[1,")
    recording.receive(plain, b"2]")
    recording.end(plain, is_complete=True)
    recording.end(stream, is_complete=True)
    lost = recording.ask(HttpRequest("GET", "/lost"))
    recording.end(lost, is_complete=False)
    assert lines == [
        ("C", b"PUT /a {}", 1),
        ("C", b"GET /s", 2),
        ("D", b"200 text/event-stream", 2),
        ("E", b"data: 1\r\n\r\n", 2),
        ("E", b"data: 2\n\n", 2),
        ("D", b"200 [1,2]", 1),
        ("closed", b"", 2),
        ("C", b"GET /lost", 3),
        ("closed", b"", 3),
    ]
