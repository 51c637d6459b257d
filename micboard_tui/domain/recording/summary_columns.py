"""Many summaries at once, by column: all channels of one second, or all records of one channel.

Merging and packing 400 summaries one by one costs more than the whole second may; by column it is a few
calls for all. In columns an unknown level has a lowest value above and a highest below all others and is
known 0 times, so that merging asks no questions. ``ChannelSummary`` is what others see.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from micboard_tui.domain.recording.byte_planes import pack_planes, unpack_planes
from micboard_tui.domain.recording.reading import RF_UNITS
from micboard_tui.domain.recording.second_summary import (
    EMPTY,
    NO_LEVEL,
    ChannelSummary,
    LevelSummary,
    has_mixed_units,
)

Columns = Sequence[Sequence[int]]
"""Lowest, sum, highest and number of known values of RF A, RF B and audio; then quality, charge, flags and
the number of readings."""

COUNT_LIMIT = 0xFFFF
UNKNOWN_LOW = 0x7FFF
UNKNOWN_HIGH = -0x8000
UNKNOWN_BYTE = 0xFF
CODES = "hihHhihHhihHBBHH"
EMPTY_ROW = (UNKNOWN_LOW, 0, UNKNOWN_HIGH, 0) * 3 + (UNKNOWN_BYTE, UNKNOWN_BYTE, 0, 0)
"""The row of ``EMPTY``."""
A, B, AUDIO, QUALITY, CHARGE, FLAGS, READINGS = 0, 4, 8, 12, 13, 14, 15
"""Where the columns of each begin."""

_RF = 8
_MIXED = frozenset(units for units in range(RF_UNITS + 1) if has_mixed_units(units))


def empty_columns(count: int) -> list[list[int]]:
    """Columns of ``count`` empty summaries, to be filled in."""
    return [[value] * count for value in EMPTY_ROW]


def columns_of(summaries: Iterable[ChannelSummary]) -> list[list[int]]:
    """The summaries by column."""
    columns: list[list[int]] = [[] for _ in EMPTY_ROW]
    for rf_a, rf_b, audio, quality, charge, flags, readings in summaries:
        row = (
            *_level_row(rf_a),
            *_level_row(rf_b),
            *_level_row(audio),
            UNKNOWN_BYTE if quality is None else quality,
            UNKNOWN_BYTE if charge is None else charge,
            flags,
            readings,
        )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


def summary_at(columns: Columns, index: int) -> ChannelSummary:
    """One of the summaries."""
    return _summary_of([column[index] for column in columns])


def merge_steps(steps: Sequence[Columns]) -> Columns:
    """The summaries of several steps, in the order of time: one for each channel."""
    if len(steps) == 1:
        return steps[0]
    by_column = list(zip(*steps, strict=True))
    merged: list[list[int]] = []
    for begin in (A, B, AUDIO):
        lows, totals, highs, known = by_column[begin : begin + 4]
        merged += [list(map(min, *lows)), _add(totals), list(map(max, *highs)), _add(known)]
    merged += [
        list(map(min, *by_column[QUALITY])),
        reduce(_newest, by_column[CHARGE][1:], list(by_column[CHARGE][0])),
        reduce(_either, by_column[FLAGS][1:], list(by_column[FLAGS][0])),
        _add(by_column[READINGS]),
    ]
    drop_mixed_units(merged)
    return merged


def merge_range(columns: Columns, start: int, stop: int) -> ChannelSummary:
    """One summary of the records ``start`` to before ``stop`` of one channel, in the order of time."""
    if stop <= start:
        return EMPTY
    if stop == start + 1:
        return summary_at(columns, start)
    parts = [column[start:stop] for column in columns]
    levels: list[LevelSummary] = []
    for begin in (A, B, AUDIO):
        known = sum(parts[begin + 3])
        levels.append(
            LevelSummary(min(parts[begin]), sum(parts[begin + 1]), max(parts[begin + 2]), known)
            if known
            else NO_LEVEL
        )
    charges = parts[CHARGE]
    charge = charges[-1]
    if charge == UNKNOWN_BYTE:
        charge = next((each for each in reversed(charges) if each != UNKNOWN_BYTE), UNKNOWN_BYTE)
    flags, quality = reduce(or_, set(parts[FLAGS])), min(parts[QUALITY])
    rf_a, rf_b, audio = levels
    if flags & RF_UNITS in _MIXED:
        rf_a = rf_b = NO_LEVEL
    return ChannelSummary(
        rf_a,
        rf_b,
        audio,
        None if quality == UNKNOWN_BYTE else quality,
        None if charge == UNKNOWN_BYTE else charge,
        flags,
        sum(parts[READINGS]),
    )


def drop_mixed_units(columns: Sequence[list[int]]) -> None:
    """RF that came in several units has no levels."""
    flags = columns[FLAGS]
    if _MIXED.isdisjoint({value & RF_UNITS for value in set(flags)}):
        return
    for index, value in enumerate(flags):
        if value & RF_UNITS in _MIXED:
            for column, unknown in zip(columns[:_RF], EMPTY_ROW[:_RF], strict=True):
                column[index] = unknown


def pack_columns(columns: Columns, *, level: int) -> bytes:
    """All summaries in one compressed piece."""
    if columns[READINGS] and max(columns[READINGS]) > COUNT_LIMIT:
        columns = _limit_counts(columns)
    return pack_planes(CODES, columns, level)


def unpack_columns(packed: bytes, count: int) -> Columns:
    """The ``count`` summaries that were packed. Raises DamagedRecordingError."""
    return unpack_planes(CODES, count, packed)


def _add(columns: Sequence[Sequence[int]]) -> list[int]:
    return list(map(sum, zip(*columns, strict=True)))


def _either(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return list(map(or_, one, other))


def _newest(earlier: Sequence[int], later: Sequence[int]) -> list[int]:
    if UNKNOWN_BYTE not in later:
        return list(later)
    return [before if after == UNKNOWN_BYTE else after for before, after in zip(earlier, later, strict=True)]


def _level_row(level: LevelSummary) -> tuple[int, int, int, int]:
    return level if level.known else (UNKNOWN_LOW, 0, UNKNOWN_HIGH, 0)


def _level_of(low: int, total: int, high: int, known: int) -> LevelSummary:
    return LevelSummary(low, total, high, known) if known else NO_LEVEL


def _summary_of(row: Sequence[int]) -> ChannelSummary:
    quality, charge, flags, readings = row[QUALITY:]
    is_mixed = flags & RF_UNITS in _MIXED
    return ChannelSummary(
        NO_LEVEL if is_mixed else _level_of(*row[A:B]),
        NO_LEVEL if is_mixed else _level_of(*row[B:AUDIO]),
        _level_of(*row[AUDIO:QUALITY]),
        None if quality == UNKNOWN_BYTE else quality,
        None if charge == UNKNOWN_BYTE else charge,
        flags,
        readings,
    )


def _limit_counts(columns: Columns) -> Columns:
    """More readings than 16 bits count keep their mean."""
    limited = [list(column) for column in columns]
    for begin in (A, B, AUDIO):
        totals, known = limited[begin + 1], limited[begin + 3]
        for index, count in enumerate(known):
            if count > COUNT_LIMIT:
                totals[index] = round(totals[index] / count * COUNT_LIMIT)
                known[index] = COUNT_LIMIT
    limited[READINGS] = [min(count, COUNT_LIMIT) for count in limited[READINGS]]
    return limited
