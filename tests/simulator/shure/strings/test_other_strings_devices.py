"""In-ears, access points and chargers alone: transcripts byte by byte, and what passes in bays."""

import asyncio
import math
from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Err, Message, Rep
from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.shure.strings.battery_bay import CALCULATING_S, Bay, Cell
from micboard_tui.simulator.shure.strings.charger import FAULT_LASTS_S, Charger
from micboard_tui.simulator.shure.strings.client_connection import SINGLE_GAP_S, ClientConnection
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families.mxw import MXW
from micboard_tui.simulator.shure.strings.families.psm1000 import LOUDEST, PSM1000
from micboard_tui.simulator.shure.strings.iem_transmitter import IemTransmitter
from micboard_tui.simulator.shure.strings.models import BLUEPRINTS
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.reply import Reply
from micboard_tui.simulator.shure.strings.strings_device import FLOOD_BYTES, StringsDevice
from micboard_tui.simulator.stage.pack import Pack
from tests.fakes.links import until
from tests.protocols.wire import lines
from tests.simulator.simulated_devices import build_plan
from tests.simulator.strings_clients import (
    BAND,
    answers_to,
    channel_of,
    connect,
    device_of,
    message_of,
    receiver_of,
    values_by_property,
)


def heard(reply: Reply) -> list[bytes]:
    return [*reply.to_asker, *reply.to_all]


def p10t() -> IemTransmitter:
    channel = channel_of(1, Pack("P10R"), "IEM 1", tuned_khz=578_000)
    channel.gain = -12
    channel.carrier.group = (1, 5)
    voice = channel.air.voice
    voice.peak_dbfs, voice.rms_dbfs = (20 * math.log10(raw / LOUDEST) for raw in (85488, 71020))
    return IemTransmitter(
        PSM1000, device_of("P10T", "PSM-A", ""), [channel, channel_of(2, Pack("P10R"), "IEM 2")]
    )


def test_a_psm1000_says_its_transcript_byte_by_byte() -> None:
    device = p10t()
    spoken: list[bytes] = []
    for question in lines("shure_psm1000/p10t.txt", "C"):
        (message,) = Decoder().feed(question)
        spoken += heard(device.answer(message))
    # Two frames, one after the other, for each channel that meters.
    spoken += device.samples(200)
    assert spoken == [line + b"\r\n" for line in lines("shure_psm1000/p10t.txt", "D")]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("GET DEVICE_NAME", b"< REPORT DEVICE_NAME PSM-A >\r\n"),
        ("GET 1 AUDIO_IN_LVL", b"< REPORT 1 AUDIO_IN_LVL -12 >\r\n"),
        ("GET 1 GROUP_CHAN", b"< REPORT 1 GROUP_CHAN 01,05 >\r\n"),
        ("SET 1 AUDIO_IN_LVL -12", b"< REPORT 1 AUDIO_IN_LVL -12 >\r\n"),
        ("SET 1 RF_MUTE 1", b"< REPORT 1 RF_MUTE 1 >\r\n"),
        ("GET 1 RF_TX_LVL", b"< REPORT 1 RF_TX_LVL 50 >\r\n"),
        ("GET 1 AUDIO_TX_MODE", b"< REPORT 1 AUDIO_TX_MODE 3 >\r\n"),
        ("SET 1 CHAN_NAME Ada_L", b"< REPORT 1 CHAN_NAME Ada_L >\r\n"),
        ("SET DEVICE_NAME PSM B", b"< REPORT DEVICE_NAME PSM_B >\r\n"),
        (
            "SET 1 FREQUENCY 578025",
            b"< REPORT 1 GROUP_CHAN --,-- >\r\n< REPORT 1 FREQUENCY 578025 >\r\n",
        ),
    ],
)
def test_examples_of_the_psm1000_document(question: str, answer: bytes) -> None:
    assert b"".join(heard(p10t().answer(message_of(question)))) == answer


@pytest.mark.parametrize(
    "question",
    [
        "GET MODEL",
        "GET 0 ALL",
        "GET 1 ALL",
        "GET 0 CHAN_NAME",
        "GET 3 CHAN_NAME",
        "SET 1 AUDIO_IN_LVL 1",
        "SET 1 AUDIO_IN_LVL -68",
        "SET 1 AUDIO_IN_LVL x",
        "SET 1 RF_MUTE ON",
        "SET 1 CHAN_NAME much_too_long",
        "SET 1 METER_RATE 50",
        "SET 1 RF_TX_LVL 20",
    ],
)
def test_a_psm1000_is_silent_about_what_it_does_not_know(question: str) -> None:
    assert heard(p10t().answer(message_of(question))) == []


