"""The driver against devices by script. Time jumps, so that no limit is waited for."""

import asyncio
from collections.abc import Iterable

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import FoundDevice, SessionOptions
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.command import Identify, SetChannelName, SetFrequency, SetGain, SetMute
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.manufacturers.sennheiser.mcp.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.mcp.driver import make_mcp_driver
from micboard_tui.manufacturers.sennheiser.mcp.probe import (
    SILENT_PUSHES,
    SILENT_PUSHES_WITHIN_S,
    PushAllowance,
    probe_over,
)
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.protocols.mcp.codec import encode
from micboard_tui.protocols.mcp.messages import Code, Line, refusal
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import until
from tests.fakes.mcp import BLOCK, SETTINGS, Answer, McpPeer, answer_as_em, answer_as_sr, answer_nothing
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time


def driver_of(
    answer: Answer, meter_interval_s: float | None = None, silence_limit_s: float = 5.0
) -> tuple[McpPeer, SessionDriver]:
    peer = McpPeer(answer)
    options = SessionOptions(meter_interval_s, silence_limit_s=silence_limit_s)
    return peer, make_mcp_driver(peer.dial, options, loop_time)


async def test_a_session_reports_the_device_its_channel_and_every_block() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        for _ in range(3):
            peer.say(BLOCK)
        await until(lambda: len(report.meters()) > 3)
    assert report.kinds[:3] == [DeviceHeard, FactsHeard, MetersHeard]
    (device,) = report.devices
    assert (device.kind, device.model, device.own_name, device.firmware, device.channel_count) == (
        DeviceKind.RECEIVER,
        "EM",
        "Vocal 1",
        "1.20.1",
        1,
    )
    assert (report.facts().name, report.facts().meter_interval_s) == ("Vocal 1", 0.1)
    assert report.meters()[-1] == Meters(
        audio_dbfs=-30.0, antenna="A", carrier=True, rf_a_percent=50, rf_b_percent=78
    )
    # Blocks that change no fact tell none.
    assert report.kinds.count(FactsHeard) == 1


async def test_the_subscription_is_renewed_every_eight_seconds_and_ended_at_the_end() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        for _ in range(300):
            peer.say(BLOCK)
            await anyio.sleep(0.1)
    assert peer.pushes == ["0 0 1", "0 100 0", *["60 100 7"] * 4, "0 0 0"]
    assert not peer.is_open


async def test_an_in_ear_transmitter_is_asked_for_less() -> None:
    peer, driver = driver_of(answer_as_sr)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
    assert report.devices[0].kind is DeviceKind.IEM_TRANSMITTER
    assert report.facts().transmitter_present is True
    assert report.meters()[-1] == Meters(audio_dbfs=-37.5, carrier=True)
    assert peer.pushes[2] == "60 100 3"


async def test_a_device_that_refuses_short_cycles_gets_a_longer_one_at_once() -> None:
    def slow(line: Line) -> Iterable[bytes]:
        if line.rest == "60 100 7":
            return [encode([refusal(Code.OUT_OF_RANGE, line)])]
        return answer_as_em(line)

    peer, driver = driver_of(slow)
    report = ReportCollector()
    started = loop_time()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        assert loop_time() - started < 1.0
    assert peer.pushes == ["0 0 1", "0 100 0", "60 100 7", "60 500 7", "0 0 0"]
    assert report.facts().meter_interval_s == 0.5


async def test_a_device_that_follows_no_push_is_an_error() -> None:
    def old(line: Line) -> Iterable[bytes]:
        if line.rest.startswith("60"):
            return [encode([refusal(Code.INVALID_COMMAND, line)])]
        return answer_as_em(line)

    _, driver = driver_of(old)
    with pytest.raises(DeviceError, match="Push 60 100 7") as caught:
        await driver.run(ReportCollector())
    assert caught.value.code is ErrorCode.API_ERROR
    assert "firmware" in caught.value.info.hint


async def test_push_is_sent_again_when_blocks_fail_to_come() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        # Other lines keep coming, so it is not silent: it forgot the subscription only.
        for _ in range(7):
            peer.say(b"Squelch 7\r")
            await anyio.sleep(0.5)
    assert peer.pushes.count("60 100 7") == 2


