"""The transcripts of the reference, frame by frame, from ``tests/wire``.

Source: docs/reference/protocols/shure.md 17.1 to 17.3.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Message, Rep
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.strings.families.axient import AXIENT
from micboard_tui.simulator.shure.strings.families.qlxd import QLXD
from micboard_tui.simulator.shure.strings.families.slxd import SLXD
from micboard_tui.simulator.shure.strings.families.ulxd import ULXD
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.stage.pack import Battery, Cells, Pack
from tests.simulator.strings_clients import channel_of, device_of, lithium

WIRE = Path(__file__).parents[4] / "tests" / "wire" / "shure_strings"


def exchanges(name: str) -> list[tuple[bytes, list[bytes]]]:
    """What the client says, and the frames that follow until it speaks again."""
    found: list[tuple[bytes, list[bytes]]] = []
    for line in (WIRE / name).read_text("ascii").splitlines():
        if line.startswith("C: "):
            found.append((line[3:].encode(), []))
        elif line.startswith("D: "):
            found[-1][1].extend(f"<{each}".encode() for each in line[3:].split("<")[1:])
    return found


def levels(channel: Channel, rf_dbm: Iterable[float], peak_dbfs: float, rms_dbfs: float = -22.0) -> None:
    channel.air.rf_dbm[:] = rf_dbm
    channel.air.carrier = True
    channel.air.peak_dbfs, channel.air.rms_dbfs = peak_dbfs, rms_dbfs


def off(number: int, model: str, name: str, tuned_khz: int) -> Channel:
    channel = channel_of(number, Pack(model, is_on=False), name, tuned_khz=tuned_khz)
    channel.slots = channel.slots[1:] + channel.slots[1:2]
    return channel


def ulxd4d() -> Receiver:
    battery = lithium(78, 405, health_percent=96, cycles=41)
    battery.temperature_c = 25.0
    on = channel_of(1, Pack("ULXD2", battery=battery))
    on.gain, on.carrier.group = 30, (1, 1)
    levels(on, (-52, -70), -20)
    silent = off(2, "ULXD1", "Podium", 486_500)
    silent.air.rf_dbm[:] = [-116, -118]
    return Receiver(ULXD, device_of("ULXD4D", "Rack 1", "2.7.6.0"), [on, silent])


def ad4d() -> Receiver:
    battery = lithium(88, 425, health_percent=97, cycles=19)
    battery.temperature_c = 22.3
    pack = Pack("ADX2", "Lead", is_remote=True, battery=battery)
    on = channel_of(1, pack, tuned_khz=594_075)
    levels(on, (-34, -55), -18)
    silent = off(2, "ADX1", "Spare", 600_000)
    silent.air.rf_dbm[:] = [-109, -108]
    return Receiver(AXIENT, device_of("AD4D-A", "RF 1-2", "1.1.43.0"), [on, silent])


def qlxd4() -> Receiver:
    pack = Pack("QLXD2", battery=Battery(Cells.ALKALINE, charge=0.5), offset_db=6, power="LOW")
    channel = channel_of(1, pack, "Pastor", tuned_khz=501_125)
    channel.carrier.group = (1, 3)
    return Receiver(QLXD, device_of("QLXD4", "QLXD4", "2.6.2.0"), [channel])


def slxd4() -> Receiver:
    channel = channel_of(1, Pack("SLXD2", battery=Battery(Cells.ALKALINE, charge=0.8)), tuned_khz=578_350)
    channel.gain, channel.carrier.group = 30, (1, 1)
    levels(channel, (-37, -56), -18)
    return Receiver(SLXD, device_of("SLXD4", "SLXD4", "1.4.7.0", band="G55"), [channel])


RACK = {"ulxd4d.txt": ulxd4d, "ad4d.txt": ad4d, "qlxd4.txt": qlxd4, "slxd4.txt": slxd4}
# The transcripts of these are shortened, so more may be said than they show.
SHORTENED = {"ad4d.txt", "qlxd4.txt"}


def spoken(receiver: Receiver, question: bytes) -> list[bytes]:
    """The frames that answer a question, with the samples of the longest second after it."""
    (message,) = Decoder().feed(question)
    reply = receiver.answer(message)
    samples = receiver.samples(1000) if b"METER_RATE" in question else []
    return [*reply.to_asker, *reply.to_all, *samples]


@pytest.mark.parametrize("name", RACK)
def test_every_frame_of_the_transcript_is_said_byte_by_byte(name: str) -> None:
    receiver = RACK[name]()
    for question, expected in exchanges(name):
        frames = spoken(receiver, question)
        # What follows this refusal is the transmitter being switched off; see below.
        refused = question == b"< SET 1 AUDIO_GAIN 999 >"
        wanted = [each.rstrip() for each in (expected[:1] if refused else expected)]
        assert wanted
        assert [each for each in wanted if each not in frames] == []
        if name not in SHORTENED:
            assert sorted(frames) == sorted(wanted)


def test_a_transmitter_that_goes_off_takes_its_words_along() -> None:
    receiver = ulxd4d()
    channel = receiver.channels[0]
    channel.air.step(0.1, 0.0)
    receiver.step(0.1)

    channel.air.pack.switch(on=False)
    channel.air.step(0.1, 0.0)
    news = receiver.step(0.1)

    *_, (_, expected) = exchanges("ulxd4d.txt")
    off_frames = [each.rstrip() for each in expected if each.startswith(b"< REP 1 ")]
    assert off_frames
    assert [each for each in off_frames if each not in news] == []
    assert len(news) == len(set(news))
    assert receiver.step(0.1) == []


def test_the_device_speaks_first_and_channels_ascend() -> None:
    for receiver in (ulxd4d(), ad4d(), slxd4()):
        (message,) = Decoder().feed(b"< GET 0 ALL >")
        answer = Decoder().feed(b"".join(receiver.answer(message).to_asker))
        order = [each.channel or 0 for each in answer if isinstance(each, Rep)]
        assert len(order) == len(answer)
        assert order == sorted(order)


def test_axient_tells_sixteen_properties_of_eight_slots() -> None:
    (message,) = Decoder().feed(b"< GET 0 ALL >")
    answer: list[Message] = Decoder().feed(b"".join(ad4d().answer(message).to_asker))
    slots = [each for each in answer if isinstance(each, Rep) and each.property.startswith("SLOT_")]
    assert len({(each.channel, each.property, each.values[0]) for each in slots}) == len(slots) == 16 * 8 * 2


def test_samples_come_as_often_as_asked_for() -> None:
    receiver = ulxd4d()
    (message,) = Decoder().feed(b"< SET 1 METER_RATE 250 >")
    receiver.answer(message)
    counts = [len(receiver.samples(100)) for _ in range(10)]
    assert sum(counts) == 4
