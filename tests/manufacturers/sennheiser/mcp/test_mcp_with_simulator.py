"""The MCP driver against simulated devices over loopback, through one socket, with their faults on.

Time jumps: ten minutes take seconds.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import FoundDevice, SessionOptions
from micboard_tui.domain.command import SetChannelName, SetFrequency, SetGain, SetMute
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp import SPEC
from micboard_tui.manufacturers.sennheiser.mcp.broadcast_discovery import (
    MAX_SENDERS,
    MAX_TRIED,
    AnswerCollector,
    broadcast_addresses,
    discover,
    search,
)
from micboard_tui.manufacturers.sennheiser.mcp.driver import make_mcp_driver
from micboard_tui.manufacturers.sennheiser.mcp.hub import dialer, open_hub
from micboard_tui.manufacturers.sennheiser.mcp.probe import PushAllowance, probe, probe_over
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.protocols.mcp.codec import encode
from micboard_tui.protocols.mcp.messages import Line
from micboard_tui.simulator.sennheiser.mcp.mcp_device import McpDevice
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import until
from tests.fakes.virtual_time import loop_time
from tests.simulator.sennheiser.mcp.mcp_units import EM, SR, make_unit, on_air, ticks

pytestmark = [pytest.mark.integration, pytest.mark.virtual_time]

TICK_S = 0.1


@asynccontextmanager
async def stage(*units: McpDevice) -> AsyncGenerator[None]:
    """The devices on air, and time passing for them."""

    async def play() -> None:
        while True:
            for simulated in units:
                await ticks(simulated, 1)
            await anyio.sleep(TICK_S)

    async with on_air(*units), anyio.create_task_group() as group:
        group.start_soon(play)
        yield
        group.cancel_scope.cancel()


def driver_of(simulated: McpDevice, silence_limit_s: float = 5.0) -> SessionDriver:
    options = SessionOptions(silence_limit_s=silence_limit_s)
    return make_mcp_driver(dialer(*simulated.address, 1.0, own_port=0), options, loop_time)


@asynccontextmanager
async def session_with(model: str) -> AsyncGenerator[tuple[McpDevice, ReportCollector, SessionDriver]]:
    """A session with one simulated device, as long as this context; it must not end by itself."""
    simulated, report = make_unit(model), ReportCollector()
    async with stage(simulated):
        driver = driver_of(simulated)
        async with running(driver, report) as ended:
            await until(lambda: len(report.meters()) > 3)
            yield simulated, report, driver
            assert not ended
        assert simulated.connections == 0


@pytest.mark.parametrize("model", [EM, SR, "EM 2050", "EM 300-500 G3"])
async def test_each_model_is_read_ten_times_a_second(model: str) -> None:
    async with session_with(model) as (_, report, _):
        (device,) = report.devices
        is_in_ear = model == SR
        assert device.kind is (DeviceKind.IEM_TRANSMITTER if is_in_ear else DeviceKind.RECEIVER)
        assert (report.facts().name, report.facts().frequency_khz) == ("Lead Vox", 566_125)
        before = len(report.meters())
        await anyio.sleep(10.0)
        assert 95 <= len(report.meters()) - before <= 110
        assert report.meters()[-1].rf_dbm is None
        assert (report.meters()[-1].rf_a_percent is None) == is_in_ear
        assert report.meters()[-1].carrier is True


async def test_two_devices_share_a_socket_and_the_loss_of_one_is_nothing_to_the_other() -> None:
    one, two = make_unit(EM), make_unit(SR, place=1)
    first, second = ReportCollector(), ReportCollector()
    async with stage(one, two), running(driver_of(one), first) as ended:
        async with running(driver_of(two), second) as other_ended:
            await until(lambda: len(first.meters()) > 3 and len(second.meters()) > 3)
            with open_hub(0) as hub:
                assert hub.users == 3
            two.faults.silent = True
            await until(lambda: bool(other_ended))
            assert other_ended[0].code is ErrorCode.DEVICE_SILENT
        assert hub.users == 1
        seen = len(first.meters())
        await anyio.sleep(2.0)
        assert len(first.meters()) - seen >= 19
        assert not ended
    assert (first.facts().name, second.facts().name) == ("Lead Vox", "BVox 1")
    # The last session took the socket along.
    assert hub.socket.fileno() < 0


@pytest.mark.no_cover
async def test_no_subscription_lapses_in_three_lifetimes_with_one_datagram_in_twenty_lost() -> None:
    one, two = make_unit(EM), make_unit(SR, place=1)
    two.faults.one_line = True
    first, second = ReportCollector(), ReportCollector()
    for simulated in (one, two):
        simulated.faults.drop = 0.05
    async with (
        stage(one, two),
        running(driver_of(one), first) as ended,
        running(driver_of(two), second) as other_ended,
    ):
        await anyio.sleep(180.0)
        assert (ended, other_ended) == ([], [])
    assert (one.lapsed, two.lapsed) == (0, 0)
    for report in (first, second):
        assert len(report.meters()) > 0.9 * 180 * 10


async def test_lines_that_come_alone_and_a_cycle_that_is_too_short() -> None:
    simulated, report = make_unit(EM), ReportCollector()
    simulated.faults.one_line = True
    simulated.faults.shortest_ms = 500
    async with stage(simulated), running(driver_of(simulated), report):
        await until(lambda: bool(report.devices))
        assert report.facts().meter_interval_s == 0.5
        seen = len(report.meters())
        await anyio.sleep(10.0)
        assert 19 <= len(report.meters()) - seen <= 25


async def test_push_dropped_early_is_noticed_within_two_seconds() -> None:
    async with session_with(EM) as (simulated, _, _):
        simulated.faults.forget()
        await anyio.sleep(0.3)
        assert simulated.connections == 0
        await anyio.sleep(3.0)
        assert simulated.connections == 1


async def test_firmware_that_forgets_while_rf_is_muted_does_not_end_the_session() -> None:
    async with session_with(EM) as (simulated, report, _):
        simulated.faults.forgets_rf_muted = True
        simulated.airs[0].dropped = True
        await anyio.sleep(30.0)
        simulated.airs[0].dropped = False
        await until(lambda: report.meters()[-1].carrier is True)


async def test_a_short_reboot_is_a_pause_and_a_long_one_the_end() -> None:
    simulated, report = make_unit(EM), ReportCollector()
    async with stage(simulated), running(driver_of(simulated), report) as ended:
        await until(lambda: bool(report.meters()))
        simulated.faults.reboot(3.0)
        await anyio.sleep(6.0)
        assert (ended, simulated.connections) == ([], 1)
        simulated.faults.reboot(20.0)
        await until(lambda: bool(ended))
        assert ended[0].code is ErrorCode.DEVICE_SILENT


async def test_what_happens_on_stage_is_reported() -> None:
    async with session_with(EM) as (simulated, report, _):
        (air,) = simulated.airs
        air.pack.mute(on=True)
        await until(lambda: (pack := report.facts().transmitter) is not None and pack.muted is True)
        simulated.set_on_panel("Mute", "1")
        simulated.set_on_panel("Name", "New Name")
        await until(lambda: (report.facts().name, report.facts().receiver_muted) == ("New Name", True))
        # Those who drop out keep their battery, those who switch off do not.
        air.dropped = True
        await until(lambda: report.meters()[-1].carrier is False)
        assert report.facts().transmitter is not None
        air.pack.switch(on=False)
        await until(lambda: report.facts().transmitter_present is False)
        assert report.facts().transmitter is None


async def test_settings_whose_news_got_lost_are_read_again() -> None:
    async with session_with(EM) as (simulated, report, _):
        simulated.faults.drop = 1.0
        simulated.set_on_panel("Name", "New Name")
        simulated.faults.drop = 0.0
        await until(lambda: report.facts().name == "New Name")


async def test_commands_take_effect() -> None:
    async with session_with(EM) as (_, report, driver):
        assert (await driver.execute(SetChannelName(1, "Vocal 1"))).value == "Vocal 1"
        assert (await driver.execute(SetMute(1, muted=True))).value == "muted"
        assert (await driver.execute(SetFrequency(1, 570_000))).value == "570.000 MHz"
        assert (await driver.execute(SetGain(1, 12))).value == "12 dB"
        await until(lambda: report.facts().gain_db == 12)
        assert (report.facts().name, report.facts().receiver_muted, report.facts().frequency_khz) == (
            "Vocal 1",
            True,
            570_000,
        )
        with pytest.raises(DeviceError, match="1020") as caught:
            await driver.execute(SetFrequency(1, 900_000))
        assert caught.value.code is ErrorCode.DEVICE_REFUSED


async def test_reading_once_with_losses_and_without_a_device() -> None:
    simulated = make_unit(EM)
    async with stage(simulated):
        for _ in range(10):
            simulated.faults.drop = 0.05
            report = ReportCollector()
            await driver_of(simulated).read_once(report)
            assert report.facts().name == "Lead Vox"
            assert report.meters()
        simulated.faults.silent = True
        with pytest.raises(DeviceError) as caught:
            await driver_of(simulated).read_once(ReportCollector())
        assert caught.value.code is ErrorCode.DEVICE_SILENT


async def test_a_probe_reports_the_model() -> None:
    simulated = make_unit(SR)
    async with stage(simulated):
        host, port = simulated.address
        found = await probe_over(dialer(host, port, 1.0, own_port=0), host, port, 0.3, PushAllowance())
        assert found is not None
        assert (found.kind, found.own_name, found.via) == (
            DeviceKind.IEM_TRANSMITTER,
            "Lead Vox",
            "probe",
        )


@pytest.mark.parametrize("target", ["127.255.255.255", "127.0.0.41"])
async def test_a_call_to_everybody_finds_them_and_disturbs_no_session(target: str) -> None:
    one, two = make_unit(EM), make_unit(SR, place=1)
    report, found = ReportCollector(), list[FoundDevice]()
    async with stage(one):
        port = one.address[1]
        await two.open("127.0.0.42", port)
        try:
            async with running(driver_of(one), report) as ended:
                await until(lambda: len(report.meters()) > 3)
                await search(found.append, [target, "0.0.0.1"], 1.0, port=port, own_port=0)
                await anyio.sleep(3.0)
                assert (ended, one.connections) == ([], 1)
        finally:
            await two.aclose()
    expected = {("127.0.0.41", "EM"), ("127.0.0.42", "SR IEM")}
    if target == "127.0.0.41":
        expected = {("127.0.0.41", "EM")}
    assert {(device.host, device.model) for device in found} == expected
    assert {(device.port, device.via) for device in found} == {(port, "broadcast")}


async def test_a_search_names_a_unit_whose_network_control_is_off() -> None:
    simulated, found = make_unit(EM), list[FoundDevice]()
    simulated.faults.control_off = True
    async with stage(simulated):
        host, port = simulated.address
        await search(found.append, [host], 1.0, port=port, own_port=0)
        assert await probe_over(dialer(host, port, 1.0, own_port=0), host, port, 0.3, PushAllowance()) == (
            replace(found[0], via="probe")
        )
    assert {(device.host, device.port, device.via, device.model) for device in found} == {
        (host, port, "broadcast", None)
    }
    (code,) = {device.fault and device.fault.code for device in found}
    assert code == ErrorCode.DEVICE_REFUSED
    # Of the search: each of two rounds asks once, and tries once.
    assert [line.keyword for line in simulated.instructions][:4] == ["Push"] * 4


def test_a_broadcast_of_another_program_is_no_unit() -> None:
    found: list[FoundDevice] = []
    ours, others = AnswerCollector(found.append), AnswerCollector(found.append)
    for collector in (ours, others):
        collector.receive("192.0.2.7", 53212, b"Push 0 0 1\r")
    assert ours.untried_echoers() == (("192.0.2.7", 53212),)
    # Its trial is another one than ours, and what else it sends is no echo.
    other = others.trial if others.trial != ours.trial else Line("Push", "0 100 1")
    ours.receive("192.0.2.7", 53212, encode([other]))
    ours.receive("192.0.2.7", 53212, b"Push 60 100 7\r")
    assert found == []
    ours.receive("192.0.2.7", 53212, encode([ours.trial]))
    assert len(found) == 1


def test_so_many_echoers_are_tried_and_none_that_sends_settings() -> None:
    found: list[FoundDevice] = []
    collector = AnswerCollector(found.append)
    for port in range(1, MAX_TRIED + 9):
        collector.receive("192.0.2.7", port, b"Push 0 0 1\r")
    assert len(collector.untried_echoers()) == MAX_TRIED
    collector.receive("192.0.2.7", 1, b"Name A\r")
    assert len(collector.untried_echoers()) == MAX_TRIED - 1
    collector.receive("192.0.2.7", 1, encode([collector.trial]))
    assert [device.fault for device in found] == [None]


def test_a_search_listens_to_so_many_senders_only() -> None:
    found: list[FoundDevice] = []
    collector = AnswerCollector(found.append)
    for port in range(1, MAX_SENDERS + 99):
        collector.receive("127.0.0.1", port, b"Name A\r")
    collector.receive("127.0.0.1", 1, b"Push 0 0 1\r1000: Invalid command [ Name ]\r")
    assert len(found) == MAX_SENDERS
    assert found[0] == FoundDevice(
        "127.0.0.1", 1, "sennheiser", "sennheiser-mcp", None, "A", via="broadcast", answered=True
    )


def test_addresses_to_search() -> None:
    assert "127.255.255.255" in broadcast_addresses(None)
    assert broadcast_addresses("127.0.0.1") == ["127.255.255.255"]
    assert broadcast_addresses("192.0.2.250") == []


@pytest.mark.usefixtures("answers")
async def test_where_the_port_is_taken_nothing_is_found_and_nothing_raised() -> None:
    """Also where it is free: no device is there."""
    found: list[FoundDevice] = []
    await discover(found.append, "192.0.2.250", 0.05)
    assert found == []
    assert await probe("127.0.0.251", None, 0.05) is None
    assert SPEC.default_port == 53212
    assert isinstance(SPEC.open("127.0.0.251", 53212, SessionOptions()), SessionDriver)


async def test_a_setting_that_was_lost_at_the_opening_is_asked_for_singly() -> None:
    simulated, report = make_unit(EM), ReportCollector()
    simulated.faults.unsent_settings = frozenset({"Frequency", "Name"})
    async with stage(simulated), running(driver_of(simulated), report):
        await until(lambda: bool(report.devices))
        assert report.facts().frequency_khz is None
        await until(lambda: None not in (report.facts().name, report.facts().frequency_khz))
        assert (report.facts().name, report.facts().frequency_khz) == ("Lead Vox", 566_125)
        await anyio.sleep(5.0)
        asked = [line.keyword for line in simulated.instructions if line.keyword in {"Frequency", "Name"}]
        assert sorted(asked) == ["Frequency", "Name"]


async def test_reading_once_asks_for_what_was_lost() -> None:
    simulated, report = make_unit(SR), ReportCollector()
    simulated.faults.unsent_settings = frozenset({"Frequency", "Name"})
    async with stage(simulated):
        await driver_of(simulated).read_once(report)
    assert (report.facts().name, report.facts().frequency_khz) == ("Lead Vox", 566_125)


async def test_firmware_that_refuses_short_cycles_for_one_block_is_read_once() -> None:
    simulated, report = make_unit(EM), ReportCollector()
    simulated.faults.shortest_ms = 500
    simulated.faults.refuses_short_once = True
    async with stage(simulated):
        await driver_of(simulated).read_once(report)
    assert report.meters()[-1].carrier is True


async def test_a_unit_whose_network_control_is_off_says_so() -> None:
    simulated = make_unit(EM)
    simulated.faults.control_off = True
    async with stage(simulated):
        with pytest.raises(DeviceError, match="network control is off"):
            await driver_of(simulated).read_once(ReportCollector())


async def test_a_name_in_latin_1() -> None:
    async with session_with(EM) as (simulated, report, _):
        simulated.unit.name = "Zoë"
        simulated.unit.changes += 1
        await until(lambda: report.facts().name == "Zoë")


async def test_a_unit_that_does_not_answer_any_more_is_asked_a_few_times() -> None:
    simulated, report = make_unit(EM), ReportCollector()
    async with stage(simulated), running(driver_of(simulated), report) as ended:
        await until(lambda: bool(report.meters()))
        simulated.faults.silent = True
        before = simulated.received
        await until(lambda: bool(ended))
        # In five seconds: Push for the blocks that fail to come, two questions, and the goodbye.
        assert simulated.received - before <= 8
    assert ended[0].code is ErrorCode.DEVICE_SILENT
