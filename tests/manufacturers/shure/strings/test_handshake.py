"""Devices that leave questions of the handshake unanswered."""

from collections.abc import Iterable

import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import Lock
from micboard_tui.domain.observation import BayHeard
from micboard_tui.manufacturers.shure.families import Family
from micboard_tui.manufacturers.shure.strings.dialect import (
    AXIENT,
    CHARGER,
    dialect_by_properties,
    questions_of,
)
from micboard_tui.manufacturers.shure.strings.probe import ask_over
from micboard_tui.protocols.shure_strings.messages import Get, Message
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.links import Answer, StringsPeer, frames
from tests.manufacturers.receivers import ULXD4D_OFF, ULXD4D_ON
from tests.manufacturers.shure.strings.test_strings_driver import session

pytestmark = pytest.mark.virtual_time

ULXD_LISTS = {1: ULXD4D_ON, 2: ULXD4D_OFF}
SLXD_LIST = (
    "REP 1 CHAN_NAME {Vox}",
    "REP 1 AUDIO_GAIN 030",
    "REP 1 GROUP_CHANNEL {1,1}",
    "REP 1 FREQUENCY 0578350",
    "REP 1 TX_BATT_BARS 004",
)


def without_model(lists: dict[int, tuple[str, ...]]) -> Answer:
    """Answers to DEVICE_ID, FW_VER and ``GET n ALL`` and nothing else."""

    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "DEVICE_ID"):
                return frames("REP DEVICE_ID {Rack 1}")
            case Get(None, "FW_VER"):
                return frames("REP FW_VER {1.2.3}")
            case Get(int() as number, "ALL") if number in lists:
                return frames("REP DEVICE_ID {Rack 1}", *lists[number])
            case _:
                return []

    return answer


async def read(answer: Answer) -> tuple[StringsPeer, ReportCollector]:
    peer, driver = session(answer, meter_interval_s=0)
    report = ReportCollector()
    await driver.read_once(report)
    return peer, report


async def test_a_receiver_without_model_and_type_is_known_by_what_it_lists() -> None:
    _, report = await read(without_model(ULXD_LISTS))
    assert (report.device.model, report.device.own_name, report.device.channel_count) == (None, "Rack 1", 2)
    assert (report.facts(1).name, report.facts(1).frequency_khz) == ("Lead Vox", 482_125)
    assert report.facts(2).name == "Podium"


async def test_an_slxd_without_model_and_type_is_known_by_what_it_lists() -> None:
    _, report = await read(without_model({1: SLXD_LIST}))
    facts = report.facts(1)
    assert (report.device.channel_count, facts.frequency_khz) == (1, 578_350)
    assert facts.transmitter is not None
    assert facts.transmitter.battery.bars == 4


async def test_a_receiver_that_answers_to_a_list_of_all_channels_only_is_read() -> None:
    def answer(message: Message) -> Iterable[bytes]:
        return frames("REP DEVICE_ID {Rack 1}", *ULXD4D_ON, *ULXD4D_OFF) if message == Get(0, "ALL") else []

    _, report = await read(answer)
    assert (report.device.own_name, report.device.channel_count) == ("Rack 1", 2)
    assert (report.facts(1).name, report.facts(2).name) == ("Lead Vox", "Podium")


async def test_a_probe_knows_a_receiver_that_answers_to_a_list_only() -> None:
    def answer(message: Message) -> Iterable[bytes]:
        return frames(*ULXD4D_ON) if message == Get(1, "ALL") else []

    found = (await ask_over(StringsPeer(answer).dial, "host", 2202, 0.2)).found
    assert found is not None
    assert (found.driver, found.model, found.own_name) == ("shure-strings", None, None)


async def test_a_device_that_lists_nothing_of_a_family_is_not_supported() -> None:
    with pytest.raises(DeviceError) as caught:
        await read(without_model({1: ("REP 1 CHAN_NAME {Vox}", "REP 1 COLOUR RED")}))
    assert caught.value.code is ErrorCode.API_ERROR


