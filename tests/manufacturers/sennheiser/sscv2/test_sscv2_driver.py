import pytest
from aiohttp import web

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, SessionOptions
from micboard_tui.domain.channel import Transmitter
from micboard_tui.domain.command import Identify, SetChannelName, SetFrequency, SetGain, SetMute
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.manufacturers.sennheiser.driver_names import SSCV2
from micboard_tui.manufacturers.sennheiser.sscv2 import PORT, SPEC, open_sscv2, probe
from micboard_tui.manufacturers.transport.https import fetch_fingerprint
from micboard_tui.protocols.sscv2.path import SUBSCRIPTIONS
from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD
from micboard_tui.simulator.sennheiser.sscv2.ewdx_resources import EwdxResources
from micboard_tui.simulator.sennheiser.sscv2.spectera_resources import SpecteraResources
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.links import until
from tests.manufacturers.sennheiser.sscv2.simulated_device import (
    allowed,
    device,
    driver,
    watching,
)
from tests.manufacturers.servers import serving
from tests.simulator.simulated_devices import HOST, running

pytestmark = [pytest.mark.integration, pytest.mark.virtual_time]


@pytest.mark.parametrize(("model", "channels"), [("EWDX2CHS", 2), ("EWDX4CHDS", 4), ("SPECTERA", 8)])
async def test_a_look_reports_the_device_then_its_channels_then_their_levels(
    model: str, channels: int
) -> None:
    simulated = device(model)
    report = ReportCollector()
    async with running(simulated) as port:
        await driver(simulated, port).read_once(report)

    numbers = list(range(1, channels + 1))
    assert isinstance(report.all[0], DeviceHeard)
    assert (report.all[0].kind, report.all[0].channel_count) == (DeviceKind.RECEIVER, channels)
    assert [item.number for item in report.all if isinstance(item, FactsHeard)] == numbers
    assert [item.number for item in report.all if isinstance(item, MetersHeard)] == numbers
    assert isinstance(report.all[-1], MetersHeard)
    assert simulated.sessions == 0
    assert not [request for request in simulated.requests if request.method != "GET"]


async def test_a_look_without_metering_asks_for_no_levels() -> None:
    simulated = device()
    report = ReportCollector()
    async with running(simulated) as port:
        await driver(simulated, port, meter_interval_s=0).read_once(report)

    assert report.meters() == []
    assert report.facts().meter_interval_s == 0
    assert not [request for request in simulated.requests if request.path.endswith("/level")]


@pytest.mark.no_cover
async def test_a_session_reports_levels_and_changes_and_is_given_back() -> None:
    simulated = device("EWDX4CHDS")
    async with running(simulated) as port:
        async with watching(driver(simulated, port)) as (report, errors):
            await until(lambda: min(len(report.meters(number)) for number in (1, 2, 3, 4)) > 5)
            assert (simulated.sessions, simulated.connections) == (1, 1)
            simulated.airs[1].pack.mute(on=True)
            await until(lambda: bool((transmitter := report.facts(2).transmitter) and transmitter.muted))
        await until(lambda: simulated.connections == 0)

    assert simulated.sessions == 0
    assert simulated.requests[-1].method == "DELETE"
    assert errors == []
    assert report.facts(2).meter_interval_s == 2.0


@pytest.mark.no_cover
async def test_paths_are_subscribed_a_few_at_a_time() -> None:
    simulated = device("EWDX4CHDS")
    async with running(simulated) as port, watching(driver(simulated, port)):
        # Six of the device, 28 of its channels, and three for each transmitter.
        await until(lambda: sum(request.path.endswith("/add") for request in simulated.requests) == 9 + 4)

    assert sum(request.path == SUBSCRIPTIONS for request in simulated.requests) == 1


async def test_only_open_questions_are_asked_before_we_say_who_we_are() -> None:
    simulated = device()
    async with running(simulated) as port:
        await driver(simulated, port).read_once(ReportCollector())

    assert [request.path for request in simulated.requests if not request.has_secret] == [
        "/api/ssc/version",
        "/api/device/identity",
    ]


async def test_a_transmitter_that_goes_takes_its_battery_along_and_a_new_one_is_read() -> None:
    simulated = device()
    pack = simulated.airs[0].pack
    async with running(simulated) as port, watching(driver(simulated, port, lost_s=0.3)) as (report, _errors):
        pack.switch(on=False)
        await until(lambda: report.facts().transmitter == Transmitter())
        assert report.facts().transmitter_present is True
        await until(lambda: report.meters()[-1].carrier is False)
        await until(lambda: report.facts().transmitter_present is False)
        assert report.facts().transmitter is None
        pack.battery.charge = 0.31
        pack.switch(on=True)
        await until(lambda: (pack := report.facts().transmitter) is not None and pack.battery.percent == 31)


@pytest.mark.parametrize("model", ["EWDX2CHS", "SPECTERA"])
@pytest.mark.no_cover
async def test_a_fade_is_a_lost_link_and_no_goodbye(model: str) -> None:
    simulated = device(model)
    async with running(simulated) as port, watching(driver(simulated, port)) as (report, errors):
        await until(lambda: len(report.meters()) > 1)
        simulated.airs[0].dropped = True
        await until(
            lambda: report.meters()[-1].carrier is False and report.facts().transmitter == Transmitter()
        )
        assert report.facts().transmitter_present is True
        simulated.airs[0].dropped = False
        await until(lambda: (pack := report.facts().transmitter) is not None and pack.battery.is_known)
        await until(lambda: report.meters()[-1].carrier is True)

    assert errors == []


