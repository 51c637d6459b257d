"""ANX4 over command strings, by script (docs/reference/protocols/shure.md 5.8)."""

from collections.abc import Iterable

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.channel import Meters, SlotStatus
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.shure.families import Family
from micboard_tui.manufacturers.shure.strings.anx4_channels import usable_channels
from micboard_tui.manufacturers.shure.strings.dialect import dialect_by_properties, dialect_of
from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import StringsPeer, frames, until
from tests.manufacturers.shure.strings.test_strings_driver import session

pytestmark = pytest.mark.virtual_time

AXIENT_TERMS = (
    "TX_MODEL ADX2",
    "TX_DEVICE_ID {Lead                           }",
    "TX_OFFSET 018",
    "TX_BATT_TYPE LION",
    "TX_BATT_BARS 004",
    "TX_BATT_MINS 00425",
    "TX_PHANTOM_POWER 048",
    "TX_HIGH_PASS_FILTER 080",
    "SLOT_STATUS 1 LINKED.ACTIVE",
    "SLOT_TX_MODEL 1 ADX2",
    "SLOT_HIGH_PASS_FILTER 1 080",
)
ULXD_TERMS = ("TX_TYPE ULXD2", "BATT_TYPE LION", "BATT_BARS 003", "BATT_RUN_TIME 00125")
AXIENT_SAMPLE = "005 031 102 102 BB 31 086 31 065"


