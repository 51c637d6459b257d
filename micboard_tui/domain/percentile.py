"""Percentiles of levels. Pure."""

from collections.abc import Sequence
from math import ceil

P5 = 0.05
"""What a level is above for 95 % of the time."""


def find_percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all reaches; ``ordered`` is ascending, and not empty."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
