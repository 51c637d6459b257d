"""A simulated MCP device alone: what it knows, says and refuses, and its faults."""

import socket
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from micboard_tui.protocols.mcp.codec import read
from micboard_tui.protocols.mcp.messages import Code, Line, Message, refusal
from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.sennheiser.mcp import cyclic_block
from micboard_tui.simulator.sennheiser.mcp.mcp_device import MAX_SUBSCRIBERS, McpDevice
from micboard_tui.simulator.sennheiser.mcp.mcp_faults import McpFaults
from micboard_tui.simulator.sennheiser.mcp.mcp_port import PORT
from micboard_tui.simulator.sennheiser.mcp.mcp_unit import COUNTS
from micboard_tui.simulator.sennheiser.mcp.models import BLUEPRINTS
from micboard_tui.simulator.stage.scenario import ALL
from tests.simulator.sennheiser.mcp.mcp_units import (
    EM,
    SR,
    Controller,
    controlling,
    make_unit,
    on_air,
    ticks,
)
from tests.simulator.simulated_devices import build_device, build_plan

pytestmark = pytest.mark.integration


@pytest.fixture
async def em() -> AsyncGenerator[McpDevice]:
    simulated = make_unit(EM)
    async with on_air(simulated):
        yield simulated


@pytest.fixture
async def sr() -> AsyncGenerator[McpDevice]:
    simulated = make_unit(SR)
    async with on_air(simulated):
        yield simulated


def keywords(messages: list[Message]) -> list[str]:
    return [message.keyword for message in messages if isinstance(message, Line)]


def of(messages: list[Message], keyword: str) -> list[str]:
    return [each.rest for each in messages if isinstance(each, Line) and each.keyword == keyword]


def answer(simulated: McpDevice, text: str) -> Message:
    (line,) = read(text.encode())
    assert isinstance(line, Line)
    return simulated.unit.follow(line)[0]


EM_BLOCK = ["RF1", "RF2", "States", "RF", "AF", "Bat", "Msg", "Config"]


def test_every_model_has_one_channel_at_the_port_of_the_protocol() -> None:
    for blueprint in BLUEPRINTS.values():
        assert (blueprint.manufacturer, blueprint.driver) == ("sennheiser", "sennheiser-mcp")
        assert (blueprint.channels, blueprint.port) == (1, 53212)


@pytest.mark.parametrize("model", BLUEPRINTS)
def test_only_receivers_have_air(model: str) -> None:
    assert len(BLUEPRINTS[model].build(build_plan(model)).airs) == (model != SR)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Name", Line("Name", "Lead Vox")),
        ("Name Vox", Line("Name", "Vox     ")),
        ("Name #5 is long", Line("Name", "#5 is lo")),
        ("Frequency 566725", Line("Frequency", "566725 0 0")),
        ("Frequency 566725 1 2", Line("Frequency", "566725 1 2")),
        ("Frequency 566725 1 3", Line("Frequency", "566725 0 0")),
        ("Frequency 566725 30 2", Line("Frequency", "566725 0 0")),
        ("Frequency 566725 20 64", Line("Frequency", "566725 0 0")),
        ("Frequency #2", Line("Frequency", "566175 0 0")),
        ("RfConfig", Line("RfConfig", "566000 608000 25")),
        ("FirmwareRevision", Line("FirmwareRevision", "1.7.0")),
        ("Mute 1", Line("Mute", "1")),
        ("Squelch 25", Line("Squelch", "25")),
        ("Squelch 0", Line("Squelch", "0")),
        ("Squelch #-1", Line("Squelch", "5")),
        ("AfOut 24", Line("AfOut", "24")),
        ("AfOut #4", Line("AfOut", "18")),
        ("Equalizer 3", Line("Equalizer", "3")),
    ],
)
def test_what_a_receiver_follows(text: str, answers: Line) -> None:
    simulated = make_unit(EM)
    assert answer(simulated, text) == answers


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Sensitivity -21", Line("Sensitivity", "-21")),
        ("Sensitivity #1", Line("Sensitivity", "-18")),
        ("Mode 0", Line("Mode", "0")),
        ("Equalizer 1", Line("Equalizer", "1 0 0 0 0 0")),
        ("Equalizer 1 -5 3 0 -3 5", Line("Equalizer", "1 -5 3 0 -3 5")),
        ("Frequency 566725", Line("Frequency", "566725 0 0")),
    ],
)
def test_what_an_in_ear_transmitter_follows(text: str, answers: Line) -> None:
    assert answer(make_unit(SR), text) == answers


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AfPOut 24", Code.INVALID_COMMAND),
        ("afout 24", Code.INVALID_COMMAND),
        ("Sensitivity -21", Code.INVALID_COMMAND),
        ("AfOut q24", Code.INVALID_PARAMETER),
        ("AfOut 125", Code.OUT_OF_RANGE),
        ("AfOut 20", Code.OUT_OF_RANGE),
        ("AfOut #5", Code.OUT_OF_RANGE),
        ("Mute #1", Code.NOT_RELATIVE),
        ("Frequency #1 2 3", Code.NOT_RELATIVE),
        ("Mute 1 2", Code.WRONG_COUNT),
        ("FirmwareRevision 2", Code.WRONG_COUNT),
        ("Frequency 100000", Code.OUT_OF_RANGE),
        ("BankList", Code.WRONG_COUNT),
        ("BankList 0", Code.OUT_OF_RANGE),
        ("Name M\u00fcller", Code.INVALID_PARAMETER),
    ],
)
def test_what_a_receiver_refuses(text: str, code: Code) -> None:
    (line,) = read(text.encode())
    assert isinstance(line, Line)
    assert answer(make_unit(EM), text) == refusal(code, line)


