"""Percentiles and medians. Pure."""

from collections.abc import Sequence
from math import ceil

P5 = 0.05
"""What a level is above for 95 % of the time."""


def find_percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all reaches; ``ordered`` is ascending, and not empty."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def find_median(values: Sequence[float]) -> float:
    """The one in the middle of ``values``, which are not empty, or the mean of the two there.

    As ``statistics.median``, which a board would load decimals, fractions and random numbers for.
    """
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