def test_what_is_mixed_for_ears_moves_without_a_world() -> None:
    device = p10t()
    assert device.airs == ()
    device.answer(message_of("SET 1 METER_RATE 100"))
    told: set[bytes] = set()
    for _ in range(50):
        device.step(0.1)
        told.update(device.samples(100))
    assert len(told) > 20


@pytest.mark.integration
async def test_a_psm1000_answers_only_whole_lines() -> None:
    outlet = StringsDevice(p10t(), Random(1))
    port = await outlet.open("127.0.0.1", 0)
    try:
        caller = await connect("127.0.0.1", port)
        caller.say("GET DEVICE_NAME", "GET MODEL")
        caller.writer.write(b"x" * 5000)
        await asyncio.sleep(0.05)
        assert outlet.connections == 1
        caller.writer.write(b"\r\n< GET 1 CHAN_NAME >\r")
        caller.writer.write(b"\n< GET 2 CHAN_NAME >")
        # What was sent before the rubbish is lost, since the line did not end in time.
        assert await caller.next() == Rep(1, "CHAN_NAME", ("IEM_1",))
        caller.writer.write(b"\r\n")
        assert await caller.next() == Rep(2, "CHAN_NAME", ("IEM_2",))
        await caller.aclose()
    finally:
        await outlet.aclose()


def mxwapt2() -> Receiver:
    first, second = channel_of(1, Pack("MXW6"), "Table 1"), channel_of(2, Pack("MXW8"), "Table 2")
    for channel, charge in ((first, 0.905), (second, 0.555)):
        channel.gain = 25
        channel.air.pack.battery.charge = charge
        channel.air.pack.battery.full_minutes = 498
    second.air.pack.switch(on=False)
    first.air.rf_dbm[:] = [-34, -50]
    first.air.peak_dbfs = -18
    return Receiver(MXW, device_of("MXWAPT2", "Room 1", ""), [first, second])


def test_an_access_point_says_its_transcript_byte_by_byte() -> None:
    device = mxwapt2()
    questions = lines("shure_mxw/mxwapt2.txt", "C")
    spoken: list[bytes] = []
    for question in questions:
        (message,) = Decoder().feed(question)
        spoken += heard(device.answer(message))
    spoken += device.samples(1000)
    assert b"".join(spoken) == b"".join(lines("shure_mxw/mxwapt2.txt", "D"))


def test_what_a_microphone_does_changes_its_words() -> None:
    device = mxwapt2()
    channel = device.channels[0]
    assert values_by_property(answers_to(device, "SET 1 TX_STATUS MUTE"))[1, "TX_STATUS"] == ("MUTE",)
    assert values_by_property(answers_to(device, "SET 1 TX_STATUS STANDBY"))[1, "TX_STATUS"] == ("STANDBY",)
    assert values_by_property(answers_to(device, "SET 1 TX_STATUS ACTIVE"))[1, "TX_STATUS"] == ("ACTIVE",)
    news = values_by_property(answers_to(device, "SET 1 TX_STATUS OFF"))
    assert news[1, "TX_AVAILABLE"] == ("NO",)
    assert news[1, "BATT_RUN_TIME"] == ("65533",)
    assert news[1, "BATT_TIME_TO_FULL"] == ("00014",)
    channel.air.pack.battery.charge = 0.0
    empty = {
        name: answers_to(device, f"GET 1 {name}") for name in ("TX_STATUS", "BATT_CHARGE", "BATT_RUN_TIME")
    }
    assert [values_by_property(each)[1, name] for name, each in empty.items()] == [
        ("OFF",),
        ("255",),
        ("65535",),
    ]
    assert values_by_property(answers_to(device, "GET 1 BATT_HEALTH"))[1, "BATT_HEALTH"] == ("255",)
    assert values_by_property(answers_to(device, "GET 1 BATT_TIME_TO_FULL"))[1, "BATT_TIME_TO_FULL"] == (
        "65535",
    )
    for question in ("SET 1 TX_STATUS ACTIVE", "SET 2 TX_STATUS ON_CHARGER", "GET 0 ALL", "GET 1 ALL"):
        assert answers_to(device, question) == [Err()]


def sbc240() -> Charger:
    cell = Cell(0.71, full_minutes=370, charged_for_s=CALCULATING_S)
    device = DeviceIdentity("SBC240", "Charger 1", "1.4.10", BAND)
    return Charger(device, [Bay(1, cell), Bay(2)], "133", Random(1))


