"""The System API driver against the simulated server, over loopback, with its faults on."""

import logging

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, SessionOptions
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.command import Identify, SetChannelName, SetDeviceName, SetGain, SetMute
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import Alive, DeviceHeard
from micboard_tui.manufacturers.shure.system_api import SPEC, probe
from micboard_tui.manufacturers.shure.system_api.driver import make_system_api_driver
from micboard_tui.manufacturers.transport.https import Peer
from micboard_tui.protocols.shure_system_api.messages import Feature, Shape
from micboard_tui.simulator.shure.system_api.site_devices import PackUnit
from micboard_tui.simulator.shure.system_api.site_layout import API_KEY, CHANNELS
from micboard_tui.simulator.shure.system_api.system_api_server import SystemApiServer
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.system_api import HURRIED, driver, open_station
from tests.simulator.simulated_devices import HOST

pytestmark = pytest.mark.integration

TOPICS = 4 * 3 + 8 * 4 + 4 * 3 + 3
"""Four in-ear channels, eight of a receiver, four packs, and three names."""


def subscribed(server: SystemApiServer) -> int:
    return server.push_sockets.subscribed.total()


async def test_everything_behind_the_server_is_read_at_once() -> None:
    async with open_station() as (server, port):
        report = ReportCollector()
        await driver(server, port).read_once(report)

        asked = list(server.requests)
    device = report.device
    assert (device.kind, device.channel_count, device.bay_count) == (DeviceKind.RECEIVER, CHANNELS, 4)
    assert report.facts(1).name == "Lead Vox"
    assert (report.facts(1).transmitter_present, report.meters(1)[-1].carrier) == (True, True)
    assert (report.facts(5).transmitter_present, report.meters(5)[-1].carrier) == (None, None)
    assert (report.facts(1).receiver_muted, report.facts(5).receiver_muted) == (None, False)
    assert report.facts(5).frequency_khz is None
    assert report.bay(1).battery.percent is not None
    assert not [each for each in asked if not each.startswith("GET")]
    first = next(each for each in report.all if not isinstance(each, Alive))
    assert isinstance(first, DeviceHeard)


@pytest.mark.parametrize("shape", Shape)
async def test_every_shape_of_the_list_is_the_same_rig(shape: Shape) -> None:
    async with open_station() as (server, port):
        server.faults.shape = shape
        report = ReportCollector()
        await driver(server, port).read_once(report)
    assert (report.device.channel_count, report.device.bay_count) == (CHANNELS, 4)


@pytest.mark.no_cover
async def test_a_session_subscribes_to_everything_and_hears_what_changes() -> None:
    async with open_station() as (server, port):
        report = ReportCollector()
        async with running(driver(server, port), report):
            await until(lambda: subscribed(server) == TOPICS + 1)
            await until(lambda: report.values.get("values pushed") == str(TOPICS))
            assert report.facts(1).meter_interval_s == 5.0

            (iem, *_) = server.site.units.values()
            topic = next(each for each in server.site.topics() if each.feature is Feature.GAIN)
            iem.set(topic, 7)
            await until(lambda: report.facts(1).gain_db == 7)
        await until(lambda: server.connections == 0)
        taken_back = [path for path in server.requests if path.startswith("DELETE")]
        # As many as there is time for, and what comes most often first.
        assert taken_back
        assert all("/activity/" in path for path in taken_back[:CHANNELS])


@pytest.mark.no_cover
async def test_packs_charge_and_are_in_no_charger_once_they_are_taken_out() -> None:
    async with open_station() as (server, port):
        pack = next(each for each in server.site.units.values() if isinstance(each, PackUnit))
        report = ReportCollector()
        async with running(driver(server, port), report):
            number = 1 + sorted(
                (unit.listed.model or "", unit.listed.id)
                for unit in server.site.units.values()
                if isinstance(unit, PackUnit)
            ).index((pack.listed.model or "", pack.listed.id))
            await until(lambda: report.values.get("values pushed") == str(TOPICS))
            docked = report.bay(number)
            assert (docked.state, docked.pack_name, docked.pack_serial) == (
                BayState.CHARGING,
                pack.name,
                pack.listed.serial,
            )
            assert docked.minutes_to_full is not None
            pack.docked = False
            await until(lambda: report.bay(number).state is BayState.IN_USE)
            taken = report.bay(number)
            assert (taken.pack_name, taken.minutes_to_full) == (pack.name, None)
            assert taken.battery.minutes is not None


