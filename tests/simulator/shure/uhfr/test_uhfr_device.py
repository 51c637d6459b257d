"""A simulated UHF-R alone: what it says, over its socket and with everything that goes wrong there."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from random import Random

import pytest

from micboard_tui.protocols.shure_uhfr.codec import decode, encode
from micboard_tui.protocols.shure_uhfr.messages import Get, Message, Meter, Note, Report, Sample, Set
from micboard_tui.simulator.rack.rack_layout import RackOptions, plan
from micboard_tui.simulator.rack.stage_builder import build
from micboard_tui.simulator.shure.uhfr.uhfr_device import MAX_SUBSCRIBERS, UhfrDevice
from micboard_tui.simulator.shure.uhfr.uhfr_receiver import UhfrReceiver
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from micboard_tui.simulator.stage.world import STEP_S
from tests.fakes.links import until
from tests.protocols.wire import lines
from tests.simulator.strings_clients import channel_of


def ur4s() -> UhfrReceiver:
    pack = Pack("UR2", battery=Battery(Cells.ALKALINE, charge=0.7))
    channel = channel_of(1, pack, "Lead Vox", tuned_khz=578_350)
    channel.gain, channel.carrier.group = 12, (1, 5)
    channel.air.rf_dbm[:] = [-70, -85]
    channel.air.carrier = True
    channel.air.peak_dbfs = -18
    return UhfrReceiver([channel])


def test_the_transcript_is_said_byte_by_byte() -> None:
    receiver = ur4s()
    said = [encode(each) for each in (*receiver.greeting(1), receiver.sample(1))]
    assert said == lines("shure_uhfr/ur4s.txt", "D")


@pytest.mark.parametrize(
    ("message", "answers"),
    [
        (Get(1, "CHAN_NAME"), [Report(1, "CHAN_NAME", ("Lead_Vox____",))]),
        (Get(1, "TX_BAT"), [Report(1, "TX_BAT", ("4",))]),
        (Get(1, "TX_TYPE"), [Report(1, "TX_TYPE", ("UR2",))]),
        (Set(1, "MUTE", ("ON",)), [Report(1, "MUTE", ("ON",))]),
        (Set(1, "MUTE", ("TOGGLE",)), [Report(1, "MUTE", ("ON",))]),
        (Set(1, "MUTE", ("OFF",)), [Report(1, "MUTE", ("OFF",))]),
        (Set(1, "AUDIO_GAIN", ("32",)), [Report(1, "AUDIO_GAIN", ("32",))]),
        (Set(1, "GAIN_UP", ("1",)), [Report(1, "AUDIO_GAIN", ("11",))]),
        (Set(1, "GAIN_DOWN", ("5",)), [Report(1, "AUDIO_GAIN", ("17",))]),
        (Set(1, "CHAN_NAME", ("Ada_L",)), [Report(1, "CHAN_NAME", ("Ada_L_______",))]),
        (
            Set(1, "FREQUENCY", ("578375",)),
            [
                Report(1, "GROUP_CHAN", ("--", "--")),
                Report(1, "FREQUENCY", ("578375",)),
                # Where the receiver now listens there is no transmitter.
                Report(1, "TX_TYPE", ("UNKNOWN",)),
                Report(1, "TX_BAT", ("U",)),
            ],
        ),
        (Get(1, "SQUELCH"), [Report(1, "SQUELCH", ("10",))]),
        (Get(1, "TX_IR_LOCK"), [Report(1, "TX_IR_LOCK", ("UNLOCK",))]),
        (Get(1, "TX_GAIN"), []),
        (Get(1, "NOPE"), []),
        (Get(2, "CHAN_NAME"), []),
        (Set(1, "NOPE", ("1",)), []),
        (Set(1, "MUTE", ()), []),
        (Set(1, "MUTE", ("MAYBE",)), []),
        (Set(1, "AUDIO_GAIN", ("33",)), []),
        (Set(1, "GAIN_UP", ("6",)), []),
        (Set(1, "CHAN_NAME", ("thirteen_long",)), []),
        (Set(1, "FREQUENCY", ("1",)), []),
        (Set(1, "GROUP_CHAN", ("01",)), []),
        (Set(1, "GROUP_CHAN", ("99", "99")), []),
        (Note(("1",)), []),
    ],
)
def test_what_is_asked_and_set(message: Message, answers: list[Message]) -> None:
    asked, news = ur4s().answer(message)
    assert asked + news == answers


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("GROUP_UP", ("02", "05")),
        ("GROUP_DOWN", ("40", "05")),
        ("CHAN_UP", ("01", "06")),
        ("CHAN_DOWN", ("01", "04")),
    ],
)
def test_presets_are_stepped_through_with_any_argument(name: str, group: tuple[str, str]) -> None:
    for values in ((), ("1",), ("9",)):
        _, news = ur4s().answer(Set(1, name, values))
        changes = [(each.property, each.values) for each in news if isinstance(each, Report)]
        assert changes[0] == ("GROUP_CHAN", group)
        assert changes[1][0] == "FREQUENCY"


def test_a_group_is_followed_by_its_frequency() -> None:
    _, news = ur4s().answer(Set(1, "GROUP_CHAN", ("02", "03")))
    assert [each.property for each in news if isinstance(each, Report)][:2] == ["GROUP_CHAN", "FREQUENCY"]


def test_what_is_heard_on_the_stage_is_in_the_samples() -> None:
    receiver = ur4s()
    air = receiver.airs[0]
    air.rf_dbm[:] = [-20, -130]
    air.antenna, air.peak_dbfs = 1, 0.0
    assert receiver.sample(1) == Sample(1, ("XB", "020", "100", "4", "255"))
    # As strong as it gets near the antenna, and no overload yet.
    air.rf_dbm[:] = [-25, -130]
    assert receiver.sample(1) == Sample(1, ("XB", "070", "100", "4", "255"))
    air.rf_dbm[:] = [-20, -130]
    air.pack.switch(on=False)
    air.carrier, air.peak_dbfs = False, -90.0
    assert receiver.sample(1) == Sample(1, ("XX", "020", "100", "U", "000"))
    assert receiver.changes() == [Report(1, "TX_TYPE", ("UNKNOWN",)), Report(1, "TX_BAT", ("U",))]
    assert receiver.changes() == []
    assert receiver.greeting(2) == []


@pytest.mark.parametrize("scenario", ["calm", "show"])
@pytest.mark.no_cover
def test_a_carrier_of_a_usual_evening_overloads_no_receiver(scenario: str) -> None:
    options = RackOptions(receivers=4, scenario=scenario, model="UR4D")
    world, devices = build(options, plan(options))
    levels = set()
    for _ in range(2400):
        world.step(STEP_S)
        for device in devices:
            assert isinstance(device, UhfrDevice)
            levels |= {value for number in (1, 2) for value in device.receiver.sample(number).values[1:3]}
    assert "070" in levels
    assert "020" not in levels


class Caller(asyncio.DatagramProtocol):
    """One client."""

    def __init__(self) -> None:
        self.datagrams: list[bytes] = []
        self.transport: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.datagrams.append(data)

    def say(self, *messages: Message) -> None:
        assert self.transport is not None
        for message in messages:
            self.transport.sendto(encode(message))

    @property
    def heard(self) -> list[Message]:
        return [message for each in self.datagrams for message in decode(each)]

    def samples(self) -> int:
        return sum(isinstance(each, Sample) for each in self.heard)


@asynccontextmanager
async def on_air(callers: int = 1) -> AsyncGenerator[tuple[UhfrDevice, list[Caller]]]:
    device = UhfrDevice(ur4s(), Random(1))
    port = await device.open("127.0.0.1", 0)
    loop = asyncio.get_running_loop()
    clients = []
    try:
        for _ in range(callers):
            transport, client = await loop.create_datagram_endpoint(Caller, remote_addr=("127.0.0.1", port))
            client.transport = transport
            clients.append(client)
        yield device, clients
    finally:
        for client in clients:
            assert client.transport is not None
            client.transport.close()
        await device.aclose()
        await asyncio.sleep(0)


@pytest.mark.integration
async def test_meters_start_with_a_greeting_and_stop() -> None:
    async with on_air() as (device, (caller,)):
        caller.say(Meter(1, 3))
        await until(lambda: len(caller.datagrams) == 5)
        assert device.connections == 1
        for _ in range(3):
            await device.tick(0.1)
        await until(lambda: caller.samples() == 3)
        caller.say(Meter(1, 0), Meter(2, 3), Meter(1, 0))
        await until(lambda: device.connections == 0)
        await device.tick(0.1)
        caller.say(Get(1, "MUTE"))
        await until(lambda: caller.heard[-1] == Report(1, "MUTE", ("OFF",)))
        assert caller.samples() == 3


@pytest.mark.integration
async def test_slow_meters_come_slowly_and_without_news() -> None:
    async with on_air(2) as (device, (seldom, often)):
        seldom.say(Meter(1, 999))
        often.say(Meter(1, 10))
        await until(lambda: device.connections == 2)
        for _ in range(10):
            await device.tick(0.1)
        await until(lambda: often.samples() == 4)
        assert seldom.samples() == 1
        before = len(seldom.heard)
        often.say(Set(1, "MUTE", ("ON",)))
        await until(lambda: Report(1, "MUTE", ("ON",)) in often.heard)
        device.receiver.channels[1].gain = 3
        await device.tick(0.0)
        await until(lambda: Report(1, "AUDIO_GAIN", ("03",)) in often.heard)
        assert often.heard.count(Report(1, "MUTE", ("ON",))) == 1
        assert len(seldom.heard) == before


@pytest.mark.integration
async def test_whoever_has_not_asked_for_longest_is_forgotten() -> None:
    async with on_air(MAX_SUBSCRIBERS + 1) as (device, callers):
        for caller in callers:
            caller.say(Meter(1, 3))
            await until(lambda caller=caller: len(caller.heard) == 5)  # type: ignore[misc]
        assert device.connections == MAX_SUBSCRIBERS
        await device.tick(0.1)
        await until(lambda: callers[-1].samples() == 1)
        assert callers[0].samples() == 0


@pytest.mark.integration
async def test_silence_a_restart_and_meters_that_stop() -> None:
    async with on_air() as (device, (caller,)):
        caller.say(Meter(1, 3))
        await until(lambda: device.connections == 1)
        device.faults.forget()
        await device.tick(0.1)
        assert device.connections == 0
        caller.say(Meter(1, 3))
        await until(lambda: device.connections == 1)
        device.faults.silent = True
        await device.tick(0.1)
        caller.say(Get(1, "MUTE"))
        await asyncio.sleep(0.02)
        heard = len(caller.heard)
        device.faults.clear()
        caller.say(Get(1, "MUTE"))
        await until(lambda: len(caller.heard) == heard + 1)
        device.faults.reboot(0.15)
        await device.tick(0.1)
        assert device.connections == 0
        caller.say(Get(1, "MUTE"))
        await asyncio.sleep(0.02)
        assert len(caller.heard) == heard + 1
        for _ in range(2):
            await device.tick(0.1)
        caller.say(Get(1, "MUTE"))
        await until(lambda: len(caller.heard) == heard + 2)


@pytest.mark.integration
async def test_datagrams_get_lost_and_rubbish_comes_between() -> None:
    async with on_air() as (device, (caller,)):
        device.faults.drop = 1.0
        caller.say(Get(1, "MUTE"))
        await asyncio.sleep(0.02)
        assert caller.datagrams == []
        device.faults.drop, device.faults.garbage = 0.0, True
        caller.say(*[Get(1, "MUTE")] * 8)
        await until(lambda: caller.heard.count(Report(1, "MUTE", ("OFF",))) == 8)
        assert len(caller.datagrams) == 16


async def test_a_receiver_that_never_opened_can_be_closed_and_says_nothing() -> None:
    device = UhfrDevice(ur4s(), Random(1))
    device.receive(b"* GET 1 MUTE *", ("127.0.0.1", 1))
    await device.aclose()


@pytest.mark.integration
async def test_a_flood_is_sent_to_those_that_meter() -> None:
    async with on_air(2) as (device, (meterer, other)):
        meterer.say(Meter(1, 3))
        await until(lambda: device.connections == 1)
        device.faults.flood = True
        await device.tick(0.1)
        # What the system has no room for is lost.
        await until(lambda: meterer.samples() > 100)
        assert other.samples() == 0