def told(charger: Charger, text: str) -> list[Message]:
    return Decoder().feed(b"".join(heard(charger.answer(message_of(text)))))


def test_a_charger_says_its_transcript_byte_by_byte() -> None:
    charger = sbc240()
    frames = heard(charger.answer(message_of("GET 0 ALL")))
    *listed, news = lines("shure_strings/sbc240.txt", "D")
    wanted = [f"<{each}".encode() for line in listed for each in line.decode().split("<")[1:]]
    assert [each for each in wanted if each not in frames] == []
    # The device speaks first, then its bays ascend.
    assert [each for each in frames if each in wanted] == wanted
    later = [frame for _ in range(25) for frame in charger.step(1.0)]
    assert news in later


def test_a_charger_answers_for_one_bay_for_all_and_for_itself() -> None:
    charger = sbc240()
    assert values_by_property(told(charger, "GET 1 ALL"))[None, "MODEL"]
    assert not any(each.channel == 2 for each in told(charger, "GET 1 ALL") if isinstance(each, Rep))
    assert len(told(charger, "GET 0 BATT_CHARGE")) == 2
    assert told(charger, "GET 1 BATT_MODULE_TYPE") == [Rep(1, "BATT_MODULE_TYPE", ("133",))]
    assert told(charger, "GET FW_VER")[0] == Rep(None, "FW_VER", ("{1.4.10                  }",))
    assert told(charger, "SET DEVICE_ID {Rack A}") == [Rep(None, "DEVICE_ID", (f"{{{'Rack A':31}}}",))]
    assert told(charger, "SET DEVICE_ID {Rack A}") == [Rep(None, "DEVICE_ID", (f"{{{'Rack A':31}}}",))]
    for question in (
        "GET 3 ALL",
        "GET 9 BATT_CHARGE",
        "GET 1 NOPE",
        "GET NOPE",
        "SET REBOOT NOW",
        "SET 1 BATT_CHARGE 100",
        "SET 1 METER_RATE 100",
        "GET 2 BATT_MODULE_TYPE",
    ):
        assert told(charger, question) == [Err()]
    assert charger.samples(1000) == []
    assert heard(charger.set_rates(100)) == []


def test_a_flash_ends_by_itself_and_by_a_restart() -> None:
    charger = sbc240()
    assert told(charger, "SET FLASH ON") == [Rep(None, "FLASH", ("ON",))]
    news = [frame for _ in range(12) for frame in charger.step(1.0)]
    assert b"< REP FLASH OFF >" in news
    told(charger, "SET FLASH ON")
    charger.reboot()
    assert charger.device.flash_left_s == 0


@pytest.mark.parametrize(
    ("bay", "state", "minutes"),
    [
        (Bay(1), "NO_BATT", "65535"),
        (Bay(1, Cell(0.5), error=4), "ERROR", "65534"),
        (Bay(1, Cell(1.0)), "FULL", "65529"),
        (Bay(1, Cell(0.01)), "PRECHARGE", "00178"),
        (Bay(1, Cell(0.5)), "CALCULATING", "65533"),
        (Bay(1, Cell(0.5, charged_for_s=60)), "NORMAL", "00090"),
        (Bay(1, Cell(0.41), stores=True), "DISCHARGING", "65535"),
        (Bay(1, Cell(0.4), stores=True), "READY_TO_STORE", "65535"),
        (Bay(1, Cell(0.39, charged_for_s=60), stores=True), "NORMAL", "00109"),
    ],
)
def test_every_state_of_a_bay(bay: Bay, state: str, minutes: str) -> None:
    charger = Charger(DeviceIdentity("SBC220", "C", "1", FrequencyBand("", 0, 0)), [bay], "", Random(1))
    said_of_it = values_by_property(told(charger, "GET 1 ALL"))
    assert said_of_it[1, "BATT_STATE"] == (state,)
    assert said_of_it[1, "BATT_TIME_TO_FULL"] == (minutes,)
    assert said_of_it[1, "BATT_DETECTED"] == ("NO" if bay.cell is None else "YES",)


def test_batteries_charge_and_what_has_failed_does_not() -> None:
    bay, failed = Bay(1, Cell(0.5, full_minutes=100)), Bay(2, Cell(0.5), error=4)
    for _ in range(60):
        bay.step(60.0)
        failed.step(60.0)
    assert bay.state == "FULL"
    assert bay.cell is not None
    assert bay.cell.charge == 1.0
    assert failed.cell is not None
    assert failed.cell.charge == 0.5


