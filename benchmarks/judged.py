"""The alarm judge and the flight recorder together, on one thread: 400 channels, 4,000 readings a second.

By hand; the other processes of the machine count, so the best of several runs says what the program costs:

    uv run python benchmarks/judged.py [--seconds 120] [--channels 400] [--runs 3]

Each second the readings are made into samples and records and written, and the states are judged twice for
alarms, with every tenth channel in trouble in the second half. What is fed in is made between the measured
parts. Printed is the processor time in ms of a second: the mean of all, and that of the worst one. Together
they are to stay below 15 ms, and the worst below 40 ms. ``benchmarks/alarms.py`` and ``record.py`` tell the
parts apart.
"""

import argparse
import gc
import tempfile
import time
from pathlib import Path
from statistics import fmean

from alarms import PACE_S, Rig
from record import Recorder, Stage

from micboard_tui.domain.alarm_desk import AlarmDesk
from micboard_tui.domain.condition_finder import ConditionFinder


class Judge:
    """What the alarm service does with a judgement."""

    def __init__(self, channels: int) -> None:
        self._rig, self._finder, self._desk = Rig(channels), ConditionFinder(), AlarmDesk()
        self._context = self._rig.context

    def judge(self, *, is_troubled: bool) -> float:
        """The processor time in ms of one second."""
        total_s = 0.0
        for _ in range(round(1 / PACE_S)):
            judgement = self._rig.judge(is_troubled=is_troubled)
            began = time.process_time()
            conditions = self._finder.find(judgement, self._context, self._desk.watched)
            self._desk, _ = self._desk.follow(conditions.by_key, judgement.starts.at, *conditions[1:])
            total_s += time.process_time() - began
        return total_s * 1000


def measure(channels: int, seconds: int) -> tuple[float, float, float]:
    """The mean of the judge, the mean of the recorder, and the worst second of both, in ms."""
    with tempfile.TemporaryDirectory() as directory:
        stage, recorder = Stage(channels), Recorder(channels, Path(directory) / "recorder.db")
        judge = Judge(channels)
        gc.collect()
        gc.freeze()  # As the program does when it has started.
        start, judged_ms = int(time.time()) - seconds, []
        for number in range(seconds):
            recorder.record(start + number, stage.received(start + number))
            judged_ms.append(judge.judge(is_troubled=number >= seconds // 2))
        recorder.store.close()
        gc.unfreeze()
    recorded_ms = [sum(parts) for parts in recorder.costs_ms]
    worst_ms = max(sum(both) for both in zip(judged_ms, recorded_ms, strict=True))
    return fmean(judged_ms), fmean(recorded_ms), worst_ms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for _ in range(options.runs):
        judge_ms, recorder_ms, worst_ms = measure(options.channels, options.seconds)
        print(
            f"judge {judge_ms:5.2f} ms  recorder {recorder_ms:5.2f} ms"
            f"  together {judge_ms + recorder_ms:5.2f} ms a second, worst second {worst_ms:5.1f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
