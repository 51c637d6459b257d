"""Makes readings of the meters of thousands of samples at once, by column: a fifth of the time of one by one.

What devices nearly always give is looked up in tables by C code alone; ``__missing__`` works out the rest.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

from micboard_tui.domain.channel import Meters
from micboard_tui.domain.recording.reading import (
    ANTENNA_FLAGS,
    FULL_PERCENT,
    UNKNOWN_LEVEL,
    UNKNOWN_QUALITY,
    WHOLE_LEVELS,
    ReadingFlag,
    encode_level,
)

# Plain numbers: an operation of IntFlag costs a microsecond.
_ANTENNA_DBM = int(ReadingFlag.ANTENNA_DBM)
_CHANNEL_DBM = int(ReadingFlag.CHANNEL_DBM)
_ANTENNA_PERCENT = int(ReadingFlag.ANTENNA_PERCENT)
_NO_CARRIER = int(ReadingFlag.NO_CARRIER)
_OVERLOAD = int(ReadingFlag.OVERLOAD)
_RF_OVERLOAD = int(ReadingFlag.RF_OVERLOAD)

Level: TypeAlias = float | None


class _Levels(dict[Level, int]):
    def __missing__(self, level: Level) -> int:
        return encode_level(level)


class _Qualities(dict[int | None, int]):
    def __missing__(self, percent: int | None) -> int:
        return UNKNOWN_QUALITY


class _AntennaFlags(dict[str | None, int]):
    def __missing__(self, antenna: str | None) -> int:
        return 0


_encode_level = _Levels(WHOLE_LEVELS).__getitem__
_encode_quality = _Qualities({percent: percent for percent in range(FULL_PERCENT + 1)}).__getitem__
_antenna_flags = _AntennaFlags(ANTENNA_FLAGS).__getitem__


def encode_meter_columns(
    meters: Sequence[Meters],
) -> tuple[list[int], list[int], list[int], list[int], list[int]]:
    """RF A, RF B, audio, quality and flags of all samples; there is at least one."""
    # One long list costs half of what zip does with thousands of arguments.
    values: list[Any] = list(chain.from_iterable(meters))
    columns: list[list[Any]] = [values[place :: len(Meters._fields)] for place in range(len(Meters._fields))]
    rf_a, rf_b, audio, antenna, carrier, quality, overload = columns[1:8]
    a, b = list(map(_encode_level, rf_a)), list(map(_encode_level, rf_b))
    flags = list(map(_antenna_flags, antenna))
    if UNKNOWN_LEVEL in a:
        _use_other_units(meters, a, b, flags)
    else:
        flags = [value | _ANTENNA_DBM for value in flags]
    if not all(carrier):
        _add_flag(flags, [each is False for each in carrier], _NO_CARRIER)
    if any(overload):
        _add_flag(flags, overload, _OVERLOAD)
    if any(columns[-1]):
        _add_flag(flags, columns[-1], _RF_OVERLOAD)
    return a, b, list(map(_encode_level, audio)), list(map(_encode_quality, quality)), flags


def _use_other_units(meters: Sequence[Meters], a: list[int], b: list[int], flags: list[int]) -> None:
    """Where there is no level of an antenna in dBm: that of the channel, else percent."""
    for index, level in enumerate(a):
        reading = meters[index]
        if level != UNKNOWN_LEVEL or reading.rf_a_dbm is not None or reading.rf_b_dbm is not None:
            flags[index] |= _ANTENNA_DBM
        elif reading.rf_dbm is not None:
            a[index] = encode_level(reading.rf_dbm)
            flags[index] |= _CHANNEL_DBM
        elif reading.rf_a_percent is not None or reading.rf_b_percent is not None:
            a[index], b[index] = encode_level(reading.rf_a_percent), encode_level(reading.rf_b_percent)
            flags[index] |= _ANTENNA_PERCENT


def _add_flag(flags: list[int], are_set: Sequence[bool], flag: int) -> None:
    for index, is_set in enumerate(are_set):
        if is_set:
            flags[index] |= flag