def test_over_an_hour_batteries_come_and_go_and_now_and_then_one_fails() -> None:
    bays = [Bay(number, Cell(1.0 if number < 5 else 0.3)) for number in range(1, 9)]
    charger = Charger(DeviceIdentity("SBRC", "C", "1", BAND), bays, "001", Random(4))
    seen: set[str] = set()
    faults_s = 0.0
    for _ in range(900):
        charger.step(4.0)
        seen.update(bay.state for bay in bays)
        faults_s += 4.0 * any(bay.error for bay in bays)
    assert {"NO_BATT", "FULL", "NORMAL", "CALCULATING", "ERROR"} <= seen
    assert FAULT_LASTS_S <= faults_s < 1800


def test_storage_mode_is_set_and_toggled_and_takes_batteries_to_what_they_are_stored_with() -> None:
    bays = [Bay(number, Cell(charge)) for number, charge in ((1, 1.0), (2, 0.1), (3, 0.4))]
    charger = Charger(DeviceIdentity("SBC441", "C", "1", BAND), bays, "", Random(1), can_fail=False)
    assert [told(charger, f"SET STORAGE_MODE {value}") for value in ("TOGGLE", "TOGGLE", "ON", "ON")] == [
        [Rep(None, "STORAGE_MODE", (value,))] for value in ("ON", "OFF", "ON", "ON")
    ]
    assert told(charger, "SET STORAGE_MODE MAYBE") == [Err()]
    for _ in range(200):
        for bay in bays:
            bay.stores = True
            bay.step(60.0)
    assert [bay.state for bay in bays] == ["READY_TO_STORE"] * 3
    assert told(charger, "GET 1 BATT_CHARGE") == [Rep(1, "BATT_CHARGE", ("040",))]
    assert told(charger, "SET STORAGE_MODE TOGGLE") == [Rep(None, "STORAGE_MODE", ("OFF",))]
    charger.step(0.1)
    assert bays[1].state in {"CALCULATING", "NORMAL"}


def test_what_a_battery_still_holds_when_it_is_full_is_told() -> None:
    bays = [Bay(1, Cell(0.5, health_percent=90)), Bay(2)]
    charger = Charger(DeviceIdentity("SBC441", "C", "1", BAND), bays, "", Random(1))
    assert told(charger, "GET 0 BATT_CURRENT_CAPACITY_MAX") == [
        Rep(1, "BATT_CURRENT_CAPACITY_MAX", ("01260",)),
        Rep(2, "BATT_CURRENT_CAPACITY_MAX", ("65535",)),
    ]


@pytest.mark.parametrize(("can_fail", "fails"), [(True, True), (False, False)])
@pytest.mark.no_cover
def test_bays_of_a_calm_stage_do_not_fail(*, can_fail: bool, fails: bool) -> None:
    bays = [Bay(number, Cell(0.3)) for number in range(1, 9)]
    charger = Charger(DeviceIdentity("SBRC", "C", "1", BAND), bays, "001", Random(4), can_fail=can_fail)
    failed = False
    for _ in range(900):
        charger.step(4.0)
        failed |= any(bay.error for bay in bays)
    assert failed is fails


class WritesTransport(asyncio.Transport):
    """Keeps what is written, write by write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.times: list[float] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))
        self.times.append(asyncio.get_running_loop().time())

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Nothing is read."""

    def resume_reading(self) -> None:
        """Nothing is read."""


async def test_a_psm1000_puts_one_report_a_write_and_lets_a_moment_pass_behind_it() -> None:
    device = StringsDevice(p10t(), Random(1))
    client, transport = ClientConnection(device), WritesTransport()
    client.connection_made(transport)
    client.data_received(b"< SET 1 FREQUENCY 578025 >\r\n")
    assert transport.writes == [b"< REPORT 1 GROUP_CHAN --,-- >\r\n"]
    await until(lambda: len(transport.writes) == 2)
    assert transport.writes[1] == b"< REPORT 1 FREQUENCY 578025 >\r\n"
    client.data_received(b"< SET 1 METER_RATE 100 >\r\n< SET 2 METER_RATE 100 >\r\n")
    device._send_to_all([], device.unit.samples(100))
    await until(lambda: len(transport.writes) == 8)
    assert [write.split()[1:4] for write in transport.writes[4:]] == [
        [b"REPORT", number, name]
        for number in (b"1", b"2")
        for name in (b"AUDIO_IN_LVL_L", b"AUDIO_IN_LVL_R")
    ]
    assert min(after - before for before, after in pairwise(transport.times)) >= SINGLE_GAP_S * 0.9


