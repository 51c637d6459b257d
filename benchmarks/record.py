"""The cost of the flight recorder's values: rings, seconds and chunks, without a disk.

By hand:

    uv run python benchmarks/record.py [--channels 400] [--seconds 120]

Feeds ten readings a second of each channel, made between the measured parts, and prints the processor time
a second of each part, the bytes of a second and of a chunk's record, and the memory of the rings.
"""

import argparse
import random
import time
from statistics import fmean

from micboard_tui.domain.channel import Meters
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.chunk import ChunkBuilder, encode_chunk
from micboard_tui.domain.recording.reading import encode_meters, link_flag
from micboard_tui.domain.recording.sample_ring import SAMPLES_A_SECOND, SampleRing
from micboard_tui.domain.recording.second_codec import encode_second
from micboard_tui.domain.recording.second_summary import ChannelSummary, SecondAccumulator

LIVE = link_flag(LinkState.LIVE)


def make_second(dice: random.Random) -> list[Meters]:
    """The samples of one second of one channel in whole dB, as Shure receivers give them."""
    rf, samples = float(dice.randrange(-75, -40)), []
    for _ in range(SAMPLES_A_SECOND):
        rf = min(-35.0, max(-85.0, rf + dice.choice((-3, -1, 0, 0, 1, 3))))
        other = rf - dice.randrange(12)
        audio = float(dice.randrange(-50, -5))
        samples.append(Meters(max(rf, other), rf, other, audio, "AB", True, dice.choice((80, 100))))
    return samples


class Recorder:
    """All values of the recorder for a number of channels, and what they cost so far."""

    def __init__(self, channels: int) -> None:
        self.order = [ChannelRef(DeviceId(str(number // 4)), 1 + number % 4) for number in range(channels)]
        self.rings = [SampleRing() for _ in self.order]
        self.accumulators = [SecondAccumulator() for _ in self.order]
        self.builders = [ChunkBuilder(10, phase) for phase in range(channels)]
        self.costs_ms: list[tuple[float, float, float]] = []
        self.second_sizes: list[int] = []
        self.chunk_sizes: list[int] = []
        self.records = 0

    def take_readings(self, second: int, meters: list[list[Meters]]) -> None:
        """Into rings and accumulators, as they come from the devices."""
        for tick in range(SAMPLES_A_SECOND):
            at = second + tick / SAMPLES_A_SECOND
            for ring, accumulator, samples in zip(self.rings, self.accumulators, meters, strict=True):
                reading = encode_meters(samples[tick])
                ring.append(at, reading)
                accumulator.add(reading)

    def close_second(self) -> dict[ChannelRef, ChannelSummary]:
        """The summaries of the second, after they were encoded."""
        pairs = zip(self.order, self.accumulators, strict=True)
        summaries = {ref: accumulator.take(80, LIVE) for ref, accumulator in pairs}
        self.second_sizes.append(len(encode_second(summaries, self.order)))
        return summaries

    def merge_second(self, second: int, summaries: dict[ChannelRef, ChannelSummary]) -> None:
        """Into the records of 10 s; chunks that this closes are encoded."""
        for builder, summary in zip(self.builders, summaries.values(), strict=True):
            if (chunk := builder.add(second, summary)) is not None:
                self.chunk_sizes.append(len(encode_chunk(chunk)))
                self.records += len(chunk.records)

    def run_second(self, second: int, meters: list[list[Meters]]) -> None:
        start = time.process_time()
        self.take_readings(second, meters)
        taken = time.process_time()
        summaries = self.close_second()
        closed = time.process_time()
        self.merge_second(second, summaries)
        merged = time.process_time()
        self.costs_ms.append(((taken - start) * 1000, (closed - taken) * 1000, (merged - closed) * 1000))


def measure(channels: int, seconds: int) -> None:
    """Run the time of ``seconds`` as fast as it goes and print the figures."""
    dice, recorder = random.Random(1), Recorder(channels)
    for second in range(seconds):
        recorder.run_second(second, [make_second(dice) for _ in recorder.order])
    totals_ms = [sum(parts) for parts in recorder.costs_ms]
    reading_ms, second_ms, merge_ms = (fmean(part) for part in zip(*recorder.costs_ms, strict=True))
    size = fmean(recorder.second_sizes)
    print(f"{channels} channels, {channels * SAMPLES_A_SECOND} readings a second, {seconds} s")
    print(f"readings into rings and accumulators {reading_ms:5.2f} ms a second")
    print(f"summaries and the blob of the second {second_ms:5.2f} ms a second")
    print(f"merging into records of 10 s         {merge_ms:5.2f} ms a second")
    print(f"together {fmean(totals_ms):.2f} ms a second, worst {max(totals_ms):.1f} ms")
    print(f"second   {size / 1000:.1f} kB, {size / channels:.1f} bytes a channel")
    if recorder.chunk_sizes:
        print(f"chunk    {sum(recorder.chunk_sizes) / recorder.records:.1f} bytes a record")
    print(f"rings    {sum(ring.size_bytes for ring in recorder.rings) / 1e6:.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--seconds", type=int, default=120)
    options = parser.parse_args()
    measure(options.channels, options.seconds)


if __name__ == "__main__":
    main()
