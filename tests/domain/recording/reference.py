"""A sample by itself, and the summary of readings as it is defined: what columns are compared with."""

from micboard_tui.domain.channel import Meters
from micboard_tui.domain.recording.meter_columns import encode_meter_columns
from micboard_tui.domain.recording.reading import UNKNOWN_LEVEL, UNKNOWN_QUALITY, Reading
from micboard_tui.domain.recording.second_summary import (
    EMPTY,
    NO_LEVEL,
    ChannelSummary,
    LevelSummary,
    has_mixed_units,
)


def encode_meters(meters: Meters) -> Reading:
    """The reading of one sample."""
    return Reading._make(column[0] for column in encode_meter_columns([meters]))


def summarize(readings: list[Reading]) -> ChannelSummary:
    """The summary of these readings."""
    if not readings:
        return EMPTY
    rf_a, rf_b, audio, qualities, all_flags = zip(*readings, strict=True)
    flags = 0
    for value in set(all_flags):
        flags |= value
    quality = min(qualities)
    if quality == UNKNOWN_QUALITY:
        known = [value for value in qualities if value != UNKNOWN_QUALITY]
        quality = min(known) if known else None
    is_mixed = has_mixed_units(flags)
    return ChannelSummary(
        NO_LEVEL if is_mixed else _summarize_levels(rf_a),
        NO_LEVEL if is_mixed else _summarize_levels(rf_b),
        _summarize_levels(audio),
        quality,
        None,
        flags,
        len(readings),
    )


def _summarize_levels(levels: tuple[int, ...]) -> LevelSummary:
    low = min(levels)
    if low == UNKNOWN_LEVEL:
        levels = tuple(level for level in levels if level != UNKNOWN_LEVEL)
        if not levels:
            return NO_LEVEL
        low = min(levels)
    return LevelSummary(low, sum(levels), max(levels), len(levels))
