"""Clients of a simulated device over real sockets, and devices made by hand."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from random import Random

from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Err, Get, Message, Rep, Sample, Set
from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.rack.rack_layout import RackOptions, plan
from micboard_tui.simulator.rack.stage_builder import build
from micboard_tui.simulator.shure.receiver_channel import SLOTS, Carrier, Channel, Slot
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery, Pack
from micboard_tui.simulator.stage.voice import Style, Voice
from tests.fakes.links import until
from tests.simulator.simulated_devices import HOST, unit_of

PATIENCE_S = 10.0
TICK_S = 0.1
RECEIVER_MODELS = (
    *("ULXD4", "ULXD4D", "ULXD4Q", "QLXD4", "AD4D-A", "AD4Q-A"),
    *("SLXD4", "SLXD4D", "SLXD4+", "SLXD4D+", "SLXD4Q+", "ANX4"),
)
"""All with one of the six dialects of receivers."""
BAND = FrequencyBand("G50", 470_000, 636_000)


def receivers_of(options: RackOptions) -> list[Receiver]:
    """Those of a rack that have one of the dialects of receivers."""
    layout = plan(options)
    devices = zip(layout, build(options, layout)[1], strict=True)
    receivers = [unit_of(Receiver, device) for entry, device in devices if entry.model in RECEIVER_MODELS]
    for receiver in receivers:
        receiver.start()
    return receivers


def receiver_of(model: str, scenario: str = "calm") -> Receiver:
    """A receiver as the rack would have it, alone."""
    return receivers_of(RackOptions(receivers=1, model=model, scenario=scenario))[0]


def channel_of(number: int, pack: Pack, name: str = "Lead Vox", *, tuned_khz: int = 482_125) -> Channel:
    """A channel in a quiet room: nothing moves until a test moves it."""
    pack.frequency_khz = tuned_khz
    dice = Random(number)
    air = Air(pack, Voice(Style.SPEECH, dice), dice)
    slots = (Slot(pack.model, pack.name, is_linked=pack.is_remote, pack=pack), *[Slot()] * (SLOTS - 1))
    return Channel(number, name, air, BAND, Carrier(tuned_khz), slots=slots)


def device_of(model: str, name: str, firmware: str, band: str = "G57") -> DeviceIdentity:
    return DeviceIdentity(
        model, name, firmware, FrequencyBand(band, 470_000, 636_000), mac="00:0E:DD:0A:1B:2C"
    )


def lithium(percent: int, minutes: int, *, health_percent: int, cycles: int) -> Battery:
    """The maker's pack that shows ``percent`` and ``minutes``."""
    full = next(each for each in range(100, 1000) if int((percent + 0.5) / 100 * each) == minutes)
    return Battery(
        charge=(percent + 0.5) / 100, full_minutes=full, health_percent=health_percent, cycles=cycles
    )


def message_of(text: str) -> Message:
    """The message in a frame."""
    (message,) = Decoder().feed(f"< {text} >".encode())
    return message


def answers_to(receiver: Receiver, text: str) -> list[Message]:
    """All that one client hears when it says ``text``."""
    reply = receiver.answer(message_of(text))
    return Decoder().feed(b"".join([*reply.to_asker, *reply.to_all]))


def values_by_property(messages: list[Message]) -> dict[tuple[int | None, str], tuple[str, ...]]:
    """What REPs say, by channel and property."""
    return {(each.channel, each.property): each.values for each in messages if isinstance(each, Rep)}


class StringsClient:
    """One client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.decoder = Decoder()
        self.raw = b""
        self._messages: list[Message] = []

    def say(self, *texts: str) -> None:
        for text in texts:
            self.writer.write(f"< {text} >".encode())

    async def next(self) -> Message:
        """The next message. Raises EOFError when the device hangs up."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._messages:
                chunk = await self.reader.read(65536)
                if not chunk:
                    raise EOFError
                self.raw += chunk
                self._messages = self.decoder.feed(chunk)
        return self._messages.pop(0)

    async def hear(self, count: int) -> list[Message]:
        return [await self.next() for _ in range(count)]

    async def until(self, text: str) -> list[Message]:
        """All up to the message ``text``, and that."""
        end, heard = message_of(text), [await self.next()]
        while heard[-1] != end:
            heard.append(await self.next())
        return heard

    async def ask(self, text: str, count: int = 1) -> list[Message]:
        self.say(text)
        return await self.hear(count)

    async def all_so_far(self, device_id: str = "Rack 1  ") -> list[Message]:
        """All that arrives before the answer to a question that is sent now."""
        self.say("GET DEVICE_ID")
        return (await self.until(f"REP DEVICE_ID {{{device_id}}}"))[:-1]

    async def is_left(self) -> bool:
        """Whether the device hangs up, sooner or later."""
        try:
            while True:
                await self.next()
        except (EOFError, ConnectionError):
            return True

    async def aclose(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


@asynccontextmanager
async def opened(receiver: Receiver) -> AsyncGenerator[StringsDevice[Receiver]]:
    """A device that listens, whose time passes only when a test calls ``tick``."""
    simulated = StringsDevice(receiver, Random(1))
    await simulated.open(HOST, 0)
    try:
        yield simulated
    finally:
        await simulated.aclose()


async def connect(host: str, port: int) -> StringsClient:
    async with asyncio.timeout(PATIENCE_S):
        return StringsClient(*await asyncio.open_connection(host, port))


@asynccontextmanager
async def connected_clients(
    simulated: StringsDevice[Receiver], count: int = 1
) -> AsyncGenerator[list[StringsClient]]:
    """So many clients, known to the device."""
    before = simulated.connections
    callers = [await connect(*simulated.address) for _ in range(count)]
    await until(lambda: simulated.connections == before + count)
    try:
        yield callers
    finally:
        for caller in callers:
            await caller.aclose()


async def pass_ticks(simulated: StringsDevice[Receiver], count: int = 1) -> None:
    for _ in range(count):
        await simulated.tick(TICK_S)


__all__ = ["Err", "Get", "Message", "Rep", "Sample", "Set"]


async def is_refused(simulated: StringsDevice[Receiver]) -> bool:
    try:
        await (await connect(*simulated.address)).aclose()
    except ConnectionRefusedError:
        return True
    return False
