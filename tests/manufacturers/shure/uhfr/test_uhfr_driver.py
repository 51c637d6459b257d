"""UHF-R in our words, and sessions with receivers by script."""

import asyncio
from collections.abc import Callable, Iterable

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import NO_METER_RATES, MeterRateMemory, SessionOptions
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.changed_rate import ChangedRate
from micboard_tui.domain.channel import Meters, Transmitter
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
from micboard_tui.domain.observation import Alive, DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.manufacturers.shure.uhfr import SPEC
from micboard_tui.manufacturers.shure.uhfr.conversation import MAX_PROPERTIES, Conversation
from micboard_tui.manufacturers.shure.uhfr.driver import make_uhfr_driver
from micboard_tui.manufacturers.shure.uhfr.mapping import device_of, facts_of, meters_of
from micboard_tui.manufacturers.shure.uhfr.probe import probe_over
from micboard_tui.protocols.shure_uhfr.codec import decode, encode
from micboard_tui.protocols.shure_uhfr.messages import Get, Message, Meter, Report, Sample, Set
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.meter_rates import InMemoryMeterRates
from tests.fakes.scripted_peer import ScriptedPeer
from tests.fakes.virtual_time import loop_time
from tests.protocols.wire import lines

pytestmark = pytest.mark.virtual_time

WORDS = {
    "CHAN_NAME": "Lead_Vox____",
    "AUDIO_GAIN": "12",
    "GROUP_CHAN": "01,05",
    "FREQUENCY": "578350",
    "MUTE": "OFF",
    "TX_TYPE": "UR2",
    "TX_BAT": "4",
}


def test_a_channel_of_the_transcript() -> None:
    read = facts_of(WORDS, 0.09, receives=True)
    assert (read.name, read.gain_db, read.group_channel) == ("Lead Vox", -12, "01,05")
    assert (read.frequency_khz, read.receiver_muted, read.meter_interval_s) == (578_350, False, 0.09)
    assert read.transmitter_present is True
    assert read.transmitter == Transmitter(model="UR2", battery=Battery(bars=4))
    assert read.raw == tuple(sorted(WORDS.items()))


@pytest.mark.parametrize(
    ("battery", "model", "receives", "present"),
    [
        ("4", "UR2", True, True),
        ("4", "UR2", False, True),
        ("U", "UNKNOWN", False, False),
        ("U", "UR2", False, False),
        ("U", "UR2", None, False),
        # An antenna that receives is no proof of our transmitter, and none against it.
        ("U", "UR2", True, None),
        (None, "UR1", None, True),
        (None, "UNKNOWN", None, False),
        (None, None, True, None),
    ],
)
def test_whether_a_transmitter_is_there(
    battery: str | None, model: str | None, receives: bool | None, present: bool | None
) -> None:
    words = {"TX_BAT": battery, "TX_TYPE": model}
    read = facts_of({name: word for name, word in words.items() if word}, 0, receives=receives)
    assert read.transmitter_present is present
    assert (read.transmitter is not None) == bool(present)


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("AUDIO_GAIN", "00", "gain_db", 0),
        ("AUDIO_GAIN", "32", "gain_db", -32),
        ("FREQUENCY", "999999", "frequency_khz", 999_999),
        ("FREQUENCY", "1000000", "frequency_khz", None),
        ("MUTE", "ON", "receiver_muted", True),
    ],
)
def test_values_at_the_ends_of_their_ranges(name: str, value: str, field: str, expected: object) -> None:
    assert getattr(facts_of({name: value}, 0, receives=None), field) == expected


def test_what_is_out_of_range_is_unknown() -> None:
    words = {"AUDIO_GAIN": "33", "FREQUENCY": "x", "GROUP_CHAN": "--,--", "MUTE": "?", "TX_BAT": "0"}
    read = facts_of(words | {"TX_BAT_MINS": "65535", "CHAN_NAME": "____________"}, 0, receives=None)
    assert (read.gain_db, read.frequency_khz, read.group_channel) == (None, None, None)
    assert (read.receiver_muted, read.name) == (None, None)
    assert read.transmitter == Transmitter(battery=Battery())


