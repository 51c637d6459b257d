"""The show's own numbers of channels ("7", "IEM 3"): their order, how they count up, their width. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias
from unicodedata import category, east_asian_width, normalize

from micboard_tui.domain.safe_text import fold_name

MAX_CELLS = 8
"""Cells that a mic number takes on a terminal."""
MAX_CHARACTERS = 16
"""Some characters take no cell."""

MicNumberKey: TypeAlias = tuple[tuple[int, int, str], ...]
"""Parts of a mic number in turn: digits by their value, before texts."""

_PARTS = re.compile(r"(\d+)|\D+")
_LAST_DIGITS = re.compile(r"[0-9]+\Z")
_NO_CELL = frozenset({"Mn", "Me", "Cf"})
_WIDE = frozenset("WF")


@lru_cache(1024)
def mic_number_key(mic_number: str) -> MicNumberKey:
    """The natural order: 2 before 10, 7 before 7b, all numbers before "IEM 3".

    Two numbers of one key are the same: neither capitals nor blanks nor leading zeros tell them apart.
    """
    parts = ((match[1], match[0].strip()) for match in _PARTS.finditer(fold_name(mic_number)))
    return tuple((0, int(digits), "") if digits else (1, 0, text) for digits, text in parts if digits or text)


def count_up(start: str, count: int) -> Sequence[str] | None:
    """So many numbers from ``start`` on: "IEM 3", "IEM 4". None where it cannot be counted.

    It then does not end in digits, or one of them takes more than ``MAX_CELLS``.
    """
    if count == 1:
        return [start]
    if (match := _LAST_DIGITS.search(start)) is None:
        return None
    digits, stem = match[0], start[: match.start()]
    numbers = [f"{stem}{int(digits) + step:0{len(digits)}}" for step in range(count)]
    return numbers if cell_width(numbers[-1]) <= MAX_CELLS else None


def cell_width(text: str) -> int:
    """The cells that ``text`` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        2 if east_asian_width(character) in _WIDE else category(character) not in _NO_CELL
        for character in normalize("NFC", text)
    )