@pytest.mark.parametrize(("unit", "flooded"), [(p10t, b"REPORT 1 CHAN_NAME"), (mxwapt2, b"REP 1 CHAN_NAME")])
async def test_a_device_that_cannot_list_what_it_knows_floods_with_a_name(
    unit: Callable[[], Receiver], flooded: bytes
) -> None:
    device = StringsDevice(unit(), Random(1))
    client, transport = ClientConnection(device), WritesTransport()
    client.connection_made(transport)
    device.faults.flood = True
    device._send_to_all([], [])
    (write,) = transport.writes
    assert len(write) > FLOOD_BYTES // 2
    assert write.count(flooded) == write.count(b"<")


@pytest.mark.parametrize(
    ("unit", "unasked"),
    [(p10t, ["CHAN_NAME"]), (sbc240, ["BATT_CHARGE"]), (lambda: receiver_of("QLXD4"), ["CHAN_NAME"])],
)
async def test_what_comes_before_a_list_is_what_the_device_has(
    unit: Callable[[], Receiver | Charger], unasked: list[str]
) -> None:
    device: StringsDevice[Receiver | Charger] = StringsDevice(unit(), Random(1))
    client, transport = ClientConnection(device), WritesTransport()
    client.connection_made(transport)
    device.faults.interrupts_lists = True
    client.data_received(b"< GET 1 ALL >\r\n")
    heard = [message for write in transport.writes for message in Decoder().feed(write)]
    assert [message.property for message in heard if isinstance(message, Rep)] == unasked
    assert Err() not in heard


async def test_a_receiver_puts_what_it_sends_in_a_period_into_one_write() -> None:
    device = StringsDevice(mxwapt2(), Random(1))
    client, transport = ClientConnection(device), WritesTransport()
    client.connection_made(transport)
    device._send_to_all([b"< REP 1 A >"], [b"< REP 1 B >"])
    assert transport.writes == [b"< REP 1 A >< REP 1 B >"]


def test_a_charger_without_batteries_cannot_fail() -> None:
    bay = Bay(1)
    charger = Charger(DeviceIdentity("SBC220", "C", "1", BAND), [bay], "", Random(1))
    charger._turn_fault()
    assert bay.error == 0


BAYS = {"SBC220": 2, "SBC240": 2, "SBC441": 4, "SBC840": 8, "SBC840M": 8, "SBRC": 8}


@pytest.mark.integration
@pytest.mark.parametrize("model", BLUEPRINTS)
async def test_every_model_is_built_the_same_from_the_same_order_and_leaves_nothing(model: str) -> None:
    blueprint = BLUEPRINTS[model]
    assert (blueprint.manufacturer, blueprint.port) == ("shure", 2202)
    equipment: list[SimulatedDevice] = [blueprint.build(build_plan(model)) for _ in range(2)]
    for unit in equipment:
        assert len(unit.airs) == (0 if model in BAYS or model == "P10T" else blueprint.channels)
        port = await unit.open("127.0.0.1", 0)
        assert port
        await unit.tick(0.1)
        assert unit.connections == 0
        unit.faults.clear()
        await unit.aclose()
    one, other = ([air.pack.model for air in each.airs] for each in equipment)
    assert one == other


@pytest.mark.integration
@pytest.mark.parametrize(("model", "bays"), BAYS.items())
async def test_chargers_list_as_many_bays_as_they_have(model: str, bays: int) -> None:
    equipment = BLUEPRINTS[model].build(build_plan(model))
    port = await equipment.open("127.0.0.1", 0)
    try:
        caller = await connect("127.0.0.1", port)
        answers = await caller.ask("GET 0 BATT_DETECTED", bays)
        assert [each.channel for each in answers if isinstance(each, Rep)] == list(range(1, bays + 1))
        await caller.aclose()
    finally:
        await equipment.aclose()


@pytest.mark.integration
async def test_several_racks_of_it_have_frequencies_of_their_own() -> None:
    plans = [build_plan("P10T", first_channel=first) for first in (0, 2)]
    names = []
    for plan in plans:
        equipment = BLUEPRINTS["P10T"].build(plan)
        port = await equipment.open("127.0.0.1", 0)
        caller = await connect("127.0.0.1", port)
        for number in (1, 2):
            caller.writer.write(b"< GET %d FREQUENCY >\r\n" % number)
            answer = await caller.next()
            assert isinstance(answer, Rep)
            names.append(answer.values)
        await caller.aclose()
        await equipment.aclose()
    assert len(set(names)) == 4