def test_words_that_one_codebase_knows_are_read_when_they_come() -> None:
    read = facts_of(WORDS | {"TX_BAT_MINS": "00120", "TX_POWER": "LOW"}, 0, receives=True)
    assert read.transmitter is not None
    assert (read.transmitter.battery.minutes, read.transmitter.power_word) == (120, "LOW")


def test_the_sample_of_the_transcript() -> None:
    (sample,) = decode(lines("shure_uhfr/ur4s.txt", "D")[-1])
    assert isinstance(sample, Sample)
    # Five lamps of eight, each 6 dB.
    assert meters_of(sample.values) == Meters(-70.0, -70.0, -85.0, -18.0, "A", True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("XB 100 020 5 255", Meters(-20.0, -100.0, -20.0, 0.0, "B", True, overload=True, rf_overload=True)),
        ("AB 080 075 5 127", Meters(-75.0, -80.0, -75.0, -6.0, "AB", True, overload=False)),
        ("AB 080 075 5 128", Meters(-75.0, -80.0, -75.0, 0.0, "AB", True, overload=True)),
        ("AB 019 020 5 000", Meters(-20.0, None, -20.0, -48.0, "AB", True, rf_overload=True)),
        ("AB 120 121 5 001", Meters(-120.0, -120.0, None, -42.0, "AB", True)),
        ("XX 100 100 U 000", Meters(-100.0, -100.0, -100.0, -48.0, None, False)),
        ("?? 255 000 U 256", Meters()),
        ("AX x 070 U x", Meters(-70.0, None, -70.0, None, "A", True)),
    ],
)
def test_meters(words: str, expected: Meters) -> None:
    assert meters_of(words.split()) == expected


def test_a_sample_of_another_shape_is_none() -> None:
    assert meters_of(["AX", "070", "085", "4"]) is None
    assert meters_of(["AX", "070", "085", "4", "031", "1"]) is None


@given(st.lists(st.text(max_size=6), max_size=7), st.dictionaries(st.sampled_from([*WORDS]), st.text()))
def test_no_words_raise_or_leave_their_ranges(sample: list[str], words: dict[str, str]) -> None:
    read = meters_of(sample)
    assert read is None or read.rf_dbm is None or -120 <= read.rf_dbm <= -20
    assert read is None or read.audio_dbfs is None or -48 <= read.audio_dbfs <= 0
    facts_of(words, 0, receives=None)


def test_the_models_differ_by_their_channels() -> None:
    assert device_of(1) == DeviceHeard(DeviceKind.RECEIVER, 1, "UR4S")
    assert device_of(2) == DeviceHeard(DeviceKind.RECEIVER, 2, "UR4D")


class Setup:
    def __init__(self) -> None:
        self.heard = ReportCollector()
        self.talk = Conversation(self.heard, lambda: 0.0)

    def by(self, *datagrams: bytes) -> ReportCollector:
        self.heard.all = []
        for datagram in datagrams:
            self.talk.data_received(datagram)
        return self.heard


def test_nothing_but_life_is_told_before_all_was_asked_for() -> None:
    setup = Setup()
    collector = setup.by(
        b"* REPORT 1 MUTE ON *", b"* SAMPLE 1 ALL AX 070 085 4 031 *", b"rubbish", b"* NOTE 1 *"
    )
    assert collector.all == [Alive(), Alive(), Alive()]
    collector.all = []
    setup.talk.open()
    assert [type(each) for each in collector.all] == [DeviceHeard, FactsHeard]
    assert collector.facts(1).transmitter_present is True


