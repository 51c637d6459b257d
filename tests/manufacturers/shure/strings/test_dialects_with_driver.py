"""Sessions with PSM1000, Microflex Wireless and chargers, by script."""

from collections.abc import Iterable

import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard
from micboard_tui.manufacturers.shure.strings.probe import ask_over
from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import StringsPeer, frames, until
from tests.manufacturers.shure.strings.test_strings_driver import session

pytestmark = pytest.mark.virtual_time

PSM = {
    "CHAN_NAME": "IEM_{n}",
    "AUDIO_IN_LVL": "-12",
    "GROUP_CHAN": "01,0{n}",
    "FREQUENCY": "57800{n}",
    "RF_TX_LVL": "50",
    "RF_MUTE": "0",
    "AUDIO_TX_MODE": "3",
    "AUDIO_IN_LINE_LVL": "1",
    "METER_RATE": "00000",
}


def p10t(message: Message) -> Iterable[bytes]:
    """Silent about everything that the document does not have (docs/reference/protocols/shure.md 8)."""
    match message:
        case Get(None, "DEVICE_NAME"):
            return [b"< REPORT DEVICE_NAME PSM-A >\r\n"]
        case Get((1 | 2) as number, name) if name in PSM:
            return [f"< REPORT {number} {name} {PSM[name].format(n=number)} >\r\n".encode()]
        case Set(None, name, values):
            return [f"< REPORT {name} {' '.join(values)} >\r\n".encode()]
        case Set((1 | 2) as number, "METER_RATE", (rate,)):
            return [
                f"< REPORT {number} METER_RATE {rate} >\r\n< REPORT {number} AUDIO_IN_LVL_L 00000085488 >\r\n"
                f"< REPORT {number} AUDIO_IN_LVL_R 00000071020 >\r\n".encode()
            ]
        case Set((1 | 2) as number, name, values) if name in PSM:
            return [f"< REPORT {number} {name} {' '.join(values)} >\r\n".encode()]
        case _:
            return []


def p10t_with_model(message: Message) -> Iterable[bytes]:
    return frames("REP MODEL {P10T}") if message == Get(None, "MODEL") else p10t(message)


async def test_a_psm1000_is_found_by_its_name_and_asked_word_by_word() -> None:
    report = ReportCollector()
    peer, driver = session(p10t)
    async with running(driver, report):
        await until(lambda: len(report.meters(2)) > 1)
        assert report.facts(1).meter_interval_s == 0.1
    device = report.device
    assert (device.kind, device.model, device.own_name) == (DeviceKind.IEM_TRANSMITTER, "P10T", "PSM-A")
    assert device.channel_count == 2
    facts = report.facts(2)
    assert (facts.name, facts.frequency_khz, facts.gain_db) == ("IEM 2", 578_002, -12)
    assert (facts.receiver_muted, facts.transmitter_present) == (False, True)
    assert report.meters(1)[-1] == Meters(audio_dbfs=-32.4, carrier=True)
    assert peer.sets[-2:] == [(1, "METER_RATE", ("00000",)), (2, "METER_RATE", ("00000",))]
    # Once all is known, the device is told first, then its channels.
    types = [type(each) for each in report.all if isinstance(each, DeviceHeard | FactsHeard)]
    assert types[:3] == [DeviceHeard, FactsHeard, FactsHeard]


async def test_an_in_ear_transmitter_sends_as_long_as_it_answers_metered_or_not() -> None:
    peer, driver = session(p10t, meter_interval_s=0)
    report = ReportCollector()
    await driver.read_once(report)
    assert report.meters(1) == report.meters(2) == [Meters(carrier=True)]
    assert peer.sets == []


async def test_everything_said_to_a_psm1000_ends_with_a_line() -> None:
    sent: list[bytes] = []

    class Peer(StringsPeer):
        def send(self, data: bytes) -> None:
            sent.append(data)
            super().send(data)

    found = (await ask_over(Peer(p10t).dial, "host", 2202, 0.2)).found
    assert found is not None
    assert (found.model, found.own_name, found.kind) == ("P10T", "PSM-A", DeviceKind.IEM_TRANSMITTER)
    assert sent
    assert all(each.endswith(b" >\r\n") for each in sent)


@pytest.mark.parametrize(
    ("command", "sent", "shown"),
    [
        (SetDeviceName("PSM B"), Set(None, "DEVICE_NAME", ("PSM_B",)), "PSM B"),
        (SetChannelName(2, "Ada L"), Set(2, "CHAN_NAME", ("Ada_L",)), "Ada L"),
        (SetGain(1, -6), Set(1, "AUDIO_IN_LVL", ("-6",)), "-6 dB"),
        (SetMute(1, True), Set(1, "RF_MUTE", ("1",)), "muted"),
        (SetMute(1, False), Set(1, "RF_MUTE", ("0",)), "not muted"),
        (SetFrequency(1, 578_000), Set(1, "FREQUENCY", ("578000",)), "578.000 MHz"),
        (SetGroupChannel(1, 1, 5), Set(1, "GROUP_CHAN", ("01,05",)), "01,05"),
    ],
)
async def test_commands_to_a_psm1000(command: Command, sent: Set, shown: str) -> None:
    peer, driver = session(p10t_with_model)
    confirmation = await driver.execute_once(command)
    assert (confirmation.value, confirmation.adapted) == (shown, False)
    assert peer.sets == [tuple(sent)]