def test_banks_list_what_they_hold() -> None:
    simulated = make_unit(EM)
    listed = answer(simulated, "BankList 1")
    assert isinstance(listed, Line)
    assert listed.arguments[:2] == ["566125", "566725"]
    assert answer(simulated, "BankList 21") == Line("BankList", "")
    simulated.unit.band = FrequencyBand("narrow", 566_000, 568_500)
    assert answer(simulated, "BankList 1") == Line("BankList", "566125 566725")


def test_every_change_is_counted_and_the_count_wraps() -> None:
    simulated = make_unit(EM)
    simulated.unit.changes = 0
    answer(simulated, "Mute 1")
    answer(simulated, "Mute 1")
    assert simulated.unit.changes == 1
    simulated.unit.changes = COUNTS - 1
    answer(simulated, "Mute 0")
    assert simulated.unit.changes == 0


async def test_settings_come_once_before_the_echo(em: McpDevice) -> None:
    with controlling(em) as client:
        answers = await client.ask("Push 0 0 1")
        assert keywords(answers) == ["Name", "Frequency", "Squelch", "AfOut", "Equalizer", "Mute", "Push"]
        assert em.connections == 0


async def test_the_block_comes_in_every_cycle_in_its_order_and_one_datagram(em: McpDevice) -> None:
    with controlling(em) as client:
        assert await client.ask("Push 60 500 1") == [Line("Push", "60 500 1")]
        await ticks(em, 5)
        (datagram,) = await client.datagrams()
        assert keywords(read(datagram)) == EM_BLOCK
        await ticks(em, 10)
        assert len(await client.datagrams()) == 2
        assert em.connections == 1
        assert await client.ask("Push 0 0 0") == [Line("Push", "0 0 0")]
        await ticks(em, 10)
        assert await client.datagrams() == []
        assert em.lapsed == 0


async def test_an_in_ear_transmitter_says_four_lines(sr: McpDevice) -> None:
    with controlling(sr) as client:
        answers = await client.ask("Push 0 100 0")
        assert keywords(answers) == ["AF", "States", "Msg", "Config", "Push"]
        assert len(of(answers, "AF")[0].split()) == 4
        assert of(answers, "Msg") == ["OK"]
        await client.ask("Mute 1")
        answers = await client.ask("Push 0 100 0")
        assert of(answers, "States") == ["1 1"]
        assert of(answers, "Msg") == ["RF_Mute"]


async def test_a_subscription_ends_with_its_time(em: McpDevice) -> None:
    with controlling(em) as client:
        await client.ask("Push 2 100 0")
        await ticks(em, 30)
        assert len(await client.datagrams()) == 19
        assert (em.lapsed, em.connections) == (1, 0)
        # Single questions are answered all the same.
        assert of(await client.ask("Mute"), "Mute") == ["0"]


@pytest.mark.parametrize(
    ("push", "code"),
    [
        ("Push", Code.WRONG_COUNT),
        ("Push 5", Code.WRONG_COUNT),
        ("Push 60 450 3", Code.OUT_OF_RANGE),
        ("Push 301 500 3", Code.OUT_OF_RANGE),
        ("Push 60 60100 3", Code.OUT_OF_RANGE),
        ("Push 60 500 8", Code.OUT_OF_RANGE),
        ("Push 60 -500 3", Code.INVALID_PARAMETER),
    ],
)
async def test_a_push_that_cannot_be(em: McpDevice, push: str, code: Code) -> None:
    with controlling(em) as client:
        (line,) = read(push.encode())
        assert isinstance(line, Line)
        assert await client.ask(push) == [refusal(code, line)]


