"""Which columns of a table fit into a terminal, and how wide each is. Pure."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

GAP = 2
"""Cells between two columns."""
LONGEST_WHOLE_WORD = 24
"""Words up to so many cells are not broken where a cell is folded."""
Rows = Sequence[Sequence[str]]
_COPIED = re.compile(r"(?:^|[\s'\"(])(?:~?/|[A-Za-z]:[\\/]|\w+://)\S")
"""The start of a path or URL."""


def fitting_columns(heads: Sequence[str], rows: Rows, spare: Sequence[str], width: int) -> list[int]:
    """The indexes of the columns that fit side by side into ``width`` cells without being folded.

    Those in ``spare`` are left out one after the other, as far as there is too little room; of these, the
    last ones that fit into what is free then come back. A column without any value is never shown.
    """
    indexes = [index for index in range(len(heads)) if not rows or any(row[index] for row in rows)]
    widths = _natural_widths(heads, rows)
    dropped = []

    def free() -> int:
        return width + GAP - sum(widths[index] + GAP for index in indexes)

    for head in spare:
        if free() >= 0:
            break
        if (index := heads.index(head)) in indexes:
            indexes.remove(index)
            dropped.append(index)
    while dropped:
        index = dropped.pop()
        indexes += [index] if widths[index] + GAP <= free() else []
    return sorted(indexes)


class SteadyColumns:
    """The columns of a table that is printed part by part: once chosen they stay in all parts to come.

    One is added when it gets its first value. Where there is too little room those in ``spare`` are not, and
    do not come later either.
    """

    def __init__(self, heads: Sequence[str], spare: Sequence[str]) -> None:
        self._heads, self._spare = heads, spare
        self._shown: list[int] = []
        self._filled: frozenset[int] = frozenset()
        """The columns that have had a value."""

    def choose(self, rows: Rows, width: int) -> Sequence[int]:
        """The indexes of the columns; ``rows`` are all lines as they are now, also those not printed."""
        filled = frozenset(index for index in range(len(self._heads)) if any(row[index] for row in rows))
        if not self._filled:
            self._shown = fitting_columns(self._heads, rows, self._spare, width) if filled else []
        elif added := filled - self._filled:
            self._add(sorted(added), _natural_widths(self._heads, rows), width)
        self._filled |= filled
        return self._shown

    def _add(self, added: Sequence[int], widths: Sequence[int], width: int) -> None:
        for index in added:
            wanted = sorted((*self._shown, index))
            is_fitting = sum(widths[each] + GAP for each in wanted) <= width + GAP
            if is_fitting or self._heads[index] not in self._spare:
                self._shown = wanted


def find_widths(heads: Sequence[str], rows: Rows, shown: Sequence[int], width: int) -> list[int]:
    """The width of each column of ``shown``, together ``width`` at most.

    Where there is too little room the widest gets narrower, as long as its words stay whole.
    """
    natural = _natural_widths(heads, rows)
    words = [_longest_word(index, rows) for index in shown]
    widths = [natural[index] for index in shown]
    excess = sum(widths) + GAP * (len(widths) - 1) - width
    for _ in range(max(0, excess)):
        widest = max(range(len(widths)), key=lambda place: (widths[place] > words[place], widths[place]))
        if widths[widest] == 1:
            break
        widths[widest] -= 1
    return widths


class TableLayout(NamedTuple):
    """Draws the cells of a row side by side."""

    console: Console
    widths: Sequence[int]
    are_right: Sequence[bool]
    """Of each column whether it is aligned to the right."""

    def lines_of(self, row: Sequence[str]) -> list[str]:
        """The lines of a row. What is wider than its column and stays whole has the rest of its line."""
        columns: list[list[str]] = []
        first = 0
        for cell, width in zip(row, self.widths, strict=True):
            folded = [cell] if _is_copied(cell) else self._fold(cell, width)
            columns.append([""] * first + folded if cell else [""])
            first += cell_len(folded[0]) > width
        return [self._join(parts) for parts in zip_longest(*columns, fillvalue="")]

    def _fold(self, cell: str, width: int) -> list[str]:
        return [line.plain.rstrip() for line in Text(cell).wrap(self.console, width, overflow="fold")] or [""]

    def _join(self, parts: Sequence[str]) -> str:
        line = ""
        for part, width, is_right in zip(parts, self.widths, self.are_right, strict=True):
            blank = " " * (width - cell_len(part))
            line += f"{blank}{part}" if is_right else f"{part}{blank}"
            line += " " * GAP
        return line.rstrip()


def _natural_widths(heads: Sequence[str], rows: Rows) -> list[int]:
    return [max(map(cell_len, (head, *(row[index] for row in rows)))) for index, head in enumerate(heads)]


def _longest_word(index: int, rows: Rows) -> int:
    cells = [row[index] for row in rows if not _is_copied(row[index])]
    longest = max((cell_len(word) for cell in cells for word in cell.split()), default=1)
    return min(longest, LONGEST_WHOLE_WORD)


def _is_copied(cell: str) -> bool:
    """Whether it stays in one line, so that a path in it can be copied."""
    return _COPIED.search(cell) is not None