@pytest.mark.parametrize(
    ("properties", "family"),
    [
        ({"BATT_DETECTED", "BATT_BARS"}, Family.CHARGER),
        ({"CHAN_NAME", "TX_MODEL", "SLOT_STATUS"}, Family.AXIENT),
        ({"CHAN_NAME", "GROUP_CHANNEL", "LINK_STATUS"}, Family.SLXD_PLUS),
        ({"CHAN_NAME", "MAC_ADDR", "GROUP_CHAN"}, Family.QLXD),
        ({"CHAN_NAME", "GROUP_CHAN"}, Family.ULXD),
        ({"CHAN_NAME", "GROUP_CHANNEL"}, Family.SLXD),
        ({"CHAN_NAME"}, None),
    ],
)
def test_properties_give_a_family_away(properties: set[str], family: Family | None) -> None:
    dialect = dialect_by_properties(properties)
    assert (None if dialect is None else dialect.family) is family


def answered_singly(model: str, values: dict[str, str], numbers: tuple[int, ...]) -> Answer:
    """Answers each property by itself and no ``GET ALL``."""

    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL"):
                return frames(f"REP MODEL {{{model}}}")
            case Get(int() as number, name) if number in numbers and name in values:
                return frames(f"REP {number} {name} {values[name]}")
            case _:
                return []

    return answer


ULXD_VALUES = {
    "CHAN_NAME": "{Ada}",
    "FREQUENCY": "482125",
    "GROUP_CHAN": "01,01",
    "AUDIO_GAIN": "030",
    "METER_RATE": "00000",
    "TX_TYPE": "ULXD2",
    "BATT_RUN_TIME": "00125",
    "RF_INT_DET": "CRITICAL",
    "TX_MENU_LOCK": "ON",
    "TX_PWR_LOCK": "OFF",
    "TX_MUTE_STATUS": "ON",
}


async def test_a_receiver_that_answers_no_list_is_asked_property_by_property() -> None:
    peer, report = await read(answered_singly("ULXD4D", ULXD_VALUES, (1, 2)))
    assert (report.device.model, report.device.channel_count) == ("ULXD4D", 2)
    facts = report.facts(2)
    assert (facts.name, facts.frequency_khz, facts.gain_db) == ("Ada", 482_125, 12)
    assert facts.transmitter is not None
    assert (facts.transmitter.model, facts.transmitter.battery.minutes) == ("ULXD2", 125)
    assert (facts.interference, facts.transmitter.lock, facts.transmitter.muted) == (True, Lock.MENU, True)
    # What was answered is not asked again; what was not is asked once more.
    assert peer.gets.count((1, "FREQUENCY")) == 1
    assert peer.gets.count((1, "BATT_BARS")) == 2


async def test_a_charger_that_answers_no_list_is_asked_property_by_property() -> None:
    values = {"BATT_DETECTED": "YES", "BATT_STATE": "FULL", "BATT_CHARGE": "100"}
    _, report = await read(answered_singly("SBC240", values, (1, 2)))
    bays = [observation.bay for observation in report.all if isinstance(observation, BayHeard)]
    assert [(bay.number, bay.state, bay.battery.percent) for bay in bays] == [
        (1, BayState.READY, 100),
        (2, BayState.READY, 100),
    ]


async def test_what_comes_unasked_is_no_list() -> None:
    """A transmitter is switched on while ``GET 0 ALL`` stays unanswered."""
    unasked = [text for text in ULXD4D_ON if text.startswith(("REP 1 TX", "REP 1 BATT"))]
    assert len(unasked) > 5

    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL"):
                return frames("REP MODEL {ULXD4D}")
            case Get(0, "ALL"):
                return frames(*unasked)
            case Get(int() as number, "ALL") if number in ULXD_LISTS:
                return frames(*ULXD_LISTS[number])
            case _:
                return []

    _, report = await read(answer)
    assert report.device.channel_count == 2
    assert [report.facts(number).name for number in (1, 2)] == ["Lead Vox", "Podium"]


def test_what_is_asked_singly_is_what_a_family_has() -> None:
    of_device, of_channel = questions_of(AXIENT)
    assert of_device == ("DEVICE_ID", "FW_VER", "ENCRYPTION_MODE")
    assert {"TX_LOCK", "TX_TALK_SWITCH", "TX_MUTE_MODE_STATUS", "INTERFERENCE_STATUS"} <= set(of_channel)
    assert {"GROUP_CHANNEL", "TX_MODEL", "TX_BATT_MINS", "AUDIO_MUTE"} <= set(of_channel)
    assert questions_of(CHARGER)[1][0] == "BATT_DETECTED"