def test_facts_follow_what_the_samples_tell_of_the_battery_and_the_antennas() -> None:
    setup = Setup()
    setup.by(b"* REPORT 1 TX_TYPE UR2 *")
    setup.talk.open()
    collector = setup.by(b"* SAMPLE 1 ALL AX 070 085 4 031 *")
    assert [type(each) for each in collector.all] == [FactsHeard, MetersHeard]
    collector = setup.by(b"* SAMPLE 1 ALL AX 070 085 4 031 *")
    assert [type(each) for each in collector.all] == [MetersHeard]
    assert setup.by(b"* SAMPLE 1 ALL XX 100 100 U 000 *").facts(1).transmitter_present is False
    assert setup.by(b"* REPORT 1 MUTE ON *").facts(1).receiver_muted is True


def test_a_channel_that_was_missed_at_first_is_told_and_others_are_not_believed() -> None:
    setup = Setup()
    setup.by(b"* REPORT 1 MUTE ON *")
    setup.talk.open()
    assert setup.by(b"* SAMPLE 3 ALL AX 070 085 4 031 *", b"* REPORT 0 MUTE ON *").all == [Alive(), Alive()]
    collector = setup.by(b"* REPORT 2 CHAN_NAME Ada_________ *")
    assert (collector.device.channel_count, collector.device.model) == (2, "UR4D")
    assert collector.facts(2).name == "Ada"
    assert setup.by(b"* SAMPLE 2 ALL AX 070 *").all == [Alive()]


def test_the_words_of_a_channel_are_bounded() -> None:
    setup = Setup()
    setup.by(*(f"* REPORT 1 WORD_{number} x *".encode() for number in range(MAX_PROPERTIES + 20)))
    assert len(setup.talk.channels[1].values) == MAX_PROPERTIES
    setup.by(b"* REPORT 1 WORD_0 y *")
    assert setup.talk.channels[1].values["WORD_0"] == "y"


async def test_nothing_can_be_said_without_a_link() -> None:
    with pytest.raises(DeviceError, match="no connection"):
        await Setup().talk.send(Get(1, "MUTE"))


async def test_a_link_lost_before_anything_was_said_ends_the_talk() -> None:
    talk = Setup().talk
    talk.link_lost(DeviceError(ErrorCode.DEVICE_UNREACHABLE, "gone"))

    class Nowhere:
        def send(self, data: bytes) -> None:
            """Nobody calls this."""

        def cut(self) -> None:
            """Nor this."""

    with pytest.raises(DeviceError, match="gone"):
        async with talk.hold(Nowhere()):
            raise AssertionError("nothing is sent over a link that is lost")


Answer = Callable[[Message], Iterable[Message]]


class UhfrPeer(ScriptedPeer[Message, Message]):
    """The receiver's end; every answer is a datagram of its own."""

    def decode(self, data: bytes) -> Iterable[Message]:
        return decode(data)

    def encode(self, reply: Message) -> bytes:
        return encode(reply)

    def count(self, message: Message) -> int:
        return self.requests.count(message)


class Ur4:
    """Answers as a UR4S or UR4D does."""

    def __init__(self, channels: int = 1) -> None:
        self.channels = range(1, channels + 1)
        self.values = dict(WORDS)
        self.refuses = False
        self.meters = True

    def __call__(self, message: Message) -> Iterable[Message]:
        channel = getattr(message, "channel", 0)
        if channel not in self.channels:
            return
        match message:
            case Get(_, name) if name in self.values:
                yield self.report(channel, name)
            case Set(_, name, values) if not self.refuses:
                self.values[name] = ",".join(values)
                yield self.report(channel, name)
            case Meter(_, interval) if interval and self.meters:
                yield self.report(channel, "MUTE")
                yield Sample(channel, ("AX", "070", "085", "4", "031"))
            case _:
                pass

    def report(self, channel: int, name: str) -> Report:
        return Report(channel, name, tuple(self.values[name].split(",")))


