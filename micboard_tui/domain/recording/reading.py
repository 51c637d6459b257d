"""One sample of meters in small integers: tenths of a dB, and flags. The form that the recorder keeps."""

from enum import IntFlag
from typing import NamedTuple

from micboard_tui.domain.link_state import LinkState

UNKNOWN_LEVEL = -32768
"""No level: the value of 16 bits that no device can give."""
UNKNOWN_QUALITY = -1
FULL_PERCENT = 100
LEVEL_LIMIT = 3276.7
"""Levels beyond it (and what is no number) are no levels."""


class ReadingFlag(IntFlag):
    """What a sample says besides its numbers; a summary holds what any of its samples said."""

    ANTENNA_DBM = 0x01
    """A and B are the levels of the two antennas, in dBm."""
    CHANNEL_DBM = 0x02
    """A is the level of the channel, in dBm; the device gives none of an antenna."""
    ANTENNA_PERCENT = 0x04
    """A and B are percent of the device's scale."""
    ON_A = 0x08
    ON_B = 0x10
    NO_CARRIER = 0x20
    """The device says that no usable carrier is received."""
    OVERLOAD = 0x40
    """Audio clips."""
    RF_OVERLOAD = 0x80


# Plain numbers: an operation of IntFlag costs a microsecond, and readings come 4,000 times a second.
RF_UNITS = 0x07
"""Which kind of RF level it is; one bit is set, or none where no level is known."""
# Devices give whole dB, and looking one up costs less than rounding it.
WHOLE_LEVELS: dict[float | None, int] = {None: UNKNOWN_LEVEL} | {
    level: level * 10 for level in range(-150, 101)
}
ANTENNA_FLAGS: dict[str | None, int] = {None: 0, "A": 0x08, "B": 0x10, "AB": 0x18}

_LINK_FLAGS: dict[LinkState, int] = {
    state: 0x100 << position
    for position, state in enumerate(state for state in LinkState if state is not LinkState.UNKNOWN)
}

LINK_FLAGS = 0x7F00
"""The flags of all link states together."""


class Reading(NamedTuple):
    """A sample without its time. Levels in tenths, A and B in the unit that ``flags`` name."""

    rf_a: int = UNKNOWN_LEVEL
    rf_b: int = UNKNOWN_LEVEL
    audio: int = UNKNOWN_LEVEL
    quality: int = UNKNOWN_QUALITY
    flags: int = 0


def decode_level(level: int) -> float | None:
    """The level in dB or percent; None where it is unknown."""
    return None if level == UNKNOWN_LEVEL else level / 10


def link_flag(state: LinkState) -> int:
    """The flag of a summary for a link state; 0 for the unknown one."""
    return _LINK_FLAGS.get(state, 0)


def link_states_of(flags: int) -> frozenset[LinkState]:
    """The link states that the channel had."""
    return frozenset(state for state, flag in _LINK_FLAGS.items() if flags & flag)


def encode_level(value: float | None) -> int:
    """The level in tenths; UNKNOWN_LEVEL where it is None or no number that a device can give."""
    tenths = WHOLE_LEVELS.get(value)
    if tenths is not None:
        return tenths
    if value is None or not -LEVEL_LIMIT <= value <= LEVEL_LIMIT:
        return UNKNOWN_LEVEL
    return round(value * 10)
