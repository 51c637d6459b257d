import asyncio
from collections.abc import Iterable

import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import NO_METER_RATES, MeterRateMemory, SessionOptions
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
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.shure.strings.driver import make_strings_driver
from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import Answer, StringsPeer, frames, until
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.receivers import QLXD4_ALL, nobody, qlxd4, ulxd4d

pytestmark = pytest.mark.virtual_time


def session(
    answer: Answer,
    meter_interval_s: float | None = None,
    silence_limit_s: float = 5.0,
    meter_rates: MeterRateMemory = NO_METER_RATES,
) -> tuple[StringsPeer, SessionDriver]:
    peer = StringsPeer(answer)
    options = SessionOptions(meter_interval_s, silence_limit_s=silence_limit_s, meter_rates=meter_rates)
    return peer, make_strings_driver(peer.dial, options, loop_time)


async def test_a_session_reports_what_the_receiver_lists_and_samples() -> None:
    peer, driver = session(ulxd4d)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: len(report.meters(2)) > 1)
        assert report.facts(1).meter_interval_s == 0.1

    assert (report.device.model, report.device.own_name, report.device.channel_count) == (
        "ULXD4D",
        "Rack 1",
        2,
    )
    assert report.facts(1).name == "Lead Vox"
    assert report.facts(2).transmitter_present is False
    assert report.meters(1)[-1] == Meters(-52.0, -52.0, None, -20.0, "A", True)
    assert peer.gets[:2] == [(None, "MODEL"), (0, "ALL")]


async def test_metering_goes_off_and_the_link_closes_when_the_session_is_cancelled() -> None:
    peer, driver = session(ulxd4d)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(peer.sets))

    assert peer.sets == [
        (0, "METER_RATE", ("00100",)),
        (1, "METER_RATE", ("00000",)),
        (2, "METER_RATE", ("00000",)),
    ]
    assert not peer.is_open


async def test_no_metering_is_asked_for_when_it_is_switched_off_in_the_settings() -> None:
    peer, driver = session(ulxd4d, meter_interval_s=0)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: any(isinstance(each, DeviceHeard) for each in report.all))

    assert peer.sets == []
    assert report.meters(1)[-1].rf_dbm == -52.0


async def test_our_rate_is_asserted_again_when_another_client_changes_it() -> None:
    peer, driver = session(ulxd4d)
    async with running(driver, ReportCollector()):
        await until(lambda: bool(peer.sets))
        peer.say(b"< REP 2 METER_RATE 05000 >< SAMPLE 1 ALL AX 076 030 >")
        await until(lambda: (2, "METER_RATE", ("00100",)) in peer.sets)


async def test_a_qlxd_is_known_by_its_silence_and_metered_once_a_second() -> None:
    peer, driver = session(qlxd4)
    report = ReportCollector()
    await driver.read_once(report)

    assert report.device.model == "QLXD4"
    facts = report.facts(1)
    assert facts.transmitter is not None
    assert (facts.name, facts.transmitter.muted, facts.transmitter.battery.bars) == ("Pastor", False, 3)
    assert facts.transmitter.battery.percent is None
    assert peer.sets == [(1, "METER_RATE", ("01000",)), (1, "METER_RATE", ("00000",))]
    assert report.meters(1)[-1] == Meters(-48.0, None, -48.0, -30.0, "B", True)


async def test_a_receiver_without_model_that_ignores_index_0_is_a_qlxd() -> None:
    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Get(1, "TX_TYPE"):
                return frames("REP 1 TX_TYPE QLXD2")
            case Get(1, "ALL"):
                return frames(*QLXD4_ALL)
            case _:
                return []

    report = ReportCollector()
    _, driver = session(answer, meter_interval_s=0)
    await driver.read_once(report)
    assert report.device.model == "QLXD4"


async def test_rep_err_to_index_0_falls_back_to_one_list_a_channel() -> None:
    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL"):
                return frames("REP MODEL {SLXD4D+}")
            case Get(0, _) | Set(0, _):
                return frames("REP ERR")
            case Get(1 | 2 as number, "ALL"):
                return frames(
                    "REP DEVICE_ID {Plus    }",
                    f"REP {number} CHAN_NAME {{Vox {number}}}",
                    f"REP {number} AUDIO_GAIN 030",
                    f"REP {number} FREQUENCY 0578350",
                    f"REP {number} METER_RATE 00000",
                    f"REP {number} TX_MODEL SLXD2",
                )
            case Set(number, "METER_RATE", (rate,)):
                return frames(f"REP {number} METER_RATE {rate}", f"SAMPLE {number} ALL 102 098 083")
            case _:
                return frames("REP ERR")

    report = ReportCollector()
    peer, driver = session(answer)
    async with running(driver, report):
        await until(lambda: bool(report.meters(1)) and bool(report.meters(2)))
    assert report.device.channel_count == 2
    assert report.facts(2).name == "Vox 2"
    assert peer.sets[:3] == [
        (0, "METER_RATE", ("00100",)),
        (1, "METER_RATE", ("00100",)),
        (2, "METER_RATE", ("00100",)),
    ]