def session(
    answer: Answer,
    meter_interval_s: float | None = None,
    silence_limit_s: float = 5.0,
    meter_rates: MeterRateMemory = NO_METER_RATES,
) -> tuple[UhfrPeer, SessionDriver]:
    peer = UhfrPeer(answer)
    options = SessionOptions(
        meter_interval_s, connect_timeout_s=0.4, silence_limit_s=silence_limit_s, meter_rates=meter_rates
    )
    return peer, make_uhfr_driver(peer.dial, options, loop_time)


async def test_one_read_reports_the_device_its_channels_and_one_set_of_meters() -> None:
    peer, driver = session(Ur4(2))
    collector = ReportCollector()
    await driver.read_once(collector)
    setup = [type(each) for each in collector.all if not isinstance(each, Alive)]
    assert setup[:3] == [DeviceHeard, FactsHeard, FactsHeard]
    assert (collector.device.model, collector.device.channel_count) == ("UR4D", 2)
    assert collector.facts(2).name == "Lead Vox"
    assert collector.facts(1).meter_interval_s == 0
    assert len(collector.meters(1)) == len(collector.meters(2)) == 1
    assert peer.count(Meter(1, 3)) == 1
    # The last words stop the meters, twice since a datagram may be lost.
    assert peer.requests[-4:] == [Meter(1, 0), Meter(2, 0)] * 2
    assert not peer.is_open


async def test_no_meters_are_asked_for_when_they_are_switched_off() -> None:
    peer, driver = session(Ur4(), meter_interval_s=0)
    collector = ReportCollector()
    await driver.read_once(collector)
    assert not any(isinstance(each, Meter) for each in peer.requests)
    assert collector.facts(1).meter_interval_s == 0
    assert collector.device.model == "UR4S"


async def test_a_session_that_stays_promises_the_meters_that_it_asks_for() -> None:
    _, driver = session(Ur4())
    collector = ReportCollector()
    async with running(driver, collector):
        await until(lambda: bool(collector.meters(1)))
        assert collector.facts(1).meter_interval_s == 0.09


async def test_samples_of_another_controller_are_taken_by_a_single_look_and_stopped_by_nobody() -> None:
    receiver = Ur4()

    def metering(message: Message) -> Iterable[Message]:
        yield from receiver(message)
        yield Sample(1, ("AX", "075", "085", "4", "031"))

    async def sample_now_and_then(peer: UhfrPeer) -> None:
        while True:
            await anyio.sleep(0.5)
            if peer.is_open:
                peer.say(encode(Sample(1, ("AX", "080", "085", "4", "031"))))

    peer, driver = session(metering)
    collector = ReportCollector()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sample_now_and_then, peer)
        await driver.read_once(collector)
        assert collector.meters(1)[-1].rf_dbm == -80.0
        assert not any(isinstance(message, Meter) for message in peer.requests)
        async with running(driver, collector):
            await until(lambda: peer.count(Meter(1, 3)) == 1)
        assert peer.count(Meter(1, 0)) == 0
        tasks.cancel_scope.cancel()


async def test_a_slow_interval_is_bounded_by_its_three_digits() -> None:
    peer, driver = session(Ur4(), meter_interval_s=3600)
    await driver.read_once(ReportCollector())
    assert peer.count(Meter(1, 999)) == 1


async def test_what_was_lost_on_the_way_is_asked_again() -> None:
    receiver = Ur4()
    lost = {Get(1, name): 2 for name in ("CHAN_NAME", "MUTE", "FREQUENCY")}

    def lossy(message: Message) -> Iterable[Message]:
        if isinstance(message, Get) and lost.get(message, 0):
            lost[message] -= 1
            return []
        return receiver(message)

    peer, driver = session(lossy, meter_interval_s=0)
    collector = ReportCollector()
    await driver.read_once(collector)
    assert (collector.facts(1).receiver_muted, collector.facts(1).frequency_khz) == (False, 578_350)
    assert peer.count(Get(1, "FREQUENCY")) == 3