async def test_no_meters_are_asked_for_when_metering_is_off() -> None:
    peer, driver = driver_of(answer_as_em, meter_interval_s=0)
    report = ReportCollector()
    async with running(driver, report) as ended:
        await until(lambda: bool(report.devices))
        await anyio.sleep(20.0)
    assert not ended
    assert peer.pushes == ["0 0 1", "0 100 0", "60 0 7", "60 0 7", "60 0 7", "0 0 0"]
    assert report.facts().meter_interval_s == 0.0
    # It may be silent for long then, and is asked something.
    assert Line("Name") in peer.requests


async def test_settings_that_may_have_been_missed_are_read_again() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        peer.say(BLOCK.replace(b"234", b"235"))
        await until(lambda: peer.pushes.count("0 0 1") == 2)
        # What asks once may end what was asked for good.
        await until(lambda: peer.pushes[-1] == "60 100 7")
        peer.say(SETTINGS.replace(b"Vocal 1 ", b"Lead Vox"))
        await until(lambda: report.facts().name == "Lead Vox")
    assert report.devices[-1].own_name == "Lead Vox"


async def test_silence_ends_the_session() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report) as ended:
        await until(lambda: bool(report.devices))
        peer.answer = answer_nothing
        peer.say(b"\0\r\r")
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.DEVICE_SILENT
    assert "firewall" in ended[0].info.hint
    # It was asked something first, and was told goodbye in case it hears.
    assert Line("Name") in peer.requests
    assert peer.pushes[-1] == "0 0 0"


async def test_a_lost_link_ends_the_session_at_once() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report) as ended:
        await until(lambda: bool(report.devices))
        peer.hang_up()
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.DEVICE_UNREACHABLE
    with pytest.raises(DeviceError, match="not connected"):
        await driver.execute(Identify())


async def test_a_link_that_is_lost_before_it_was_used_ends_the_session() -> None:
    conversation = Conversation(ReportCollector(), loop_time)
    conversation.link_lost(DeviceError(ErrorCode.DEVICE_UNREACHABLE, "gone"))
    with pytest.raises(DeviceError, match="gone"):
        async with conversation.hold(McpPeer(answer_as_em)):
            pass
    unused = Conversation(ReportCollector(), loop_time)
    with pytest.raises(DeviceError, match="no connection"):
        await unused.send(Line("Name"))


async def test_nothing_answers_at_all() -> None:
    peer, driver = driver_of(answer_nothing)
    with pytest.raises(DeviceError) as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is ErrorCode.DEVICE_SILENT
    assert peer.pushes == ["0 0 1"] * 3


async def test_something_else_answers() -> None:
    _, driver = driver_of(lambda _: [b"Hello there\r"])
    with pytest.raises(DeviceError, match="evolution wireless") as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is ErrorCode.API_ERROR


async def test_reading_once_subscribes_to_nothing() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    await driver.read_once(report)
    assert report.kinds == [DeviceHeard, FactsHeard, MetersHeard]
    assert peer.pushes == ["0 0 1", "0 100 0"]
    assert report.facts().meter_interval_s is None


async def test_reading_once_goes_on_without_what_does_not_come() -> None:
    def terse(line: Line) -> Iterable[bytes]:
        return [SETTINGS] if line.rest == "0 0 1" else []

    _, driver = driver_of(terse)
    report = ReportCollector()
    await driver.read_once(report)
    assert report.kinds == [DeviceHeard, FactsHeard]
    assert report.devices[0].firmware is None


async def test_one_line_a_datagram_makes_the_same_meters() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        before = len(report.meters())
        for line in BLOCK.splitlines(keepends=True):
            peer.say(line)
        await until(lambda: len(report.meters()) == before + 1)
        # Where the last line was lost, the next block's first ends it.
        for line in [*BLOCK.splitlines(keepends=True)[:-1], b"RF1 10 20 1\r"]:
            peer.say(line)
        await until(lambda: len(report.meters()) == before + 2)
    assert len(set(report.meters())) == 1


