"""When cells can be changed in a show: while the mic is off, in a scene or a break. Pure.

Where a scene of the plot has no planned length, what comes after it cannot be placed in time; breaks can.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from micboard_tui.domain.mic_number import mic_number_key
from micboard_tui.domain.show import ShowProgress, ShowState

SAFETY_MIN = 15.0
"""A pack is changed so long before its cautious end."""
SHORTEST_GAP_S = 60.0
"""A change takes so long."""


class Gap(NamedTuple):
    """The mic is off from one moment to another, in seconds since the epoch."""

    start: float
    end: float


def find_swap_moment(safe_until: float, gaps: Sequence[Gap], now: float) -> float:
    """The latest moment for a change: in the last gap before it is unsafe, else when it becomes unsafe.

    It is not in the past: what is too late is to be done now.
    """
    in_gaps = [
        min(safe_until, gap.end - SHORTEST_GAP_S)
        for gap in gaps
        if gap.end - gap.start >= SHORTEST_GAP_S and max(gap.start, now) <= safe_until
    ]
    return max(now, max((moment for moment in in_gaps if moment >= now), default=safe_until))


def find_gaps(progress: ShowProgress, mic_number: str | None, now: float) -> Sequence[Gap]:
    """All that are ahead, oldest first: breaks, and scenes of known time without the mic."""
    gaps = sorted([*_breaks(progress, now), *_scenes_without(progress, mic_number, now)])
    joined: list[Gap] = []
    for gap in gaps:
        if joined and gap.start <= joined[-1].end:
            joined[-1] = Gap(joined[-1].start, max(joined[-1].end, gap.end))
        else:
            joined.append(gap)
    return joined


def _breaks(progress: ShowProgress, now: float) -> Iterator[Gap]:
    if progress.state is ShowState.BREAK:
        left = progress.minutes_of_break_left(now)
        if left is not None and left > 0:
            yield Gap(now, now + left * 60)
    begins = progress.next_break_at(now)
    coming = progress.next_break
    if begins is None or coming is None:
        return
    begins = max(begins, now)
    yield Gap(begins, begins + coming.minutes * 60)
    for before, after in pairwise(progress.show.breaks[progress.breaks_taken :]):
        begins += (after.at_min - before.at_min) * 60
        yield Gap(begins, begins + after.minutes * 60)


def _scenes_without(progress: ShowProgress, mic_number: str | None, now: float) -> Iterator[Gap]:
    """Of this act: the next break moves what comes after it."""
    plot, first = progress.show.plot, progress.scene
    if mic_number is None or first is None or progress.state is not ShowState.RUNNING:
        return
    key = mic_number_key(mic_number)
    used = {entry.scene for entry in plot.entries if mic_number_key(entry.mic_number) == key}
    if not used:
        return
    act = plot.scenes[first].act
    begins = now if progress.scene_started_at is None else progress.scene_started_at
    for position in range(first, len(plot.scenes)):
        scene = plot.scenes[position]
        if scene.act != act or scene.minutes is None:
            return
        ends = max(begins + scene.minutes * 60, now)
        if position not in used:
            yield Gap(max(begins, now), ends)
        begins = ends