async def test_nobody_there_is_silent() -> None:
    peer, driver = session(lambda _: [])
    with pytest.raises(DeviceError) as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is ErrorCode.DEVICE_SILENT
    assert caught.value.info.hint
    assert not any(isinstance(each, Meter) for each in peer.requests)


async def test_meters_that_stop_are_asked_for_again_and_silence_ends_the_session() -> None:
    receiver = Ur4(2)
    receiver.meters = False
    peer, driver = session(receiver, silence_limit_s=2.5)
    collector = ReportCollector()
    async with running(driver, collector) as ended:
        await until(lambda: peer.count(Meter(1, 3)) > 1)
        peer.answer = lambda _: []
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.DEVICE_SILENT
    assert peer.requests[-1] == Meter(2, 0)


async def test_a_stop_that_was_lost_is_said_again() -> None:
    receiver = Ur4()
    stops = 0

    def deaf(message: Message) -> Iterable[Message]:
        nonlocal stops
        if message == Meter(1, 0):
            stops += 1
        return receiver(message)

    peer, driver = session(deaf)
    running = asyncio.get_running_loop()

    async def stream() -> None:
        while stops < 3:
            if Meter(1, 3) in peer.requests:
                peer.say(b"* SAMPLE 1 ALL AX 070 085 4 031 *")
            await asyncio.sleep(0.03)

    before = running.time()
    async with anyio.create_task_group() as group:
        group.start_soon(stream)
        await driver.read_once(ReportCollector())
    assert stops == 4
    assert running.time() - before < 4


class Hours:
    """A clock that runs ten times as fast."""

    def __init__(self) -> None:
        self.start = asyncio.get_running_loop().time()

    def __call__(self) -> float:
        return (asyncio.get_running_loop().time() - self.start) * 30


@pytest.mark.parametrize("interval_s", [None, 0])
async def test_what_is_told_only_once_is_asked_for_again_now_and_then(interval_s: float | None) -> None:
    receiver = Ur4()
    peer = UhfrPeer(receiver)
    options = SessionOptions(interval_s, connect_timeout_s=0.4, silence_limit_s=1000)
    driver = make_uhfr_driver(peer.dial, options, Hours())
    collector = ReportCollector()
    async with running(driver, collector):
        await until(lambda: any(isinstance(each, DeviceHeard) for each in collector.all))
        receiver.values["TX_TYPE"] = "UR1"
        await until(lambda: getattr(collector.facts(1).transmitter, "model", None) == "UR1")
        receiver.values["AUDIO_GAIN"] = "07"
        # A second channel, whose first answers were all lost.
        receiver.channels = range(1, 3)
        await until(lambda: collector.device.channel_count == 2 and collector.facts(1).gain_db == -7)
    assert any(isinstance(each, Alive) and each.round_trip_s is not None for each in collector.all)


