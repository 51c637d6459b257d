"""What the levels of both antennas say about why a signal fell. Pure; numbers: docs/explanation/walk-test.md.

Only levels in dBm that last a second or longer count: fades by reflections are over in a tenth of a second,
and come to one antenna or to both by chance. Where levels are too coarse, missing, or say neither, there is
no answer.
"""

from collections.abc import Sequence
from enum import StrEnum
from statistics import fmean, median
from typing import NamedTuple

FALL_DB = 10.0
"""An antenna that is so far below its median fell."""
HELD_DB = 5.0
"""One that is less far below held."""
STEP_S = 1.0
"""Means of so long are compared, so that fades by reflections do not count."""
COARSEST_S = 2.0
"""With longer steps it is not known whether both fell together."""
MIN_STEPS = 10
"""So many steps with a level are needed for a median."""
ONE_SIDED_STEPS = 3
"""An antenna alone is so far down for a second or two whenever something stands in its way."""
JOINED_STEPS = 2
"""Falls with no more than one step between them are one."""
NEAR_S = 10.0
"""A fall so near the moment that is looked at is the one that is asked for."""


class FadeCause(StrEnum):
    BOTH = "both"
    ONLY_A = "only_a"
    ONLY_B = "only_b"

    @property
    def text(self) -> str:
        """What it means, for people."""
        return _TEXTS[self]


_TEXTS = {
    FadeCause.BOTH: "both antennas fell together: body or pack",
    FadeCause.ONLY_A: "only antenna A fell: cable, antenna or position",
    FadeCause.ONLY_B: "only antenna B fell: cable, antenna or position",
}


class AntennaMeans(NamedTuple):
    """Mean levels of both antennas in one column, in dBm; None: unknown."""

    a: float | None
    b: float | None


class Fall(NamedTuple):
    cause: FadeCause
    at_s: float
    """Where it was deepest, in seconds from the start of the columns."""


def find_fall(columns: Sequence[AntennaMeans], column_s: float, focus_s: float | None = None) -> Fall | None:
    """The fall next to ``focus_s``, or the deepest one; None: there is none, or its cause is unclear.

    ``column_s`` is the length of a column. Where the records were longer than ``COARSEST_S``, do not ask.
    """
    if not 0 < column_s <= COARSEST_S:
        return None
    size = max(1, round(STEP_S / column_s))
    step_s = size * column_s
    steps = [_mean_of(columns[first : first + size]) for first in range(0, len(columns), size)]
    depths_a, depths_b = _depths([step.a for step in steps]), _depths([step.b for step in steps])
    if not depths_a or not depths_b:
        return None
    fallen = [
        index
        for index, depths in enumerate(zip(depths_a, depths_b, strict=True))
        if any(depth is not None and depth >= FALL_DB for depth in depths)
    ]
    groups = _join_neighbours(fallen)
    if focus_s is not None:
        focus = focus_s / step_s
        groups = [group for group in groups if _distance(group, focus) * step_s <= NEAR_S]
        groups.sort(key=lambda group: _distance(group, focus))
    else:
        groups.sort(key=lambda group: -_deepest(group, depths_a, depths_b)[1])
    for group in groups[:1]:
        if (cause := _judge(group, depths_a, depths_b)) is not None:
            return Fall(cause, (_deepest(group, depths_a, depths_b)[0] + 0.5) * step_s)
    return None


def _mean_of(columns: Sequence[AntennaMeans]) -> AntennaMeans:
    a = [column.a for column in columns if column.a is not None]
    b = [column.b for column in columns if column.b is not None]
    return AntennaMeans(fmean(a) if a else None, fmean(b) if b else None)


def _depths(levels: Sequence[float | None]) -> Sequence[float | None]:
    """How far each level is below the median; nothing where too few are known."""
    known = [level for level in levels if level is not None]
    if len(known) < MIN_STEPS:
        return ()
    usual = median(known)
    return [None if level is None else usual - level for level in levels]


def _join_neighbours(indexes: Sequence[int]) -> list[list[int]]:
    """Runs in which no more than one step is missing."""
    groups: list[list[int]] = []
    for index in indexes:
        if groups and index - groups[-1][-1] <= JOINED_STEPS:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _distance(group: Sequence[int], focus: float) -> float:
    return max(0.0, group[0] - focus, focus - (group[-1] + 1))


def _deepest(
    group: Sequence[int], depths_a: Sequence[float | None], depths_b: Sequence[float | None]
) -> tuple[int, float]:
    """The step at which one of the antennas was deepest, and how deep."""
    return max(
        ((index, max(depths_a[index] or 0.0, depths_b[index] or 0.0)) for index in group),
        key=lambda found: found[1],
    )


def _judge(
    group: Sequence[int], depths_a: Sequence[float | None], depths_b: Sequence[float | None]
) -> FadeCause | None:
    a, b = [depths_a[index] for index in group], [depths_b[index] for index in group]
    if None in a or None in b:
        return None
    pairs = [(depth_a, depth_b) for depth_a, depth_b in zip(a, b, strict=True) if depth_a and depth_b]
    if any(depth_a >= FALL_DB and depth_b >= FALL_DB for depth_a, depth_b in pairs):
        return FadeCause.BOTH
    if len(group) < ONE_SIDED_STEPS:
        return None
    deepest_a, deepest_b = max(depth or 0.0 for depth in a), max(depth or 0.0 for depth in b)
    if deepest_b <= HELD_DB:
        return FadeCause.ONLY_A
    return FadeCause.ONLY_B if deepest_a <= HELD_DB else None
