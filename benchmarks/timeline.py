"""The cost of drawing the timeline: one channel in full, and 20 channels below one another.

By hand:

    uv run python benchmarks/timeline.py [--width 200] [--height 100] [--channels 20]

Prints the processor time in ms of one drawing, of curves in which every column differs. What reading a span
costs, ``benchmarks/record.py`` says.
"""

import argparse
import random
import time

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.reading import ReadingFlag, link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary
from micboard_tui.tui.arrange.time_window import TimeWindow
from micboard_tui.tui.draw.glyphs import BLOCKS
from micboard_tui.tui.draw.timeline_charts import (
    ChannelTrack,
    Ground,
    cause_line,
    channel_lines,
    several_lines,
)

SIX_HOURS_S = 6 * 3600.0
ROUNDS = 20


def make_column(source: random.Random) -> ChannelSummary:
    """Levels as they are on a stage."""

    def level(low: int, high: int) -> LevelSummary:
        lowest, highest = sorted(source.randint(low, high) for _ in range(2))
        return LevelSummary(lowest, (lowest + highest) * 5, highest, 10)

    flags = int(ReadingFlag.ANTENNA_DBM) | link_flag(LinkState.LIVE)
    return ChannelSummary(
        level(-950, -400), level(-950, -400), level(-600, 0), 90, source.randint(20, 90), flags, 10
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--width", type=int, default=200)
    arguments.add_argument("--height", type=int, default=100)
    arguments.add_argument("--channels", type=int, default=20)
    options = arguments.parse_args()
    source = random.Random(1)
    ground = Ground(TimeWindow(0.0, SIX_HOURS_S, 9000.0), options.width, BLOCKS)
    tracks = []
    for number in range(options.channels):
        columns = [make_column(source) for _ in range(ground.dots)]
        ref = ChannelRef(DeviceId("rack"), number)
        tracks.append(ChannelTrack(ref, str(number), RecordedSpan(0.0, SIX_HOURS_S, columns, 1.0)))
    started = time.process_time()
    for _ in range(ROUNDS):
        several_lines(tracks, ground, options.height)
    several_ms = (time.process_time() - started) / ROUNDS * 1000
    started = time.process_time()
    for _ in range(ROUNDS):
        channel_lines(tracks[0], ground, options.height)
        cause_line(tracks[0], ground)
    one_ms = (time.process_time() - started) / ROUNDS * 1000
    print(f"{options.channels} channels  {several_ms:6.1f} ms")
    print(f"one channel  {one_ms:6.1f} ms")


if __name__ == "__main__":
    main()