@pytest.mark.parametrize(
    ("command", "sent", "shown"),
    [
        (SetChannelName(1, " Ada L "), Set(1, "CHAN_NAME", ("Ada_L",)), "Ada L"),
        (SetGain(1, -7), Set(1, "AUDIO_GAIN", ("07",)), "-7 dB"),
        (SetGain(1, 0), Set(1, "AUDIO_GAIN", ("00",)), "+0 dB"),
        (SetMute(1, True), Set(1, "MUTE", ("ON",)), "muted"),
        (SetMute(1, False), Set(1, "MUTE", ("OFF",)), "not muted"),
        (SetFrequency(1, 578_375), Set(1, "FREQUENCY", ("578375",)), "578.375 MHz"),
        (SetGroupChannel(1, 1, 5), Set(1, "GROUP_CHAN", ("01", "05")), "01,05"),
    ],
)
async def test_a_command_is_sent_and_confirmed_by_its_report(command: Command, sent: Set, shown: str) -> None:
    peer, driver = session(Ur4())
    confirmation = await driver.execute_once(command)
    assert (confirmation.value, confirmation.adapted) == (shown, False)
    assert [each for each in peer.requests if isinstance(each, Set)] == [sent]
    assert not any(isinstance(each, Meter) for each in peer.requests)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetChannelName(1, ""), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "thirteen long"), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "A*B"), ErrorCode.INVALID_VALUE),
        (SetGain(1, 1), ErrorCode.INVALID_VALUE),
        (SetGain(1, -33), ErrorCode.INVALID_VALUE),
        (SetGain(2, 0), ErrorCode.INVALID_VALUE),
        (SetFrequency(1, 578_360), ErrorCode.INVALID_VALUE),
        (SetFrequency(1, 1_000_000), ErrorCode.INVALID_VALUE),
        (SetGroupChannel(1, 0, 1), ErrorCode.INVALID_VALUE),
        (Identify(), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetDeviceName("x"), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetSlotRf(1, 1, True), ErrorCode.COMMAND_NOT_SUPPORTED),
    ],
)
async def test_what_cannot_be_is_never_sent(command: Command, code: ErrorCode) -> None:
    peer, driver = session(Ur4())
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(command)
    assert caught.value.code is code
    assert not any(isinstance(each, Set) for each in peer.requests)


async def test_a_command_that_is_not_answered_is_settled_by_asking() -> None:
    receiver = Ur4(2)
    receiver.refuses = True
    _, driver = session(receiver)
    with pytest.raises(DeviceError, match=r"in force is -12 dB") as caught:
        await driver.execute_once(SetGain(1, -3))
    assert caught.value.code is ErrorCode.COMMAND_UNCONFIRMED
    # It takes the same value as before for done.
    assert (await driver.execute_once(SetGain(1, -12))).adapted is False


async def test_a_receiver_that_falls_silent_confirms_nothing() -> None:
    receiver = Ur4()

    def once(message: Message) -> Iterable[Message]:
        if isinstance(message, Set):
            receiver.channels = range(0)
        return receiver(message)

    _, driver = session(once)
    with anyio.fail_after(UNHURRIED_S), pytest.raises(DeviceError, match=r"MUTE ON$") as caught:
        await driver.execute_once(SetMute(1, True))
    assert caught.value.code is ErrorCode.COMMAND_UNCONFIRMED


async def test_a_report_of_before_that_crosses_the_command_is_not_its_answer() -> None:
    receiver = Ur4()

    def crossing(message: Message) -> Iterable[Message]:
        before = [receiver.report(1, "MUTE")] if isinstance(message, Set) else []
        return [*before, *receiver(message)]

    _, driver = session(crossing)
    confirmation = await driver.execute_once(SetMute(1, True))
    assert (confirmation.value, confirmation.adapted) == ("muted", False)


async def test_another_value_than_asked_for_is_told_as_adapted() -> None:
    receiver = Ur4()

    def loud(message: Message) -> Iterable[Message]:
        if isinstance(message, Set):
            receiver.values["AUDIO_GAIN"] = "loud"
            return [receiver.report(1, "AUDIO_GAIN")]
        return receiver(message)

    _, driver = session(loud)
    confirmation = await driver.execute_once(SetGain(1, -3))
    assert (confirmation.value, confirmation.adapted) == ("loud", True)


async def test_a_command_goes_through_the_running_session() -> None:
    peer, driver = session(Ur4())
    with pytest.raises(DeviceError, match="not connected"):
        await driver.execute(SetMute(1, True))
    async with running(driver, ReportCollector()):
        await until(lambda: peer.count(Meter(1, 3)) > 0)
        assert (await driver.execute(SetMute(1, True))).value == "muted"