async def test_a_device_that_accepts_and_says_nothing_refuses() -> None:
    _, driver = session(nobody)
    with pytest.raises(DeviceError) as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is ErrorCode.DEVICE_REFUSED
    assert "Controller Access" in caught.value.info.hint


async def test_a_device_of_another_kind_is_named() -> None:
    def answer(message: Message) -> Iterable[bytes]:
        return frames("REP MODEL {ADTQ                            }")

    _, driver = session(answer)
    with pytest.raises(DeviceError, match="ADTQ") as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is ErrorCode.API_ERROR


async def test_strings_from_no_receiver_are_an_api_error() -> None:
    _, driver = session(lambda _: frames("REP ERR"))
    with pytest.raises(DeviceError) as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is ErrorCode.API_ERROR


async def test_a_receiver_that_lists_no_channel_is_an_api_error() -> None:
    def answer(message: Message) -> Iterable[bytes]:
        return frames("REP MODEL {AD4D-A}") if message == Get(None, "MODEL") else frames("REP ERR")

    _, driver = session(answer)
    with pytest.raises(DeviceError, match="no channel"):
        await driver.read_once(ReportCollector())


async def test_rubbish_is_no_word_and_silence_ends_the_session() -> None:
    peer, driver = session(ulxd4d, silence_limit_s=2.0)
    report = ReportCollector()

    def mute(message: Message) -> Iterable[bytes]:
        return [b"\x00\xff garbage > { < <"]

    async with running(driver, report) as ended:
        await until(lambda: bool(peer.sets))
        peer.answer = mute
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.DEVICE_SILENT
    assert (None, "DEVICE_ID") in peer.gets


async def test_a_lost_link_ends_the_session_at_once() -> None:
    peer, driver = session(ulxd4d)
    async with running(driver, ReportCollector()) as ended:
        await until(lambda: bool(peer.sets))
        peer.hang_up()
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.DEVICE_UNREACHABLE
    with pytest.raises(DeviceError, match="not connected"):
        await driver.execute(Identify())


async def test_a_receiver_that_turns_to_quadversity_is_read_anew() -> None:
    channels = 4

    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL"):
                return frames("REP MODEL {AD4Q-A}")
            case Get(0, "ALL"):
                mode = "OFF" if channels == 4 else "ON"
                listed = (f"REP {n} CHAN_NAME {{{n}}}" for n in range(1, channels + 1))
                return frames(
                    "REP DEVICE_ID {RF}",
                    "REP MODEL {AD4Q-A}",
                    f"REP QUADVERSITY_MODE {mode}",
                    "REP FW_VER {1}",
                    "REP RF_BAND {G57}",
                    *listed,
                )
            case _:
                return []

    report = ReportCollector()
    peer, driver = session(answer, meter_interval_s=0)
    async with running(driver, report):
        await until(lambda: any(isinstance(each, DeviceHeard) for each in report.all))
        assert report.device.channel_count == 4
        channels = 2
        peer.say(b"< REP QUADVERSITY_MODE ON >")
        await until(lambda: report.device.channel_count == 2)


COMMANDS = [
    (SetChannelName(1, " Ada "), Set(1, "CHAN_NAME", ("{Ada}",)), "Ada"),
    (SetDeviceName("Rack 9"), Set(None, "DEVICE_ID", ("{Rack 9}",)), "Rack 9"),
    (SetGain(1, 22), Set(1, "AUDIO_GAIN", ("040",)), "+22 dB"),
    (SetMute(2, True), Set(2, "AUDIO_MUTE", ("ON",)), "muted"),
    (SetMute(2, False), Set(2, "AUDIO_MUTE", ("OFF",)), "not muted"),
    (SetFrequency(1, 482125), Set(1, "FREQUENCY", ("482125",)), "482.125 MHz"),
    (SetGroupChannel(1, 6, 11), Set(1, "GROUP_CHAN", ("06,11",)), "06,11"),
    (Identify(), Set(None, "FLASH", ("ON",)), "flashing"),
    (Identify(2), Set(2, "FLASH", ("ON",)), "flashing"),
]


@pytest.mark.parametrize(("command", "sent", "shown"), COMMANDS)
async def test_a_command_is_sent_and_confirmed_by_its_rep(command: Command, sent: Set, shown: str) -> None:
    peer, driver = session(ulxd4d)
    confirmation = await driver.execute_once(command)
    assert (confirmation.value, confirmation.adapted) == (shown, False)
    assert peer.sets == [tuple(sent)]


async def test_a_command_goes_through_the_running_session() -> None:
    peer, driver = session(ulxd4d)
    async with running(driver, ReportCollector()):
        await until(lambda: bool(peer.sets))
        confirmation = await driver.execute(SetGain(1, 0))
    assert confirmation.value == "+0 dB"
    assert peer.connections == 1


