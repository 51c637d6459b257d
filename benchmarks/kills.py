"""Kills a recording process again and again, and counts what was lost of what it reported as written.

By hand:

    uv run python benchmarks/kills.py [--kills 100] [--channels 400]

A process records seconds into a file as fast as it can, with windows of alarms now and then, and names every
second after its write has returned. It is killed (SIGKILL) at a random moment; the next one opens the file
as the program does, makes the chunks that are missing, and goes on. After each kill every second that was
named has to be there, once in the seconds and once in the records of 10 s and of a minute, and every window.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from micboard_tui.contracts.recording_store import RecordedStep, SecondRecord, WindowRecord
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.chunk import STEPS_S, Tiers
from micboard_tui.domain.recording.recorded_span import WindowTitle
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary
from micboard_tui.domain.recording.span_columns import series_of_chunks
from micboard_tui.domain.recording.summary_columns import READINGS, columns_of
from micboard_tui.storage.recorder import chunk_recovery
from micboard_tui.storage.recorder.recorder_file import RecorderFile

WINDOW_EVERY = 7
KEY = AlarmKey(ProblemCode.RF_LOST, DeviceId("0"), 1)


def record(file: Path, start: int, channels: int) -> None:
    """In the process that is killed."""
    chunk_recovery.PAUSE_S = 0.0
    store, tiers = RecorderFile(file), Tiers()
    store.open()
    order = ChannelOrder(tuple(ChannelRef(DeviceId(str(number)), 1) for number in range(channels)))
    level = LevelSummary(-600, -6000, -500, 10)
    columns = columns_of([ChannelSummary(level, level, level, 90, 80, 0x4001, 10)] * channels)
    for at in range(start, start + 100_000):
        title = WindowTitle(KEY, at, at - 60, at + 15)
        windows = [] if at % WINDOW_EVERY else [WindowRecord(title, order.refs[:1], [])]
        step = RecordedStep(SecondRecord(at, order, columns), tiers.add(at, columns, order))
        store.write([step], windows)
        print(at, flush=True)


def kill_once(file: Path, start: int, channels: int, after_s: float) -> int:
    """The last second that was named before the process was killed; ``start`` - 1: none was."""
    command = [sys.executable, __file__, "--record", str(file), str(start), "--channels", str(channels)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        output = process.stdout or sys.stdin
        named = output.readline()
        time.sleep(after_s)
        process.kill()
        lines = [named, *output.read().split("\n")]
    return max((int(line) for line in lines if line.strip().isdigit()), default=start - 1)


def find_losses(file: Path, start: int, last: int, channels: int) -> list[str]:
    """What is missing or double of the seconds from ``start`` to ``last``."""
    store = RecorderFile(file)
    losses = [f"note: {note}"] if (note := store.open()) is not None else []
    refs = [ChannelRef(DeviceId(str(number)), 1) for number in {0, channels // 2, channels - 1}]
    for ref, series in store.read_seconds(refs, start, last + 1).items():
        missing = set(range(start, last + 1)) - set(map(int, series.starts))
        losses += [f"second {at} of {ref}" for at in missing]
    end = last + 100
    for step_s in STEPS_S:
        first = start - start % step_s + step_s
        for ref, chunks in store.read_chunks(step_s, refs, first, end).items():
            series = series_of_chunks(step_s, chunks).cut(first, last - last % step_s - 1)
            found: dict[float, int] = {}
            for at, readings in zip(series.starts, series.columns[READINGS], strict=True):
                found[at] = found.get(at, 0) + readings
            for at in range(first, last - last % step_s, step_s):
                if found.get(at) != 10 * step_s:
                    losses.append(f"{step_s} s at {at} of {ref}: {found.get(at)} readings")
    kept = {title.raised_at for title in store.list_windows(start, last, (), 10**6)}
    losses += [f"window {at}" for at in range(start, last + 1) if at % WINDOW_EVERY == 0 and at not in kept]
    store.close()
    return losses


def find_last(file: Path, named: int, channels: int) -> int:
    """The last second that was written; the one after the last that was named may have been."""
    ref = ChannelRef(DeviceId(str(channels - 1)), 1)
    return int(max(RecorderFile(file).read_seconds([ref], named - 1, named + 10)[ref].starts))


def measure(kills: int, channels: int) -> int:
    dice, total = random.Random(1), 0
    chunk_recovery.PAUSE_S = 0.0
    begin = int(time.time()) // 60 * 60
    losses: list[str] = []
    with tempfile.TemporaryDirectory() as directory:
        file, start = Path(directory) / "recorder.db", begin
        for number in range(kills):
            last = kill_once(file, start, channels, dice.random())
            total += last + 1 - start
            losses += find_losses(file, max(begin, last - 3000), last, channels)
            print(f"{number + 1} kills, {total} seconds named, {len(losses)} lost", end="\r", flush=True)
            start = find_last(file, last, channels) + 1
        print()
    for loss in losses[:20]:
        print(loss)
    return 1 if losses else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--record", nargs=2, metavar=("FILE", "START"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.record:
        record(Path(options.record[0]), int(options.record[1]), options.channels)
        return 0
    return measure(options.kills, options.channels)


if __name__ == "__main__":
    sys.exit(main())
