"""The cost of the flight recorder: samples, seconds, chunks and its file, with an accelerated clock.

By hand:

    uv run python benchmarks/record.py [--channels 400] [--seconds 700] [--readers 20]

Feeds ten readings a second of each channel, four channels a read, made between the measured parts; writes
them as the service does, one transaction a second; and prints the processor time a second of each part, the
size of the file, and what a span of ``--readers`` channels over all of it costs. Six hours: --seconds 21600.
"""

import argparse
import gc
import random
import tempfile
import time
from pathlib import Path
from statistics import fmean

from micboard_tui.contracts.recording_store import RecordedStep, SecondRecord
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import MetersHeard
from micboard_tui.domain.recording.chunk import STEPS_S, Tiers
from micboard_tui.domain.recording.reading import link_flag
from micboard_tui.domain.recording.sample_ring import SAMPLES_A_SECOND, SampleRing
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.second_maker import ChannelStatus, ReceivedTogether, make_second
from micboard_tui.services.recorder.span_reader import SpanReader
from micboard_tui.storage.recorder.recorder_file import RecorderFile

CHANNELS_A_DEVICE = 4
COLUMNS = 200
LIVE = link_flag(LinkState.LIVE)


class Stage:
    """Readings in whole dB, as Shure receivers give them; levels wander more than on a quiet stage."""

    def __init__(self, channels: int) -> None:
        self._dice = random.Random(1)
        self._rf = [float(self._dice.randrange(-75, -40)) for _ in range(channels)]

    def received(self, second: int) -> list[ReceivedTogether]:
        """All reads of one second."""
        reads: list[ReceivedTogether] = []
        for tick in range(SAMPLES_A_SECOND):
            meters = [self._meters(channel) for channel in range(len(self._rf))]
            reads += [
                (
                    second + tick / SAMPLES_A_SECOND,
                    DeviceId(str(first // CHANNELS_A_DEVICE)),
                    [
                        MetersHeard(1 + number, each)
                        for number, each in enumerate(meters[first : first + CHANNELS_A_DEVICE])
                    ],
                )
                for first in range(0, len(meters), CHANNELS_A_DEVICE)
            ]
        return reads

    def _meters(self, channel: int) -> Meters:
        dice = self._dice
        rf = min(-35.0, max(-85.0, self._rf[channel] + dice.choice((-3, -1, 0, 0, 1, 3))))
        self._rf[channel], other = rf, rf - int(dice.random() * 12)
        audio = float(-5 - int(dice.random() * 45))
        return Meters(max(rf, other), rf, other, audio, "AB", True, 80 if dice.random() < 0.5 else 100)


class Recorder:
    """What the service does in a second, and what it cost so far."""

    def __init__(self, channels: int, file: Path) -> None:
        refs = [
            ChannelRef(DeviceId(str(number // CHANNELS_A_DEVICE)), 1 + number % CHANNELS_A_DEVICE)
            for number in range(channels)
        ]
        self.statuses = [ChannelStatus(ref, LIVE, 80) for ref in refs]
        self.ring, self.tiers, self.order = SampleRing(), Tiers(), ChannelOrder()
        self.store = RecorderFile(file)
        self.store.open()
        self.costs_ms: list[tuple[float, float, float]] = []

    def record(self, at: int, received: list[ReceivedTogether]) -> None:
        start = time.process_time()
        self.order, columns, block = make_second(received, self.statuses, self.order)
        self.ring.append(block)
        made = time.process_time()
        chunks = self.tiers.add(at, columns, self.order)
        merged = time.process_time()
        self.store.write([RecordedStep(SecondRecord(at, self.order, columns), chunks)], [])
        written = time.process_time()
        self.costs_ms.append(((made - start) * 1000, (merged - made) * 1000, (written - merged) * 1000))

    def read(self, channels: int, start: int, end: int) -> float:
        """The processor time in ms of a span of so many channels."""
        refs = self.order.refs[:channels]
        before = time.process_time()
        opened = {(step_s, ref): self.tiers.open_chunks(ref, step_s) for step_s in STEPS_S for ref in refs}
        SpanReader(self.store, refs, start, end, opened, self.ring.blocks).read(COLUMNS)
        return (time.process_time() - before) * 1000


def measure(channels: int, seconds: int, readers: int, directory: Path) -> None:
    """Run the time of ``seconds`` as fast as it goes and print the figures."""
    file = directory / "recorder.db"
    stage, recorder = Stage(channels), Recorder(channels, file)
    gc.collect()
    gc.freeze()  # As the program does when it has started.
    start = int(time.time()) - seconds
    for at in range(start, start + seconds):
        recorder.record(at, stage.received(at))
    totals_ms = sorted(sum(parts) for parts in recorder.costs_ms)
    second_ms, merge_ms, write_ms = (fmean(part) for part in zip(*recorder.costs_ms, strict=True))
    print(f"{channels} channels, {channels * SAMPLES_A_SECOND} readings a second, {seconds} s")
    print(f"samples and summaries of a second {second_ms:6.2f} ms a second")
    print(f"merging into records of the tiers {merge_ms:6.2f} ms a second")
    print(f"packing and writing, in a thread  {write_ms:6.2f} ms a second")
    print(
        f"together {fmean(totals_ms):.2f} ms a second, 99 % {totals_ms[len(totals_ms) * 99 // 100]:.1f} ms,"
        f" worst {totals_ms[-1]:.1f} ms"
    )
    print(f"ring     {recorder.ring.size_bytes / 1e6:.1f} MB")
    print(f"file     {file.stat().st_size / 1e6:.1f} MB")
    print(
        f"span     {recorder.read(readers, start, start + seconds):.0f} ms for {readers} channels,"
        f" {COLUMNS} columns of all that was recorded"
    )
    recorder.store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--seconds", type=int, default=700)
    parser.add_argument("--readers", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        measure(options.channels, options.seconds, options.readers, Path(directory))


if __name__ == "__main__":
    main()
