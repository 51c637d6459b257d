"""The cells of a screen: what stands in each and which pen writes it, as made of segments. Pure.

Theory of operation. Equal cells are one object, so that two pictures of the screen are compared by identity.
What is drawn again and again (levels, bars, blanks) comes as the same segments. So two things are remembered
by the identity of segments: the cells of each (``of``), and where two differ that stood in the same place one
after the other (``change``). All of it is bounded and made anew beyond that; cells that are made anew are
written once more, and that is all.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment

from micboard_tui.tui.terminal.pen import PLAIN, Pen, PenCache
from micboard_tui.tui.terminal.text_cells import SPACE, split

MOST_PENS = MOST_TEXTS = 512
"""Pens with their cells, and different cells of each."""
MOST_SEGMENTS = 4096
MOST_CHANGES = 16_384


class ScreenCell:
    """One cell of the screen; compared by identity."""

    __slots__ = ("is_simple", "pen", "text")

    def __init__(self, text: str, pen: Pen) -> None:
        self.text, self.pen = text, pen
        """The text is empty in the cell right of a wide character."""
        self.is_simple = len(text) == 1 and cell_len(text) == 1
        """Whether it is one character, and one cell wide on every terminal."""


Cells = Sequence[ScreenCell]
BLANK = ScreenCell(SPACE, PLAIN)
"""What stands where nothing was ever wanted."""


class _CellsOfPen(dict[str, ScreenCell]):
    """The cells that one pen writes, by their text."""

    def __init__(self, pen: Pen) -> None:
        super().__init__()
        self._pen = pen

    def __missing__(self, text: str) -> ScreenCell:
        if len(self) >= MOST_TEXTS:
            self.clear()
        cell = self[text] = ScreenCell(text, self._pen)
        return cell


class Change(NamedTuple):
    """From which cell to which one two drawings differ, and what stands there in the second."""

    first: int
    last: int
    cells: Cells


class ScreenCells:
    """Makes cells for a terminal with these colours; None: no colour is wanted at all (NO_COLOR)."""

    def __init__(self, color_system: ColorSystem | None) -> None:
        self.pens = PenCache(color_system)
        self._by_pen: dict[Pen, _CellsOfPen] = {}
        self._by_segment: dict[int, tuple[Segment, Cells]] = {}
        self._changes: dict[tuple[int, int], tuple[Segment, Segment, Change | None]] = {}

    def of(self, segment: Segment) -> Cells:
        """The cells of a segment."""
        known = self._by_segment.get(id(segment))
        if known is not None and known[0] is segment:
            return known[1]
        cells = tuple(map(self._of_pen(self.pens.find(segment.style)).__getitem__, split(segment.text)))
        if len(self._by_segment) >= MOST_SEGMENTS:
            self._by_segment.clear()
        self._by_segment[id(segment)] = segment, cells
        return cells

    def change(self, old: Segment, new: Segment) -> Change | None:
        """Where two segments differ that stand in the same place.

        None when they are not equally wide, or when wide characters make it hard to say.
        """
        known = self._changes.get((id(old), id(new)))
        if known is not None and known[0] is old and known[1] is new:
            return known[2]
        if len(self._changes) >= MOST_CHANGES:
            self._changes.clear()
        change = _find_change(self.of(old), self.of(new))
        self._changes[id(old), id(new)] = old, new, change
        return change

    def blank(self, pen: Pen) -> ScreenCell:
        """An empty cell that this pen writes."""
        return self._of_pen(pen)[SPACE]

    def _of_pen(self, pen: Pen) -> _CellsOfPen:
        known = self._by_pen.get(pen)
        if known is None:
            if len(self._by_pen) >= MOST_PENS:
                self._by_pen.clear()
            known = self._by_pen[pen] = _CellsOfPen(pen)
        return known


def _find_change(before: Cells, after: Cells) -> Change | None:
    if before == after:
        return Change(0, 0, ())
    if len(before) != len(after) or not _are_simple(before) or not _are_simple(after):
        return None
    # They differ in at least one cell, so that both ends are found.
    first = last = 0
    while before[first] is after[first]:
        first += 1
    while before[last - 1] is after[last - 1]:
        last -= 1
    last += len(after)
    return Change(first, last, after[first:last])


def _are_simple(cells: Cells) -> bool:
    return all(cell.is_simple for cell in cells)


LONGEST_GAP = 2
"""So many unchanged cells within a run cost less than a jump over them."""


def is_written_over(cells: Cells, start: int, stop: int, pen: Pen) -> bool:
    """Whether a pen at cell ``start`` gets to ``stop`` the shortest way by writing what stands between."""
    return stop - start <= LONGEST_GAP and all(
        cell.pen is pen and cell.text and cell.text.isascii() for cell in cells[start:stop]
    )