async def test_a_pack_that_goes_off_takes_its_battery_along() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        peer.say(b"RF1 0 0 1\rRF2 0 0 0\rStates 5 0\rRF 0 2 0\rAF 4 4 5\rBat ?\rMsg RF_Mute\rConfig 234\r")
        await until(lambda: report.facts().transmitter_present is False)
        assert report.facts().transmitter is None
        assert report.meters()[-1].carrier is False
        # The RF mute alone is news as well, whatever the battery says.
        peer.say(BLOCK)
        await until(lambda: report.facts().transmitter is not None)
        peer.say(BLOCK.replace(b"AF 40 65 0", b"AF 0 0 3"))
        await until(lambda: bool((pack := report.facts().transmitter) and pack.muted))


async def test_commands_are_confirmed_by_their_echo() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        renamed = await driver.execute(SetChannelName(1, "Lead Vox"))
        assert (renamed.value, renamed.adapted) == ("Lead Vox", False)
        assert report.facts().name == "Lead Vox"
        peer.answer = lambda _: [b"AfOut -15\r"]
        adapted = await driver.execute(SetGain(1, -18))
        assert (adapted.value, adapted.adapted) == ("-15 dB", True)
    once = await driver_of(answer_as_em)[1].execute_once(SetMute(1, muted=True))
    assert once.value == "muted"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (1000, ErrorCode.COMMAND_NOT_SUPPORTED),
        (1020, ErrorCode.DEVICE_REFUSED),
        (1050, ErrorCode.DEVICE_REFUSED),
    ],
)
async def test_a_refused_command(code: int, expected: ErrorCode) -> None:
    def no(line: Line) -> Iterable[bytes]:
        return [encode([refusal(Code(code), line)])] if line.keyword == "Frequency" else answer_as_em(line)

    _, driver = driver_of(no)
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(SetFrequency(1, 566_500))
    assert caught.value.code is expected


async def test_a_command_without_an_answer_is_sent_again_and_then_given_up() -> None:
    peer, driver = driver_of(lambda line: [] if line.keyword == "Mute" else answer_as_em(line))
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(SetMute(1, muted=True))
    assert caught.value.code is ErrorCode.COMMAND_UNCONFIRMED
    assert peer.requests.count(Line("Mute", "1")) == 3


async def test_the_way_there_and_back_is_measured_now_and_then() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        report.all.clear()
        for _ in range(320):
            peer.say(BLOCK)
            await anyio.sleep(0.1)
    assert report.round_trips_s
    assert peer.requests.count(Line("Name")) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            answer_as_em,
            FoundDevice(
                "d", 9, "sennheiser", "sennheiser-mcp", "EM", "Vocal 1", DeviceKind.RECEIVER, answered=True
            ),
        ),
        (
            answer_as_sr,
            FoundDevice(
                "d",
                9,
                "sennheiser",
                "sennheiser-mcp",
                "SR IEM",
                "Vocal 1",
                DeviceKind.IEM_TRANSMITTER,
                answered=True,
            ),
        ),
        (
            lambda line: [b"Name Vocal 1\r"] if line.keyword == "Name" else [],
            FoundDevice("d", 9, "sennheiser", "sennheiser-mcp", None, "Vocal 1", answered=True),
        ),
        (lambda _: [b"hello\r"], None),
    ],
)
async def test_a_probe(answer: Answer, expected: FoundDevice | None) -> None:
    peer = McpPeer(answer)
    assert await probe_over(peer.dial, "d", 9, 0.3, PushAllowance()) == expected
    assert not peer.pushes
    assert expected is not None or len(peer.requests) == 1


async def test_a_probe_names_a_unit_whose_network_control_is_off() -> None:
    found = await probe_over(McpPeer(echo_only).dial, "d", 9, 0.3, PushAllowance())
    assert found is not None
    assert (found.driver, found.kind, found.answered) == ("sennheiser-mcp", None, True)
    assert found.fault is not None
    assert found.fault.code == ErrorCode.DEVICE_REFUSED
    assert "network control is off" in found.fault.message
    assert "Switch network control on" in found.fault.hint


async def test_few_silent_addresses_are_sent_a_push() -> None:
    allowance = PushAllowance(loop_time)
    peers = [McpPeer(answer_nothing) for _ in range(SILENT_PUSHES + 3)]
    for peer in peers:
        assert await probe_over(peer.dial, "d", 9, 0.1, allowance) is None
    lines = [["Name", "Push"]] * SILENT_PUSHES + [["Name"]] * 3
    assert [[line.keyword for line in peer.requests] for peer in peers] == lines
    await anyio.sleep(SILENT_PUSHES_WITHIN_S)
    later = McpPeer(answer_nothing)
    await probe_over(later.dial, "d", 9, 0.1, allowance)
    assert [line.keyword for line in later.requests] == ["Name", "Push"]