async def test_what_changes_is_told_to_others(em: McpDevice) -> None:
    with controlling(em) as client:
        await client.ask("Push 60 0 1")
        em.set_on_panel("AfOut", "12")
        assert await client.datagrams() == [b"AfOut 12\r"]
        # Who asked for it has the echo.
        assert await client.ask("AfOut 9") == [Line("AfOut", "9")]


async def test_the_block_comes_early_with_a_new_warning_pilot_or_battery(em: McpDevice) -> None:
    (air,) = em.airs
    with controlling(em) as client:
        await ticks(em, 1)
        await client.ask("Push 60 0 4")
        air.pack.switch(on=False)
        await ticks(em, 3)
        answers = [message for each in await client.datagrams() for message in read(each)]
        assert of(answers, "Bat") == ["?"]
        await client.ask("Push 60 0 2")
        air.pack.switch(on=True)
        await ticks(em, 1)
        air.pack.mute(on=True)
        await ticks(em, 1)
        answers = [message for each in await client.datagrams() for message in read(each)]
        assert of(answers, "Msg") == ["OK", "TX_Mute"]


async def test_a_transmitter_that_is_off(em: McpDevice) -> None:
    (air,) = em.airs
    air.pack.switch(on=False)
    await ticks(em, 3)
    with controlling(em) as client:
        answers = await client.ask("Push 0 100 0")
    assert of(answers, "Bat") == ["?"]
    assert of(answers, "Msg") == ["RF_Mute"]
    assert of(answers, "RF")[0].endswith(" 0")
    assert of(answers, "AF")[0].endswith(" 5")


async def test_a_carrier_that_drops_out_leaves_the_battery(em: McpDevice) -> None:
    (air,) = em.airs
    air.dropped = True
    air.pack.battery.charge = 0.05
    await ticks(em, 2)
    with controlling(em) as client:
        answers = await client.ask("Push 0 100 0")
    assert of(answers, "Bat") == ["0"]
    assert of(answers, "Msg") == ["Low_Battery RF_Mute"]


async def test_all_that_can_be_wrong_at_once(em: McpDevice) -> None:
    (air,) = em.airs
    air.clipping = True
    air._base_dbm = -81.0
    em.unit.muted = True
    await ticks(em, 5)
    with controlling(em) as client:
        answers = await client.ask("Push 0 100 0")
    (warnings,) = of(answers, "Msg")
    assert "AF_Peak" in warnings
    assert "Low_RF_Signal" in warnings
    assert "RX_Mute" in warnings


async def test_every_line_can_come_alone(em: McpDevice) -> None:
    em.faults.one_line = True
    with controlling(em) as client:
        client.say(b"Push 0 100 0\r")
        assert [keywords(read(each)) for each in await client.datagrams()] == [
            [each] for each in (*EM_BLOCK, "Push")
        ]


async def test_short_cycles_can_be_refused(em: McpDevice) -> None:
    em.faults.shortest_ms = 500
    with controlling(em) as client:
        assert await client.ask("Push 60 100 7") == [refusal(Code.OUT_OF_RANGE, Line("Push", "60 100 7"))]
        assert await client.ask("Push 60 500 7") == [Line("Push", "60 500 7")]
        assert keywords(await client.ask("Push 0 100 0")) == [*EM_BLOCK, "Push"]


async def test_subscribers_can_be_forgotten(em: McpDevice) -> None:
    with controlling(em) as client:
        await client.ask("Push 60 100 7")
        em.faults.forget()
        await ticks(em, 3)
        assert await client.datagrams() == []
        em.faults.forgets_rf_muted = True
        await client.ask("Push 60 100 7")
        await ticks(em, 2)
        assert em.connections == 1
        em.airs[0].dropped = True
        await ticks(em, 2)
        assert em.connections == 0


async def test_a_reboot_forgets_and_comes_back(em: McpDevice) -> None:
    with controlling(em) as client:
        await client.ask("Push 60 100 7")
        em.faults.reboot(1.0)
        await ticks(em, 1)
        await client.datagrams()
        assert await client.ask("Name") == []
        await ticks(em, 11)
        assert keywords(await client.ask("Name")) == ["Name"]


async def test_garbage_stands_in_place_of_every_answer(em: McpDevice) -> None:
    with controlling(em) as client:
        em.faults.garbage = True
        assert keywords(await client.ask("Name")) == ["\xff\0{[nonsense"]


async def test_silence_and_loss(em: McpDevice) -> None:
    with controlling(em) as client:
        em.faults.silent = True
        assert await client.ask("Name") == []
        em.faults.clear()
        assert em.faults == McpFaults()
        assert keywords(await client.ask("Name")) == ["Name"]
        em.faults.drop = 0.5
        answers = [await client.ask("Name") for _ in range(40)]
        assert 0 < sum(map(bool, answers)) < 40