class Anx4:
    """What is behind the script, to be changed by a test."""

    def __init__(self, mode: str = "AD_STANDARD", listed: int = 16) -> None:
        self.mode = mode
        self.listed = listed
        self.licence: tuple[str, ...] = ("NUMBER_CHANNELS_LICENSED 16",)
        self.terms: tuple[str, ...] = AXIENT_TERMS
        self.sample = AXIENT_SAMPLE

    def answer(self, message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL"):
                return frames("REP MODEL {ANX4                            }")
            case Get(None, "DEVICE_ID"):
                return frames("REP DEVICE_ID {Rack 7}")
            case Get(0, "ALL"):
                return frames(
                    "REP MODEL {ANX4}",
                    "REP DEVICE_ID {Rack 7}",
                    f"REP TRANSMISSION_MODE {self.mode}",
                    *(f"REP {entry}" for entry in self.licence),
                    *(line for number in range(1, self.listed + 1) for line in self._channel(number)),
                )
            case Set(0, "METER_RATE", (rate,)):
                numbers = range(1, self.listed + 1)
                return frames(
                    *(f"REP {number} METER_RATE {rate}" for number in numbers),
                    *(f"SAMPLE {number} ALL {self.sample}" for number in numbers),
                )
            case Set(int() as number, "METER_RATE", (rate,)) if number <= self.listed:
                return frames(f"REP {number} METER_RATE {rate}", f"SAMPLE {number} ALL {self.sample}")
            case _:
                return []

    def _channel(self, number: int) -> tuple[str, ...]:
        # An index of two digits, as the reference has it.
        entries = (f"CHAN_NAME {{Mic {number}}}", "FREQUENCY 0594075", "METER_RATE 00000", *self.terms)
        return tuple(f"REP {number:02d} {entry}" for entry in entries)


async def read(device: Anx4) -> tuple[StringsPeer, ReportCollector]:
    peer, driver = session(device.answer)
    report = ReportCollector()
    await driver.read_once(report)
    return peer, report


def channels_of(report: ReportCollector, most: int = 24) -> list[int]:
    return [number for number in range(1, most + 1) if report.facts(number).name]


async def test_sixteen_channels_with_slots_are_read_as_axient_digital() -> None:
    peer, report = await read(Anx4())
    assert peer.gets == [(None, "MODEL"), (0, "ALL")]
    assert (report.device.model, report.device.own_name) == ("ANX4", "Rack 7")
    assert (report.device.kind, report.device.channel_count) == (DeviceKind.RECEIVER, 16)
    assert channels_of(report) == [*range(1, 17)]
    facts = report.facts(16)
    assert (facts.name, facts.frequency_khz) == ("Mic 16", 594_075)
    assert facts.transmitter is not None
    assert (facts.transmitter.model, facts.transmitter.name, facts.transmitter.offset_db) == (
        "ADX2",
        "Lead",
        6,
    )
    battery = facts.transmitter.battery
    assert (battery.bars, battery.minutes, battery.type) == (4, 425, BatteryType.LI_ION)
    assert [(slot.number, slot.status, slot.model) for slot in facts.slots] == [
        (1, SlotStatus.LINKED_ACTIVE, "ADX2")
    ]
    assert {("TX_PHANTOM_POWER", "048"), ("SLOT_HIGH_PASS_FILTER 1", "080")} <= {*facts.raw}
    assert report.meters(16)[-1] == Meters(-34.0, -34.0, -55.0, -18.0, "AB", True, 100)


async def test_twenty_four_channels_of_ulxd_transmitters_have_no_slots() -> None:
    device = Anx4("ULXD_STANDARD", 24)
    device.licence, device.terms = (), AXIENT_TERMS[:6]
    _, report = await read(device)
    assert channels_of(report) == [*range(1, 25)]
    assert report.device.channel_count == 24
    assert report.facts(24).slots == ()
    assert report.meters(24)[-1].quality_percent == 100


async def test_terms_and_samples_of_a_ulxd_receiver_are_understood_too() -> None:
    device = Anx4("ULXD_HIGH_DENSITY", 24)
    device.licence, device.terms, device.sample = (), ULXD_TERMS, "AX 087 023"
    _, report = await read(device)
    transmitter = report.facts(24).transmitter
    assert transmitter is not None
    assert (transmitter.model, transmitter.battery.bars, transmitter.battery.minutes) == ("ULXD2", 3, 125)
    assert report.meters(24)[-1] == Meters(-41.0, -41.0, None, -27.0, "A", True)


async def test_a_mode_with_other_channels_is_read_anew() -> None:
    device = Anx4("AD_STANDARD", 24)
    device.licence = ()
    report = ReportCollector()
    peer, driver = session(device.answer)
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        await anyio.sleep(1)
        assert report.device.channel_count == 16
        device.mode = "ULXD_STANDARD"
        peer.say(b"< REP TRANSMISSION_MODE ULXD_STANDARD >")
        await until(lambda: report.device.channel_count == 24)
        await until(lambda: bool(report.meters(24)))
        device.licence = ("AVAILABLE_CHANNELS {1,2}",)
        peer.say(b"< REP AVAILABLE_CHANNELS {1,2} >")
        await until(lambda: report.device.channel_count == 2)
    assert {index for index, name, _ in peer.sets if name == "METER_RATE"} <= {0, *range(1, 25)}


async def test_channels_without_a_licence_are_left_out() -> None:
    device = Anx4()
    device.licence = ("AVAILABLE_CHANNELS {1,2,11}", "NUMBER_CHANNELS_LICENSED 3")
    peer, report = await read(device)
    assert channels_of(report) == [1, 2, 11]
    assert report.meters(3) == []
    assert len(report.meters(11)) >= 1
    assert peer.sets[0] == (0, "METER_RATE", ("00100",))


async def test_without_a_licensed_channel_none_can_be_used() -> None:
    device = Anx4()
    device.licence = ("NUMBER_CHANNELS_LICENSED 0",)
    with pytest.raises(DeviceError, match="None of its channels can be used") as caught:
        await read(device)
    assert caught.value.code is ErrorCode.API_ERROR


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ({}, range(1, 25)),
        ({"TRANSMISSION_MODE": "AD_HIGH_DENSITY"}, range(1, 17)),
        ({"TRANSMISSION_MODE": "ULXD_STANDARD"}, range(1, 25)),
        ({"AVAILABLE_CHANNELS": "{1,2, 3 }"}, (1, 2, 3)),
        ({"AVAILABLE_CHANNELS": "{01,02}"}, (1, 2)),
        ({"AVAILABLE_CHANNELS": "{1 2}"}, (1, 2)),
        # No list: a range, or something else.
        ({"AVAILABLE_CHANNELS": "{1-16}", "NUMBER_CHANNELS_LICENSED": "{16}"}, range(1, 17)),
        ({"AVAILABLE_CHANNELS": "{ALL 8}"}, range(1, 25)),
        ({"AVAILABLE_CHANNELS": "{}", "NUMBER_CHANNELS_LICENSED": "{8}"}, range(1, 9)),
        ({"NUMBER_CHANNELS_LICENSED": "08", "TRANSMISSION_MODE": "AD_STANDARD"}, range(1, 9)),
        ({"NUMBER_CHANNELS_LICENSED": "24", "TRANSMISSION_MODE": "AD_STANDARD"}, range(1, 17)),
        ({"NUMBER_CHANNELS_LICENSED": "UNKNOWN"}, range(1, 25)),
        ({"AVAILABLE_CHANNELS": "{1,2,17,99}", "TRANSMISSION_MODE": "AD_STANDARD"}, (1, 2)),
        ({"NUMBER_CHANNELS_LICENSED": "0"}, ()),
    ],
)
def test_licence_and_mode_say_which_channels_there_are(
    values: dict[str, str], numbers: Iterable[int]
) -> None:
    assert usable_channels(values) == frozenset(numbers)


def test_it_is_known_by_its_model_and_by_what_only_it_has() -> None:
    for model in ("ANX4", "anx4-A"):
        dialect = dialect_of(model)
        assert dialect is not None
        assert (dialect.family, dialect.max_channels, dialect.has_slots) == (Family.ANX4, 24, True)
    by_properties = dialect_by_properties({"CHAN_NAME", "SLOT_STATUS", "AVAILABLE_CHANNELS"})
    assert by_properties is not None
    assert by_properties.family is Family.ANX4
