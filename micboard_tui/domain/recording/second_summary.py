"""What is kept of a second, or of a longer step, of one channel: lowest, mean and highest levels.

Summaries hold sums, not means: merging those of two spans gives exactly the summary of both spans.
"""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from micboard_tui.domain.battery import BARS, Battery
from micboard_tui.domain.recording.reading import (
    FULL_PERCENT,
    RF_UNITS,
)

_BARS_BASE = FULL_PERCENT + 1
"""Codes of a charge: 0 to 100 is percent, 101 to 106 is 0 to 5 bars."""


class LevelSummary(NamedTuple):
    """In tenths. ``known`` is the number of known levels; with none, all is unknown."""

    low: int = 0
    total: int = 0
    high: int = 0
    known: int = 0

    @property
    def lowest(self) -> float | None:
        return self.low / 10 if self.known else None

    @property
    def mean(self) -> float | None:
        return self.total / self.known / 10 if self.known else None

    @property
    def highest(self) -> float | None:
        return self.high / 10 if self.known else None


NO_LEVEL = LevelSummary()


class ChannelSummary(NamedTuple):
    rf_a: LevelSummary = NO_LEVEL
    rf_b: LevelSummary = NO_LEVEL
    audio: LevelSummary = NO_LEVEL
    quality: int | None = None
    """The lowest, in percent."""
    charge: int | None = None
    """The newest known charge of the pack, as ``encode_charge`` gives it."""
    flags: int = 0
    """What any sample said (``ReadingFlag``), and the link states (``link_states_of``)."""
    readings: int = 0
    """How many, also those without any level."""

    @property
    def battery_percent(self) -> int | None:
        return self.charge if self.charge is not None and self.charge <= FULL_PERCENT else None

    @property
    def battery_bars(self) -> int | None:
        return self.charge - _BARS_BASE if self.charge is not None and self.charge >= _BARS_BASE else None


EMPTY = ChannelSummary()
"""Nothing was received."""


def merge(earlier: ChannelSummary, later: ChannelSummary) -> ChannelSummary:
    """The summary of both spans."""
    flags = earlier.flags | later.flags
    is_mixed = has_mixed_units(flags)
    return ChannelSummary(
        NO_LEVEL if is_mixed else _merge_levels(earlier.rf_a, later.rf_a),
        NO_LEVEL if is_mixed else _merge_levels(earlier.rf_b, later.rf_b),
        _merge_levels(earlier.audio, later.audio),
        _lower(earlier.quality, later.quality),
        earlier.charge if later.charge is None else later.charge,
        flags,
        earlier.readings + later.readings,
    )


def merge_all(summaries: Iterable[ChannelSummary]) -> ChannelSummary:
    """The summary of all spans, given in the order of time."""
    return reduce(merge, summaries, EMPTY)


def has_mixed_units(flags: int) -> bool:
    """Whether RF came in several units, so that no lowest, mean or highest level can be given."""
    units = flags & RF_UNITS
    return units & (units - 1) != 0


def encode_charge(battery: Battery | None) -> int | None:
    """Percent, else bars; None where neither is known. A number of one unit is not turned into the other."""
    if battery is None:
        return None
    if battery.percent is not None:
        return battery.percent if 0 <= battery.percent <= FULL_PERCENT else None
    return _BARS_BASE + battery.bars if battery.bars is not None and 0 <= battery.bars <= BARS else None


def _merge_levels(one: LevelSummary, other: LevelSummary) -> LevelSummary:
    if not other.known:
        return one
    if not one.known:
        return other
    return LevelSummary(
        min(one.low, other.low), one.total + other.total, max(one.high, other.high), one.known + other.known
    )


def _lower(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