async def test_what_cannot_be_answered_is_not(em: McpDevice) -> None:
    with controlling(em) as client:
        client.say(b"Name " + b"x" * 1500 + b"\r")
        client.say(b"\x01\x02\r")
        client.say(b"1000: Invalid command [ x ]\r")
        client.say(b"\x81" * 600)
        assert await client.datagrams() == []
        client.say(b"AfOut 21")
        assert await client.datagrams() == [b"1050: Incorrect termination [ AfOut 21 ]\r"]
        client.say(b"Mute\rMute")
        assert await client.datagrams() == [b"Mute 0\r", b"1050: Incorrect termination [ Mute ]\r"]


async def test_subscribers_are_bounded(em: McpDevice) -> None:
    for host in range(1, MAX_SUBSCRIBERS + 5):
        em.receive(b"Push 60 100 7\r", (f"127.0.1.{host}", 9))
    assert em.connections == MAX_SUBSCRIBERS


async def test_a_device_at_its_real_port_answers_to_that_port() -> None:
    simulated = make_unit(EM)
    await simulated.open("127.0.0.49", PORT)
    try:
        assert simulated.answers_at == PORT
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            # Bound to one address, so that nobody who has the port at all others is in the way.
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.setblocking(False)
            other.bind(("127.0.0.50", PORT))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
                elsewhere.bind(("127.0.0.50", 0))
                elsewhere.sendto(b"Mute\r", simulated.address)
            assert await Controller(other, simulated).datagrams() == [b"Mute 0\r"]
    finally:
        await simulated.aclose()


async def test_an_address_of_nobody_cannot_be_opened() -> None:
    with pytest.raises(OSError, match="address"):
        await make_unit(EM).open("192.0.2.77", 0)


async def test_all_at_one_port_hear_a_call_to_everybody() -> None:
    client, two = make_unit(EM), make_unit(SR)
    async with on_air(client):
        port = client.address[1]
        await two.open("127.0.0.42", port)
        try:
            with controlling(client) as controller:
                controller.own.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                controller.own.sendto(b"Mute\r", ("127.255.255.255", port))
                assert await controller.datagrams() == [b"Mute 0\r"] * 2
        finally:
            await two.aclose()


@pytest.mark.parametrize("model", [EM, SR])
def test_a_calm_unit_stays_within_the_scales_of_rf_and_audio(model: str) -> None:
    simulated = build_device(McpDevice, replace(build_plan(model), scenario=ALL["calm"]))
    unit, highest = simulated.unit, 0
    for _ in range(2000):
        if unit.air is not None:
            unit.air.step(0.1, 0.0)
        unit.step(0.1)
        now = cyclic_block.measure(unit)
        assert now.warnings == "OK"
        assert unit.peak_percent <= unit.shown_peak_percent <= 74
        highest = max(highest, *now.levels)
    assert highest == (100 if model == EM else 0)


def test_a_show_exceeds_the_scale_of_rf() -> None:
    unit = make_unit(EM).unit
    assert unit.air is not None
    unit.air.rf_dbm[:] = [-30.0, -20.0]
    assert cyclic_block.measure(unit).levels == (140, 140)


def test_a_peak_is_held_never_below_the_level_and_sinks_slowly() -> None:
    unit = make_unit(EM).unit
    assert unit.air is not None
    unit.air.peak_dbfs = -10.0
    # Nothing has passed since, and the block may be asked for at any time.
    assert (unit.peak_percent, unit.shown_peak_percent) == (80, 80)
    unit.step(0.1)
    unit.air.peak_dbfs = -50.0
    held = []
    for _ in range(4):
        unit.step(0.25)
        held.append(unit.shown_peak_percent)
    assert held == [70, 60, 50, 40]
    for _ in range(100):
        unit.step(0.01)
    assert unit.shown_peak_percent == 0


@pytest.mark.parametrize("model", [EM, SR])
def test_the_count_of_changes_goes_on_from_what_a_unit_in_use_has_counted(model: str) -> None:
    counts = {make_unit(model, place).unit.changes for place in range(8)}
    assert len(counts) > 1
    assert all(1 <= count < COUNTS for count in counts)


async def test_a_flood_is_sent_to_those_that_subscribed(em: McpDevice) -> None:
    with controlling(em) as subscriber, controlling(em) as other:
        subscriber.own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        await subscriber.ask("Push 60 500 0")
        em.faults.flood = True
        await ticks(em, 1)
        datagrams = await subscriber.datagrams()
        # What the system has no room for is lost.
        assert len(datagrams) > 100
        assert set(datagrams) <= {b"Msg OK\r"}
        assert await other.datagrams() == []