async def test_a_name_told_with_a_space_confirms_one_sent_without() -> None:
    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL"):
                return frames("REP MODEL {P10T}")
            case Set(1, "CHAN_NAME", _):
                return [b"< REPORT 1 CHAN_NAME Ada L >\r\n"]
            case Set(1, "AUDIO_IN_LVL", _):
                return [b"< REPORT 1 AUDIO_IN_LVL loud >\r\n"]
            case _:
                return p10t(message)

    _, driver = session(answer)
    assert (await driver.execute_once(SetChannelName(1, "Ada L"))).adapted is False
    confirmation = await driver.execute_once(SetGain(1, -3))
    assert (confirmation.value, confirmation.adapted) == ("loud", True)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetGain(1, 1), ErrorCode.INVALID_VALUE),
        (SetGain(1, -68), ErrorCode.INVALID_VALUE),
        (SetGain(3, 0), ErrorCode.INVALID_VALUE),
        (Identify(), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetSlotRf(1, 1, False), ErrorCode.COMMAND_NOT_SUPPORTED),
    ],
)
async def test_what_a_psm1000_does_not_do(command: Command, code: ErrorCode) -> None:
    peer, driver = session(p10t_with_model)
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(command)
    assert caught.value.code is code
    assert peer.sets == []


class Mxwapt:
    """An access point with two microphones, one in its charger."""

    def __init__(self, *, takes_0: bool = True, has_model: bool = True) -> None:
        self.takes_0 = takes_0
        self.has_model = has_model
        self.available = {1: "YES", 2: "NO"}
        self.charge = 90

    def __call__(self, message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL") if self.has_model:
                return frames("REP MODEL {MXWAPT2                         }")
            case Get(None, "DEVICE_ID"):
                return frames("REP DEVICE_ID {Room 1                         }")
            case Get(0, name, ()) if self.takes_0 and name in self.words(1):
                return frames(*(f"REP {number} {name} {self.words(number)[name]}" for number in (1, 2)))
            case Get((1 | 2) as number, name, ()) if name in self.words(1):
                return frames(f"REP {number} {name} {self.words(number)[name]}")
            case Set(number, name, values):
                return frames(f"REP {'' if number is None else number} {name} {' '.join(values)}")
            case _:
                return frames("REP ERR")

    def words(self, number: int) -> dict[str, str]:
        is_on = self.available[number] == "YES"
        return {
            "CHAN_NAME": f"{{Table {number}}}",
            "TX_AVAILABLE": self.available[number],
            "TX_STATUS": "ACTIVE" if is_on else "ON_CHARGER",
            "TX_TYPE": "MXW2",
            "AUDIO_GAIN": "025",
            "BATT_CHARGE": f"{self.charge:03d}",
            "BATT_RUN_TIME": "00450" if is_on else "65533",
            "TX_DEVICE_ID": "{            }",
            "INT_AUDIO_GAIN": "025",
            "BATT_TIME_TO_FULL": "65533" if is_on else "00030",
            "BATT_HEALTH": "097",
            "BUTTON_STS": "OFF",
            "LED_STATUS": "OF ON",
            "METER_RATE": "00000",
        }


@pytest.mark.parametrize("takes_0", [True, False])
@pytest.mark.parametrize("has_model", [True, False])
async def test_an_access_point_is_asked_word_by_word(takes_0: bool, has_model: bool) -> None:
    peer, driver = session(Mxwapt(takes_0=takes_0, has_model=has_model), meter_interval_s=0.1)
    report = ReportCollector()
    await driver.read_once(report)
    assert (report.device.model, report.device.channel_count) == ("MXWAPT2", 2)
    assert report.device.own_name == "Room 1"
    facts = report.facts(1)
    assert facts.transmitter is not None
    assert (facts.name, facts.transmitter.battery.minutes) == ("Table 1", 450)
    assert report.facts(2).transmitter_present is False
    # Its meters are in no known unit, so that they are not asked for.
    assert peer.sets == []


async def test_a_microphone_that_leaves_its_charger_is_read_again() -> None:
    access_point = Mxwapt()
    peer, driver = session(access_point)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: any(isinstance(each, FactsHeard) and each.number == 2 for each in report.all))
        access_point.available[2], access_point.charge = "YES", 77
        peer.say(b"< REP 2 TX_AVAILABLE YES >< SAMPLE 2 086 102 >")
        await until(lambda: getattr(report.facts(2).transmitter, "battery", None) is not None)
        await until(
            lambda: report.facts(2).transmitter is not None and "BATT_CHARGE" in dict(report.facts(2).raw)
        )
        await until(lambda: dict(report.facts(2).raw)["BATT_CHARGE"] == "077")
    assert report.meters(2) == []