@pytest.mark.parametrize(
    "command",
    [
        SetGain(3, 0),
        SetGain(1, 43),
        SetGain(1, -19),
        SetChannelName(1, "much too long"),
        SetChannelName(1, "   "),
        SetChannelName(1, "A>B"),
        SetDeviceName("caf\xe9"),
        SetFrequency(1, 100_000),
        SetFrequency(1, 482_126),
        SetGroupChannel(1, 0, 1),
    ],
)
async def test_a_value_out_of_range_is_never_sent(command: Command) -> None:
    peer, driver = session(ulxd4d)
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(command)
    assert caught.value.code is ErrorCode.INVALID_VALUE
    assert peer.sets == []


async def test_what_the_family_cannot_do_is_not_supported() -> None:
    _, driver = session(qlxd4)
    for command in (Identify(), SetMute(1, True), SetSlotRf(1, 1, True)):
        with pytest.raises(DeviceError, match="QLX-D cannot") as caught:
            await driver.execute_once(command)
        assert caught.value.code is ErrorCode.COMMAND_NOT_SUPPORTED


def axient(message: Message) -> Iterable[bytes]:
    match message:
        case Get(None, "MODEL"):
            return frames("REP MODEL {AD4D-A}")
        case Get(0, "ALL"):
            return frames(
                "REP DEVICE_ID {RF 1-2}",
                "REP FW_VER {1.1.43.0}",
                "REP 1 CHAN_NAME {05}",
                "REP 1 SLOT_STATUS 1 LINKED.ACTIVE",
                "REP 1 SLOT_STATUS 2 STANDARD",
                "REP 1 TX_MODEL ADX2",
            )
        case Set(1, "SLOT_RF_OUTPUT", (slot, state)):
            return frames(f"REP 1 SLOT_RF_OUTPUT 7 {state}", f"REP 1 SLOT_RF_OUTPUT {slot} {state}")
        case Set(1, "GROUP_CHANNEL", _):
            return frames("REP 1 FREQUENCY 0652875", "REP 1 GROUP_CHANNEL {6,100     }")
        case Set(1, "AUDIO_GAIN", _):
            return frames("REP 1 AUDIO_GAIN 060")
        case Set(1, "CHAN_NAME", _):
            return frames("REP ERR")
        case _:
            return []


async def test_a_slot_is_switched_and_confirmed_by_its_own_rep() -> None:
    _, driver = session(axient)
    assert (await driver.execute_once(SetSlotRf(1, 1, False))).value == "RF off"
    with pytest.raises(DeviceError, match="standard") as caught:
        await driver.execute_once(SetSlotRf(1, 2, True))
    assert caught.value.code is ErrorCode.DEVICE_REFUSED
    with pytest.raises(DeviceError, match="no slot 9"):
        await driver.execute_once(SetSlotRf(1, 9, True))


async def test_a_group_in_braces_is_confirmed_although_padded() -> None:
    _, driver = session(axient)
    confirmation = await driver.execute_once(SetGroupChannel(1, 6, 100))
    assert (confirmation.value, confirmation.adapted) == ("6,100", False)


async def test_another_value_than_asked_for_is_told_as_adapted() -> None:
    _, driver = session(axient)
    confirmation = await driver.execute_once(SetGain(1, 10))
    assert (confirmation.value, confirmation.adapted) == ("+42 dB", True)


async def test_rep_err_is_a_refusal() -> None:
    _, driver = session(axient)
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(SetChannelName(1, "Ada"))
    assert caught.value.code is ErrorCode.DEVICE_REFUSED


async def test_silence_after_a_command_is_settled_by_asking_what_is_in_force() -> None:
    in_force = "030"

    def answer(message: Message) -> Iterable[bytes]:
        match message:
            case Set(1, "AUDIO_GAIN", _):
                return []
            case Get(1, "AUDIO_GAIN"):
                return frames(f"REP 1 AUDIO_GAIN {in_force}")
            case _:
                return ulxd4d(message)

    _, driver = session(answer)
    with pytest.raises(DeviceError, match=r"in force is \+12 dB") as caught:
        await driver.execute_once(SetGain(1, 0))
    assert caught.value.code is ErrorCode.COMMAND_UNCONFIRMED
    in_force = "018"
    assert (await driver.execute_once(SetGain(1, 0))).value == "+0 dB"


async def test_a_command_that_waits_for_its_answer_does_not_keep_the_goodbye_waiting() -> None:
    """A QLX-D locks up when a client vanishes while it meters (docs/reference/protocols/shure.md 15.1)."""

    def deaf_to_gain(message: Message) -> Iterable[bytes]:
        return [] if isinstance(message, Set) and message.property == "AUDIO_GAIN" else ulxd4d(message)

    peer, driver = session(deaf_to_gain)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: len(report.meters(2)) > 1)
        command = asyncio.create_task(driver.execute(SetGain(1, 9)))
        await until(lambda: (1, "AUDIO_GAIN", ("027",)) in peer.sets)
    assert peer.sets[-2:] == [(1, "METER_RATE", ("00000",)), (2, "METER_RATE", ("00000",))]
    with pytest.raises(DeviceError) as caught:
        await command
    assert caught.value.code is ErrorCode.COMMAND_UNCONFIRMED
