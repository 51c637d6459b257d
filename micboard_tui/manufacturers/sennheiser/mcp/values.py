"""Numbers, names and "unknown" as MCP writes them. The one home of sentinels. Pure.

Source: docs/reference/protocols/sennheiser.md 5.4.
"""

from collections.abc import Sequence
from enum import IntFlag

NO_BATTERY_TELEGRAM = "?"
"""In place of a battery: no transmitter sends one."""
MAX_PERCENT = 100
AUDIO_FLOOR_DBFS = -50.0
AUDIO_DB_PER_PERCENT = 0.5
"""0 % is -50 dB, 100 % is full scale [inferred from these two].

Source: docs/reference/protocols/sennheiser.md 5.4.
"""
_MAX_DIGITS = 9
_MAX_BANK, _MAX_USER_BANK, _MAX_BANK_CHANNEL = 20, 26, 64


class Mute(IntFlag):
    """Why no audio comes out (docs/reference/protocols/sennheiser.md 5.4)."""

    ANY = 1
    TRANSMITTER = 2
    RF = 4
    RECEIVER = 8


def parse_name(raw: str | None) -> str | None:
    """Everything behind the first blank; real units pad it (docs/reference/protocols/sennheiser.md 5.6)."""
    return (raw or "").strip() or None


def parse_number(arguments: Sequence[str], index: int) -> int | None:
    """The whole number at an index; None where there is none."""
    if index >= len(arguments):
        return None
    argument = arguments[index]
    digits = argument.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS):
        return None
    return int(argument)


def drop_outside(value: int | None, lowest: int, highest: int) -> int | None:
    """``value``, or None when it is out of its range."""
    return value if value is not None and lowest <= value <= highest else None


def limit_rf_percent(value: int | None) -> int | None:
    """Of 40 dB above 1 uV; strong signals exceed the scale and count as its end.

    Source: docs/reference/protocols/sennheiser.md 5.4.
    """
    return None if value is None or value < 0 else min(value, MAX_PERCENT)


def audio_dbfs_of(percent: int | None) -> float | None:
    """Never above full scale: what exceeds it is an overload, not a level."""
    if percent is None or percent < 0:
        return None
    return min(0.0, AUDIO_FLOOR_DBFS + AUDIO_DB_PER_PERCENT * percent)


def parse_preset(arguments: Sequence[str]) -> str | None:
    """Bank and channel behind a frequency: ``02,10``, ``U1,03``; None for one dialled by hand.

    Source: docs/reference/protocols/sennheiser.md 5.6.
    """
    bank = drop_outside(parse_number(arguments, 1), 1, _MAX_USER_BANK)
    channel = drop_outside(parse_number(arguments, 2), 1, _MAX_BANK_CHANNEL)
    if bank is None or channel is None:
        return None
    return f"{bank:02d},{channel:02d}" if bank <= _MAX_BANK else f"U{bank - _MAX_BANK},{channel:02d}"