@pytest.mark.no_cover
async def test_a_websocket_that_was_cut_is_opened_and_subscribed_anew() -> None:
    async with open_station() as (server, port):
        report = ReportCollector()
        async with running(driver(server, port), report) as ended:
            await until(lambda: subscribed(server) == TOPICS + 1)
            server.faults.cut_websockets()
            await until(lambda: server.push_sockets.opened >= 2 and subscribed(server) == TOPICS + 1)
            assert ended == []


async def test_without_a_websocket_everything_is_polled() -> None:
    async with open_station() as (server, port):
        server.faults.no_websocket = True
        report = ReportCollector()
        async with running(driver(server, port), report) as ended:
            await until(lambda: report.values.get("values pushed") == "none, all are polled")
            (iem, *_) = server.site.units.values()
            topic = next(each for each in server.site.topics() if each.feature is Feature.GAIN)
            iem.set(topic, -9)
            await until(lambda: report.facts(1).gain_db == -9)
            assert server.push_sockets.opened == 0
            assert ended == []


@pytest.mark.no_cover
async def test_a_websocket_that_says_nothing_is_opened_anew() -> None:
    async with open_station() as (server, port):
        server.faults.websocket_silent = True
        async with running(driver(server, port), ReportCollector()) as ended:
            await until(lambda: server.push_sockets.opened >= 2)
            server.faults.websocket_silent = False
            await until(lambda: subscribed(server) == TOPICS + 1)
            assert ended == []


@pytest.mark.no_cover
async def test_no_activity_is_asked_for_when_metering_is_switched_off() -> None:
    async with open_station() as (server, port):
        report = ReportCollector()
        async with running(driver(server, port, meter_interval_s=0), report):
            await until(lambda: subscribed(server) == TOPICS - CHANNELS + 1)
        assert not [each for each in server.requests if "activity" in each]
    assert report.facts(1).meter_interval_s == 0


async def test_a_device_that_goes_off_keeps_its_numbers_and_comes_back() -> None:
    async with open_station() as (server, port):
        report = ReportCollector()
        async with running(driver(server, port), report) as ended:
            await until(lambda: subscribed(server) == TOPICS + 1)
            server.faults.offline.add("ADTQ")
            await until(lambda: report.facts(1).transmitter_present is None)
            meters = len(report.meters(1))
            assert report.facts(1).is_offline
            assert (report.facts(1).name, report.facts(1).gain_db) == ("Lead Vox", None)
            assert dict(report.facts(1).raw)["device state"] == "OFFLINE"
            assert len(report.meters(1)) == meters, "of a device that is off there are none"
            server.faults.offline.clear()
            await until(lambda: report.facts(1).gain_db == 0)
            assert len(report.meters(1)) > meters
            server.faults.unlisted.add("ADTQ")
            gone = "not in the server's list any more"
            await until(lambda: dict(report.facts(1).raw)["device state"] == gone)
            assert report.facts(1).name is None
            assert report.device.channel_count == CHANNELS
            assert report.facts(5).name == "Gtr L"
            assert ended == []


async def test_a_wrong_key_is_refused_and_the_cure_named() -> None:
    async with open_station() as (server, port):
        with pytest.raises(DeviceError) as refused:
            await driver(server, port, key="another").read_once(ReportCollector())
        assert len(server.requests) == 1
    assert refused.value.code is ErrorCode.CREDENTIALS_REFUSED
    assert "secrets set" in refused.value.info.hint
    assert "another" not in str(refused.value.info)


@pytest.mark.no_cover
async def test_a_key_that_is_changed_ends_the_session() -> None:
    async with open_station() as (server, port), running(driver(server, port), ReportCollector()) as ended:
        await until(lambda: subscribed(server) == TOPICS + 1)
        server.faults.refuse_key = True
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.CREDENTIALS_REFUSED


