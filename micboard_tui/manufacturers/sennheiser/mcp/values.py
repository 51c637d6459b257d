"""MCP's words for numbers, names and "unknown". The one home of sentinels.

Source: docs/reference/protocols/sennheiser.md 5.4.
"""

from collections.abc import Sequence
from enum import IntFlag

NO_BATTERY_TELEGRAM = "?"
"""In place of a battery: no transmitter tells of one."""
MAX_PERCENT = 100
AUDIO_FLOOR_DBFS = -50.0
AUDIO_DB_A_PERCENT = 0.5
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


def name(raw: str | None) -> str | None:
    """Everything behind the first blank; real units pad it (docs/reference/protocols/sennheiser.md 5.6)."""
    return (raw or "").strip() or None


def number(words: Sequence[str], place: int) -> int | None:
    """The whole number in a place; None where there is none."""
    if place >= len(words):
        return None
    word = words[place]
    digits = word.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS):
        return None
    return int(word)


def between(value: int | None, lowest: int, highest: int) -> int | None:
    """``value``; None for what cannot be."""
    return value if value is not None and lowest <= value <= highest else None


def rf_percent(value: int | None) -> int | None:
    """Of 40 dB above 1 uV; strong signals exceed the scale and count as its end.

    Source: docs/reference/protocols/sennheiser.md 5.4.
    """
    return None if value is None or value < 0 else min(value, MAX_PERCENT)


def audio_dbfs(percent: int | None) -> float | None:
    """Never above full scale: what exceeds it is an overload, not a level."""
    if percent is None or percent < 0:
        return None
    return min(0.0, AUDIO_FLOOR_DBFS + AUDIO_DB_A_PERCENT * percent)


def preset(words: Sequence[str]) -> str | None:
    """Bank and channel behind a frequency: ``02,10``, ``U1,03``; None for one dialled by hand.

    Source: docs/reference/protocols/sennheiser.md 5.6.
    """
    bank, channel = number(words, 1), between(number(words, 2), 1, _MAX_BANK_CHANNEL)
    if channel is None or between(bank, 1, _MAX_USER_BANK) is None or bank is None:
        return None
    return f"{bank:02d},{channel:02d}" if bank <= _MAX_BANK else f"U{bank - _MAX_BANK},{channel:02d}"
