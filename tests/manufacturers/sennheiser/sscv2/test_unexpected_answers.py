"""Devices that do not behave like our simulated one, as small web servers that say what they like."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
import pytest
from aiohttp import web

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, SessionOptions
from micboard_tui.domain.command import SetGain, SetMute
from micboard_tui.manufacturers.sennheiser.sscv2.driver import Sscv2Timing, make_sscv2_driver
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.transport.https import fetch_fingerprint
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.sennheiser.sscv2.simulated_device import device, driver, watching
from tests.manufacturers.servers import HOST, Handler, serving
from tests.simulator.simulated_devices import running

pytestmark = [pytest.mark.integration, pytest.mark.virtual_time]

RESOURCES: dict[str, object] = {
    "/api/ssc/version": {"protocol": "2.3", "schema": "1.7"},
    "/api/device/identity": {"product": "EWDX2CHS"},
    "/api/channel/0": {"name": "LEAD", "mute": False, "gain": 12, "mates": []},
}
Stream = Callable[[web.StreamResponse], Awaitable[None]]


async def never(response: web.StreamResponse) -> None:
    await anyio.sleep(30)


async def opened(response: web.StreamResponse) -> None:
    await response.write(b'event:open\ndata:{"sessionUUID":"ab-1"}\n\n')
    await anyio.sleep(30)


def odd(stream: Stream, **answers: Callable[[], web.Response]) -> Handler:
    """Answers by method, else from the resources; a PUT is taken and changes nothing."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/api/ssc/state/subscriptions":
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            await stream(response)
            return response
        if request.method in answers:
            return answers[request.method]()
        if request.path in RESOURCES:
            return web.json_response(RESOURCES[request.path])
        return web.Response(status=404 if request.method == "GET" else 200)

    return answer


@asynccontextmanager
async def facing(handler: Handler, timing: Sscv2Timing | None = None) -> AsyncGenerator[SessionDriver]:
    async with serving(handler) as server:
        shown = await fetch_fingerprint(HOST, server.port, 2)
        access = Access(secret="S3cret!Pass", fingerprint=shown)  # noqa: S106 - made up
        options = SessionOptions(meter_interval_s=0.05, connect_timeout_s=0.5, access=access)
        yield make_sscv2_driver(
            HOST, server.port, options, loop_time, timing=timing or Sscv2Timing(tick_s=0.05)
        )


async def failure(session_driver: SessionDriver) -> DeviceError:
    with anyio.fail_after(UNHURRIED_S), pytest.raises(DeviceError) as raised:
        await session_driver.run(ReportCollector())
    return raised.value


async def test_a_stream_that_is_never_opened_is_silence() -> None:
    async with facing(odd(never), Sscv2Timing(open_limit_s=0.1)) as session_driver:
        error = await failure(session_driver)

    assert error.code is ErrorCode.DEVICE_SILENT
    assert "never opens" in str(error)


async def test_a_channel_alone_is_enough_to_be_read() -> None:
    async with facing(odd(opened)) as session_driver, watching(session_driver) as (report, errors):
        assert report.facts().name == "LEAD"
        assert report.facts().transmitter_present is False
        assert report.meters() == []
        assert errors == []


async def test_a_command_that_does_not_take_effect_is_not_confirmed() -> None:
    async with facing(odd(opened)) as session_driver:
        with pytest.raises(DeviceError) as muted:
            await session_driver.execute_once(SetMute(1, muted=True))
        other = await session_driver.execute_once(SetGain(1, 15))

    assert muted.value.code is ErrorCode.COMMAND_UNCONFIRMED
    assert "not muted" in str(muted.value)
    assert (other.value, other.adapted) == ("+12 dB", True)


async def test_a_command_that_is_forbidden_is_no_wrong_password() -> None:
    async with facing(odd(opened, PUT=lambda: web.Response(status=403))) as session_driver:
        with pytest.raises(DeviceError) as raised:
            await session_driver.execute_once(SetMute(1, muted=True))

    assert raised.value.code is ErrorCode.DEVICE_REFUSED


async def test_a_goodbye_that_fails_ends_nothing() -> None:
    async with (
        facing(odd(opened, DELETE=lambda: web.Response(status=500))) as session_driver,
        watching(session_driver) as (_report, errors),
    ):
        pass

    assert errors == []


async def test_other_json_than_a_device_sends_is_an_api_error() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=json.dumps("hello").encode())

    async with facing(answer) as session_driver:
        error = await failure(session_driver)

    assert error.code is ErrorCode.API_ERROR


async def test_the_round_trip_is_reported_now_and_then() -> None:
    simulated = device()
    async with (
        running(simulated) as port,
        watching(driver(simulated, port, round_trip_every_s=0.2)) as (report, _errors),
    ):
        await until(lambda: bool(report.round_trips_s))


async def test_one_late_answer_is_no_silence() -> None:
    simulated = device()
    async with running(simulated) as port:
        late = driver(
            simulated, port, connect_timeout_s=0.1, quiet_s=0.1, round_trip_every_s=0.1, silence_limit_s=3
        )
        async with watching(late) as (report, errors):
            await until(lambda: bool(report.round_trips_s))
            simulated.faults.freeze = True
            await anyio.sleep(0.6)
            simulated.faults.freeze = False
            seen = len(report.meters())
            await until(lambda: len(report.meters()) > seen + 5)

    assert errors == []


async def test_without_metering_a_quiet_device_is_asked_for_a_word() -> None:
    simulated = device()
    async with running(simulated, stage_moves=False) as port:
        quiet = driver(simulated, port, meter_interval_s=0, silence_limit_s=0.5)
        async with watching(quiet) as (report, errors):
            await anyio.sleep(1.0)

    assert errors == []
    assert report.meters() == []