@pytest.mark.no_cover
async def test_the_key_is_in_no_log_and_no_report(caplog: pytest.LogCaptureFixture) -> None:
    async with open_station() as (server, port):
        report = ReportCollector()
        for name in ("httpcore", "httpcore.connection", "httpcore.http11", "httpx"):
            # Whoever sets up logging in another test may have silenced them.
            logging.getLogger(name).disabled = False
            caplog.set_level(logging.DEBUG, name)
        with caplog.at_level(logging.DEBUG):
            async with running(driver(server, port), report):
                await until(lambda: subscribed(server) == TOPICS + 1)
    assert "httpcore" in {each.name.split(".")[0] for each in caplog.records}
    assert API_KEY not in caplog.text
    assert API_KEY not in str(report.all)


async def test_without_a_key_nothing_is_sent() -> None:
    async with open_station() as (server, port):
        with pytest.raises(DeviceError) as needed:
            await driver(server, port, key=None).read_once(ReportCollector())
        assert server.requests == []
    assert needed.value.code is ErrorCode.CREDENTIALS_NEEDED


async def test_a_certificate_that_nobody_accepted_gets_no_key() -> None:
    async with open_station() as (server, port):
        options = SessionOptions(access=Access(secret=API_KEY))
        with pytest.raises(DeviceError) as unknown:
            await SPEC.open(HOST, port, options).read_once(ReportCollector())
        assert server.requests == []
    assert unknown.value.code is ErrorCode.CERTIFICATE_UNKNOWN


@pytest.mark.no_cover
async def test_a_certificate_that_changes_ends_the_session() -> None:
    async with open_station() as (server, port), running(driver(server, port), ReportCollector()) as ended:
        await until(lambda: subscribed(server) == TOPICS + 1)
        server.faults.change_certificate()
        await until(lambda: bool(ended))
    assert ended[0].code in {ErrorCode.CERTIFICATE_CHANGED, ErrorCode.DEVICE_UNREACHABLE}


async def test_a_websocket_with_another_certificate_ends_the_session() -> None:
    async with open_station() as (server, port), running(driver(server, port), ReportCollector()) as ended:
        await until(lambda: subscribed(server) == TOPICS + 1)
        # The connection for questions stays; only the next WebSocket sees it.
        server.certificate.renew()
        server.faults.cut_websockets()
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.CERTIFICATE_CHANGED


async def test_a_certificate_that_changed_meanwhile_is_refused() -> None:
    async with open_station() as (server, port):
        one = driver(server, port)
        accepted = server.fingerprint
        server.faults.change_certificate()
        await until(lambda: server.fingerprint != accepted)
        with pytest.raises(DeviceError) as changed:
            await one.read_once(ReportCollector())
    assert changed.value.code is ErrorCode.CERTIFICATE_CHANGED


async def test_a_server_that_answers_too_late_is_silent() -> None:
    async with open_station() as (server, port):
        server.faults.late_s = 2.0
        with pytest.raises(DeviceError) as silent, anyio.fail_after(UNHURRIED_S):
            await driver(server, port, silence_limit_s=0.4).read_once(ReportCollector())
    assert silent.value.code is ErrorCode.DEVICE_SILENT


@pytest.mark.no_cover
async def test_a_server_that_is_slow_is_still_read() -> None:
    async with open_station() as (server, port):
        server.faults.late_s = 0.01
        report = ReportCollector()
        await driver(server, port).read_once(report)
    assert all(trip >= 0.01 for trip in report.round_trips_s)


@pytest.mark.parametrize(
    ("fault", "text"),
    [("failing", "HTTP 503"), ("garbage", "its list of devices"), ("redirects", "a redirection (HTTP 302)")],
)
async def test_a_server_that_fails_says_so(fault: str, text: str) -> None:
    async with open_station() as (server, port):
        setattr(server.faults, fault, True)
        with pytest.raises(DeviceError) as caught:
            await driver(server, port).read_once(ReportCollector())
    assert caught.value.code is ErrorCode.API_ERROR
    assert text in str(caught.value)