async def test_a_transmitter_that_comes_later_is_subscribed_to_where_lists_are_strict() -> None:
    simulated = device()
    simulated.faults.strict = True
    pack = simulated.airs[0].pack
    pack.switch(on=False)
    async with running(simulated) as port, watching(driver(simulated, port)) as (report, errors):
        assert report.facts().transmitter_present is False
        pack.switch(on=True)
        await until(lambda: (pack := report.facts().transmitter) is not None and pack.battery.is_known)
        pack.battery.charge = 0.2
        await until(lambda: (pack := report.facts().transmitter) is not None and pack.battery.percent == 20)

    assert errors == []


async def test_a_channel_without_events_is_asked_and_its_levels_stay_fresh() -> None:
    simulated = device()
    async with (
        running(simulated, stage_moves=False) as port,
        watching(driver(simulated, port, quiet_s=0.2)) as (report, errors),
    ):
        seen = len(report.meters())
        await until(lambda: len(report.meters()) > seen + 2)

    assert len({*report.meters()[seen:]}) == 1
    assert errors == []


async def test_packs_of_a_base_station_come_and_go() -> None:
    simulated = device("SPECTERA")
    resources = simulated.resources
    assert isinstance(resources, SpecteraResources)
    async with running(simulated) as port, watching(driver(simulated, port)) as (report, errors):
        last = resources.packs.pop()
        await until(lambda: report.device.channel_count == 7)
        resources.packs.append(last)
        await until(lambda: report.device.channel_count == 8)
        assert report.facts(8).name == last.name

    assert errors == []


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.no_cover
async def test_commands_are_confirmed_by_the_device(once: bool) -> None:
    simulated = device()
    resources = simulated.resources
    assert isinstance(resources, EwdxResources)
    async with running(simulated) as port:
        session_driver = driver(simulated, port)
        async with watching(session_driver) as (report, _errors):
            await until(lambda: len(report.meters()) > 1)
            act = driver(simulated, port).execute_once if once else session_driver.execute
            muted = await act(SetMute(1, muted=True))
            gain = await act(SetGain(2, 15))
            moved = await act(SetFrequency(1, 480_000))
            flashing = await act(Identify(1))
            await until(lambda: report.facts().receiver_muted is True and report.facts(2).gain_db == 15)

    assert (muted.value, muted.adapted) == ("muted", False)
    assert (gain.value, gain.adapted) == ("+15 dB", False)
    assert moved.value == "480.000 MHz"
    assert flashing.value == "flashing"
    assert resources.channels[0].muted
    assert simulated.airs[0].tuned_khz == 480_000


async def test_a_command_that_the_device_refuses_raises_its_reason() -> None:
    simulated = device()
    async with running(simulated) as port:
        with pytest.raises(DeviceError) as refused:
            await driver(simulated, port).execute_once(SetFrequency(1, 900_000))
        with pytest.raises(DeviceError) as unable:
            await driver(simulated, port).execute_once(SetChannelName(1, "X"))

    assert refused.value.code is ErrorCode.DEVICE_REFUSED
    assert unable.value.code is ErrorCode.COMMAND_NOT_SUPPORTED


async def test_without_a_session_no_command_is_taken() -> None:
    with pytest.raises(DeviceError) as raised:
        await driver(device(), 1).execute(SetMute(1, muted=True))

    assert raised.value.code is ErrorCode.DEVICE_UNREACHABLE


@pytest.mark.no_cover
async def test_the_default_user_is_the_one_of_the_device() -> None:
    for model in ("EWDX2CHS", "SPECTERA"):
        simulated = device(model)
        async with running(simulated) as port:
            await driver(simulated, port).read_once(ReportCollector())
            access = Access("another", PASSWORD, simulated.fingerprint)
            with pytest.raises(DeviceError) as raised:
                await driver(simulated, port, access).read_once(ReportCollector())
        assert raised.value.code is ErrorCode.CREDENTIALS_REFUSED


async def test_a_probe_reports_the_model_and_the_missing_password_and_sends_no_secret() -> None:
    for model, product in (("EWDX4CHDS", "EWDX4CHDS"), ("SPECTERA", "Spectera Base Station")):
        simulated = device(model)
        async with running(simulated) as port:
            found = await probe(HOST, port, 1.0)

        assert found is not None
        assert (found.driver, found.model, found.port) == (SSCV2, product, port)
        assert found.fault is not None
        assert found.fault.code == ErrorCode.CREDENTIALS_NEEDED
        assert "password" in found.fault.message
        assert "certificate" in found.fault.message
        assert not [request for request in simulated.requests if request.has_secret]


async def test_a_probe_at_anything_else_finds_nothing(unused_tcp_port: int) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response({"product": "TCCM", "schema": "1.9"})

    assert await probe(HOST, unused_tcp_port, 0.2) is None
    async with serving(answer) as server:
        assert await probe(HOST, server.port, 1.0) is None
    async with serving(answer, tls=False) as server:
        assert await probe(HOST, server.port, 1.0) is None


async def test_a_device_that_is_something_else_is_named() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response({"product": "TCCM", "schema": "1.9"})

    simulated = device()
    async with serving(answer) as server:
        shown = await fetch_fingerprint(HOST, server.port, 1.0)
        with pytest.raises(DeviceError) as raised:
            await driver(simulated, server.port, Access(secret=PASSWORD, fingerprint=shown)).read_once(
                ReportCollector()
            )

    assert raised.value.code is ErrorCode.API_ERROR
    assert "TCCM" in str(raised.value)
    assert "authorization" not in server.heard[-1]


async def test_the_plugin_opens_it() -> None:
    simulated = device()
    assert (SPEC.name, SPEC.default_port, SPEC.secret, SPEC.has_certificate) == (
        SSCV2,
        PORT,
        "password",
        True,
    )
    async with running(simulated) as port:
        report = ReportCollector()
        await open_sscv2(HOST, port, SessionOptions(access=allowed(simulated))).read_once(report)

    assert report.devices