async def test_a_command_that_waits_for_its_answer_does_not_keep_the_goodbye_waiting() -> None:
    peer, driver = driver_of(lambda line: () if line.keyword == "AfOut" and line.rest else answer_as_em(line))
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        command = asyncio.create_task(driver.execute(SetGain(1, 9)))
        await until(lambda: Line("AfOut", "9") in peer.requests)
    assert peer.requests[-1] == Line("Push", "0 0 0")
    with pytest.raises(DeviceError) as caught:
        await command
    assert caught.value.code is ErrorCode.COMMAND_UNCONFIRMED


def echo_only(line: Line) -> Iterable[bytes]:
    """Network control is off: Push is echoed, and nothing else answers."""
    return [encode([line])] if line.keyword == "Push" else []


async def test_a_device_that_echoes_and_sends_no_data_has_its_network_control_off() -> None:
    peer, driver = driver_of(echo_only)
    with pytest.raises(DeviceError, match="network control is off") as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is ErrorCode.DEVICE_REFUSED
    assert "Switch network control on" in caught.value.info.hint
    assert peer.pushes == ["0 0 1"] * 3
    # The settings might have been lost, so it was asked singly before that is said.
    assert [line.keyword for line in peer.requests[3:]] == ["Name", "AfOut", "Sensitivity"]


async def test_network_control_that_is_switched_off_ends_the_session() -> None:
    peer, driver = driver_of(answer_as_em)
    async with running(driver, ReportCollector()) as ended:
        await anyio.sleep(3.0)
        peer.answer = echo_only
        started = loop_time()
        await until(lambda: bool(ended))
        assert 10.0 < loop_time() - started < 25.0
    assert ended[0].code is ErrorCode.DEVICE_REFUSED


async def test_settings_that_never_come_together_are_asked_for_singly() -> None:
    def single(line: Line) -> Iterable[bytes]:
        return [encode([line])] if line.rest == "0 0 1" else answer_as_em(line)

    _, driver = driver_of(single)
    report = ReportCollector()
    await driver.read_once(report)
    assert (report.facts().name, report.facts().gain_db) == ("Vocal 1", -18)


async def test_a_one_time_block_is_asked_for_with_a_longer_cycle_where_short_ones_are_refused() -> None:
    def slow(line: Line) -> Iterable[bytes]:
        if line.rest == "0 100 0":
            return [encode([refusal(Code.OUT_OF_RANGE, line)])]
        return answer_as_em(line)

    peer, driver = driver_of(slow)
    report = ReportCollector()
    await driver.read_once(report)
    assert peer.pushes == ["0 0 1", "0 100 0", "0 500 0"]
    assert report.meters()[-1].rf_a_percent == 50


async def test_a_device_that_refuses_every_one_time_block_has_no_meters_and_all_its_facts() -> None:
    def strict(line: Line) -> Iterable[bytes]:
        if line.keyword == "Push" and line.rest != "0 0 1":
            return [encode([refusal(Code.OUT_OF_RANGE, line)])]
        return answer_as_em(line)

    peer, driver = driver_of(strict)
    report = ReportCollector()
    await driver.read_once(report)
    assert peer.pushes == ["0 0 1", "0 100 0", "0 500 0", "0 1000 0"]
    assert report.kinds == [DeviceHeard, FactsHeard]


async def test_a_name_in_latin_1_is_read() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        peer.say(b"Name Bj\xf6rk\r")
        await until(lambda: report.facts().name == "Björk")


async def test_rubbish_renews_no_limit_of_silence() -> None:
    peer, driver = driver_of(answer_as_em)
    report = ReportCollector()
    async with running(driver, report) as ended:
        await until(lambda: bool(report.devices))
        peer.answer = answer_nothing
        known = len(report.all)
        for index in range(40):
            peer.say(f"\x00{index} garbage\rxyz 1 2\r1020: no [such thing]\r".encode())
            await anyio.sleep(0.25)
        await until(lambda: bool(ended))
    assert len(report.all) == known
    (error,) = ended
    assert error.code is ErrorCode.DEVICE_SILENT
