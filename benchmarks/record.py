"""The cost of the flight recorder's values: rings, seconds and chunks, without a disk.

By hand:

    uv run python benchmarks/record.py [--channels 400] [--seconds 120]

Feeds ten readings a second of each channel, made between the measured parts, and prints the processor time a second of each
part, the bytes of a second and of a chunk's record, and the memory of the rings.
"""

import argparse
import random
import time
from statistics import fmean

from micboard_tui.domain.channel import Meters
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.chunk import CHUNK_RECORDS, ChunkBuilder, encode_chunk
from micboard_tui.domain.recording.reading import encode_meters, link_flag
from micboard_tui.domain.recording.sample_ring import SAMPLES_A_SECOND, SampleRing
from micboard_tui.domain.recording.second_codec import encode_second
from micboard_tui.domain.recording.second_summary import SecondAccumulator


def make_second(dice: random.Random) -> list[Meters]:
    """The samples of one second of one channel in whole dB, as Shure receivers give them."""
    rf, samples = float(dice.randrange(-75, -40)), []
    for _ in range(SAMPLES_A_SECOND):
        rf = min(-35.0, max(-85.0, rf + dice.choice((-3, -1, 0, 0, 1, 3))))
        other = rf - dice.randrange(12)
        audio = float(dice.randrange(-50, -5))
        samples.append(Meters(max(rf, other), rf, other, audio, "AB", True, dice.choice((80, 100))))
    return samples


def measure(channels: int, seconds: int) -> None:
    """Run the time of ``seconds`` as fast as it goes and print the figures."""
    dice = random.Random(1)
    order = [ChannelRef(DeviceId(str(number // 4)), 1 + number % 4) for number in range(channels)]
    rings = [SampleRing() for _ in order]
    accumulators = [SecondAccumulator() for _ in order]
    builders = [ChunkBuilder(10) for _ in order]
    live = link_flag(LinkState.LIVE)
    reading_ms, second_ms, merge_ms, sizes, chunk_sizes = [], [], [], [], []
    for second in range(seconds):
        meters = [make_second(dice) for _ in order]
        before = time.process_time()
        for tick in range(SAMPLES_A_SECOND):
            at = second + tick / SAMPLES_A_SECOND
            for channel in range(channels):
                reading = encode_meters(meters[channel][tick])
                rings[channel].append(at, reading)
                accumulators[channel].add(reading)
        read = time.process_time()
        summaries = {
            ref: accumulator.take(80, live) for ref, accumulator in zip(order, accumulators, strict=True)
        }
        sizes.append(len(encode_second(summaries, order)))
        packed = time.process_time()
        for builder, summary in zip(builders, summaries.values(), strict=True):
            if (chunk := builder.add(second, summary)) is not None:
                chunk_sizes.append(len(encode_chunk(chunk)))
        merged = time.process_time()
        reading_ms.append((read - before) * 1000)
        second_ms.append((packed - read) * 1000)
        merge_ms.append((merged - packed) * 1000)
    total_ms = [sum(parts) for parts in zip(reading_ms, second_ms, merge_ms, strict=True)]
    print(f"{channels} channels, {channels * SAMPLES_A_SECOND} readings a second, {seconds} s")
    print(f"readings into rings and accumulators {fmean(reading_ms):5.2f} ms a second")
    print(f"summaries and the blob of the second {fmean(second_ms):5.2f} ms a second")
    print(f"merging into records of 10 s         {fmean(merge_ms):5.2f} ms a second")
    print(f"together {fmean(total_ms):.2f} ms a second, worst {max(total_ms):.1f} ms")
    print(f"second   {fmean(sizes) / 1000:.1f} kB, {fmean(sizes) / channels:.1f} bytes a channel")
    if chunk_sizes:
        print(f"chunk    {fmean(chunk_sizes) / CHUNK_RECORDS:.1f} bytes a record")
    print(f"rings    {sum(ring.size_bytes for ring in rings) / 1e6:.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--seconds", type=int, default=120)
    options = parser.parse_args()
    measure(options.channels, options.seconds)


if __name__ == "__main__":
    main()