@pytest.mark.no_cover
async def test_a_session_ends_after_several_failures_and_not_after_one() -> None:
    async with open_station() as (server, port):
        report = ReportCollector()
        async with running(driver(server, port), report) as ended:
            await until(lambda: subscribed(server) == TOPICS + 1)
            server.faults.failing = True
            await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.API_ERROR


async def test_commands_are_confirmed_by_what_the_server_tells() -> None:
    async with open_station() as (server, port):
        one = driver(server, port)
        for command, value in (
            (SetChannelName(2, " Ada "), "Ada"),
            (SetGain(2, -3), "-3 dB"),
            (SetMute(6, muted=True), "muted"),
            (SetMute(6, muted=False), "not muted"),
        ):
            assert (await one.execute_once(command)).value == value
        report = ReportCollector()
        async with running(one, report):
            await until(lambda: subscribed(server) == TOPICS + 1)
            await one.execute(SetGain(3, 5))
            assert report.facts(3).gain_db == 5
        with pytest.raises(DeviceError) as gone:
            await one.execute(SetGain(3, 5))
    assert gone.value.code is ErrorCode.DEVICE_UNREACHABLE


async def test_a_device_flashes_for_a_moment_only() -> None:
    async with open_station() as (server, port):
        confirmation = await driver(server, port).execute_once(Identify(1))
        assert "flashed" in confirmation.value
        assert [each.split("/")[-1] for each in server.requests if "identify" in each] == ["start", "stop"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetGain(1, 17), ErrorCode.INVALID_VALUE),
        (SetGain(99, 0), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, " "), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "x" * 32), ErrorCode.INVALID_VALUE),
        (SetMute(1, muted=True), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetDeviceName("x"), ErrorCode.COMMAND_NOT_SUPPORTED),
        (Identify(), ErrorCode.COMMAND_NOT_SUPPORTED),
    ],
    ids=["gain", "channel", "blank", "long", "iem mute", "server name", "whole server"],
)
async def test_what_cannot_be_done_is_refused_before_anything_changes(
    command: SetGain | SetChannelName | SetMute | SetDeviceName | Identify, code: ErrorCode
) -> None:
    async with open_station() as (server, port):
        with pytest.raises(DeviceError) as refused:
            await driver(server, port).execute_once(command)
        assert not [each for each in server.requests if not each.startswith("GET")]
    assert refused.value.code is code
    assert refused.value.info.hint


async def test_a_channel_of_a_device_that_is_off_takes_no_command() -> None:
    async with open_station() as (server, port):
        server.faults.offline.add("ADTQ")
        with pytest.raises(DeviceError) as off:
            await driver(server, port).execute_once(SetGain(1, 0))
    assert off.value.code is ErrorCode.DEVICE_REFUSED


async def test_the_probe_tells_what_is_needed_and_sends_no_key() -> None:
    async with open_station() as (server, port):
        found = await probe(HOST, port, 2.0)
        assert server.requests == ["GET /api/v1/devices"]
    assert found is not None
    assert (found.driver, found.port) == (SPEC.name, port)
    assert found.fault is not None
    assert found.fault.code == ErrorCode.CREDENTIALS_NEEDED


async def test_nobody_is_found_where_nobody_listens() -> None:
    async with open_station() as (_, port):
        pass
    assert await probe(HOST, port, 0.5) is None


@pytest.mark.no_cover
async def test_a_driver_keeps_its_numbers_from_session_to_session() -> None:
    async with open_station() as (server, port):
        one = driver(server, port)
        server.faults.unlisted.add("ADTQ")
        first = ReportCollector()
        await one.read_once(first)
        assert (first.device.channel_count, first.facts(1).name) == (8, "Gtr L")
        server.faults.unlisted.clear()
        second = ReportCollector()
        await one.read_once(second)
        assert (second.facts(1).name, second.facts(9).name) == ("Gtr L", "Lead Vox")

        anew = ReportCollector()
        peer = Peer(HOST, port, server.fingerprint)
        options = SessionOptions(access=Access(secret=API_KEY))
        await make_system_api_driver(peer, options, pace=HURRIED).read_once(anew)
    assert anew.facts(1).name == "Lead Vox"