async def test_the_second_microphone_of_a_channel_is_told_apart() -> None:
    report = ReportCollector()
    peer, driver = session(Mxwapt())
    async with running(driver, report):
        await until(lambda: any(isinstance(each, DeviceHeard) for each in report.all))
        peer.say(b"< REP 1 BATT_CHARGE 012 SEC >< REP 1 BATT_CHARGE 055 PRI >")
        await until(lambda: dict(report.facts(1).raw).get("BATT_CHARGE") == "055")
    assert dict(report.facts(1).raw)["BATT_CHARGE SEC"] == "012"


async def test_commands_to_an_access_point() -> None:
    peer, driver = session(Mxwapt())
    assert (await driver.execute_once(SetGain(1, 10))).value == "+10 dB"
    assert (await driver.execute_once(Identify(2))).value == "flashing"
    assert peer.sets == [(1, "AUDIO_GAIN", ("035",)), (2, "FLASH", ("ON",))]
    for command in (SetMute(1, True), SetFrequency(1, 578_000), SetGroupChannel(1, 1, 1)):
        with pytest.raises(DeviceError, match="Microflex Wireless cannot") as caught:
            await driver.execute_once(command)
        assert caught.value.code is ErrorCode.COMMAND_NOT_SUPPORTED


CHARGER = (
    "REP MODEL {SBC240                          }",
    "REP DEVICE_ID {Charger 1                      }",
    "REP STORAGE_MODE OFF",
    "REP 1 BATT_DETECTED YES",
    "REP 1 BATT_STATE NORMAL",
    "REP 1 BATT_BARS 003",
    "REP 1 BATT_CHARGE 071",
    "REP 1 BATT_TIME_TO_FULL 00107",
    "REP 2 BATT_DETECTED NO",
    "REP 2 BATT_STATE NO_BATT",
    "REP 2 BATT_BARS 255",
    "REP 2 BATT_CHARGE 255",
    "REP 2 BATT_TIME_TO_FULL 65535",
    "REP 1 BATT_MODULE_TYPE 133",
    "REP 4 BATT_MODULE_TYPE 000",
)


def sbc240(message: Message) -> Iterable[bytes]:
    match message:
        case Get(None, "MODEL"):
            return frames(CHARGER[0])
        case Get(None, "DEVICE_ID"):
            return frames(CHARGER[1])
        case Get(0, "ALL"):
            return frames(*CHARGER)
        case Set(None, name, values):
            return frames(f"REP {name} {' '.join(values)}")
        case _:
            return frames("REP ERR")


async def test_a_charger_reports_its_bays_and_their_news() -> None:
    peer, driver = session(sbc240, meter_interval_s=0.1)
    report = ReportCollector()

    def bays(number: int) -> list[BayHeard]:
        return [each for each in report.all if isinstance(each, BayHeard) and each.bay.number == number]

    async with running(driver, report):
        await until(lambda: any(isinstance(each, DeviceHeard) for each in report.all))
        peer.say(b"< REP 1 BATT_TIME_TO_FULL 00106 >")
        await until(lambda: bays(1)[-1].bay.minutes_to_full == 106)
        peer.say(b"< REP 3 BATT_DETECTED YES >< REP 3 BATT_STATE FULL >")
        await until(lambda: bool(bays(3)))

    assert report.device.kind is DeviceKind.CHARGER
    assert bays(2)[-1].bay.state is BayState.EMPTY
    assert bays(3)[-1].bay.state is BayState.READY
    # A base that is joined later brings bays; a module is none.
    assert report.device.bay_count == 3
    assert dict(report.device.raw)["BATT_MODULE_TYPE 4"] == "000"
    assert not any(isinstance(each, FactsHeard) for each in report.all)
    assert peer.sets == []


async def test_commands_to_a_charger() -> None:
    peer, driver = session(sbc240)
    assert (await driver.execute_once(Identify())).value == "flashing"
    assert (await driver.execute_once(SetDeviceName("Rack A"))).value == "Rack A"
    assert peer.sets == [(None, "FLASH", ("ON",)), (None, "DEVICE_ID", ("{Rack A}",))]
    for command in (Identify(1), SetGain(1, 0), SetChannelName(1, "x")):
        with pytest.raises(DeviceError) as caught:
            await driver.execute_once(command)
        assert caught.value.code is ErrorCode.COMMAND_NOT_SUPPORTED


async def test_a_charger_without_bays_is_an_api_error() -> None:
    def answer(message: Message) -> Iterable[bytes]:
        return frames(CHARGER[0]) if message == Get(None, "MODEL") else frames("REP ERR")

    _, driver = session(answer)
    with pytest.raises(DeviceError, match="no bay") as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is ErrorCode.API_ERROR


async def test_a_probe_tells_what_kind_of_device_it_is() -> None:
    found = (await ask_over(StringsPeer(sbc240).dial, "host", 2202, 0.2)).found
    assert found is not None
    assert (found.model, found.own_name, found.kind) == ("SBC240", "Charger 1", DeviceKind.CHARGER)
    access_point = (await ask_over(StringsPeer(Mxwapt(has_model=False)).dial, "host", 2202, 0.2)).found
    assert access_point is not None
    assert (access_point.model, access_point.own_name, access_point.kind) == (None, "Room 1", None)