async def test_a_probe_finds_a_receiver_and_never_meters() -> None:
    peer = UhfrPeer(Ur4(2))
    found = await probe_over(peer.dial, "host", 2202, 0.4)
    assert found is not None
    assert (found.driver, found.model, found.kind) == (SPEC.name, "UR4D", DeviceKind.RECEIVER)
    assert {type(each) for each in peer.requests} == {Get}
    assert await probe_over(UhfrPeer(lambda _: []).dial, "host", 2202, 0.1) is None


def test_minutes_go_with_the_transmitter_that_told_them() -> None:
    setup = Setup()
    setup.by(b"* REPORT 1 TX_BAT 4 *", b"* REPORT 1 TX_BAT_MINS 00120 *", b"* REPORT 1 TX_POWER LOW *")
    setup.talk.open()
    setup.by(b"* SAMPLE 1 ALL XX 100 100 U 000 *")
    collector = setup.by(b"* SAMPLE 1 ALL AX 070 085 2 031 *")
    assert collector.facts(1).transmitter == Transmitter(battery=Battery(bars=2))


async def test_minutes_of_a_receiver_that_tells_them_are_asked_for_again() -> None:
    receiver = Ur4()
    receiver.values["TX_BAT_MINS"] = "00120"
    peer = UhfrPeer(receiver)
    options = SessionOptions(connect_timeout_s=0.4, silence_limit_s=1000)
    driver = make_uhfr_driver(peer.dial, options, Hours())
    collector = ReportCollector()

    def minutes() -> int | None:
        transmitter = collector.facts(1).transmitter
        return transmitter.battery.minutes if transmitter is not None else None

    async with running(driver, collector):
        await until(lambda: any(isinstance(each, FactsHeard) for each in collector.all))
        await until(lambda: minutes() == 120)
        receiver.values["TX_BAT_MINS"] = "00030"
        await until(lambda: minutes() == 30)
    # What is not answered once is not asked for again.
    assert peer.count(Get(1, "TX_POWER")) == 1


class LeftMetering:
    """A receiver that meters all clients alike, and was left doing so by a killed program of ours."""

    def __init__(self) -> None:
        self.receiver = Ur4(2)
        self.meters = True

    def __call__(self, message: Message) -> Iterable[Message]:
        if isinstance(message, Meter):
            self.meters = bool(message.interval)
        samples = [Sample(number, ("AX", "070", "085", "4", "031")) for number in (1, 2)]
        return [*self.receiver(message), *(samples if self.meters else [])]


@pytest.mark.parametrize("meter_interval_s", [None, 0])
async def test_meters_that_a_killed_program_of_ours_has_left_are_stopped(
    meter_interval_s: float | None,
) -> None:
    memory, device = InMemoryMeterRates({1: ChangedRate(90, 0), 2: ChangedRate(90, 0)}), LeftMetering()
    _, driver = session(device, meter_interval_s, meter_rates=memory)
    async with running(driver, report := ReportCollector()):
        await until(lambda: bool(report.devices))
        await anyio.sleep(3)
        assert device.meters == (meter_interval_s is None)
        assert memory.kept == ({1: ChangedRate(90, 0), 2: ChangedRate(90, 0)} if device.meters else {})
    assert not device.meters
    assert (memory.kept, memory.left) == ({}, {})


async def test_a_single_look_stops_what_a_killed_program_has_left() -> None:
    memory, device = InMemoryMeterRates({1: ChangedRate(90, 0)}), LeftMetering()
    _, driver = session(device, meter_rates=memory)
    await driver.read_once(ReportCollector())
    assert not device.meters
    assert memory.left == {}


async def test_meters_of_another_controller_are_not_kept_and_go_on() -> None:
    memory, device = InMemoryMeterRates(), LeftMetering()
    _, driver = session(device, meter_rates=memory)
    async with running(driver, report := ReportCollector()):
        await until(lambda: bool(report.meters(2)))
        assert memory.kept == {}
    assert device.meters
