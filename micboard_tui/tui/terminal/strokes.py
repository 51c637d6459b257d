"""What is written in one frame, pen by pen: changing the pen costs most bytes. Pure.

A cell of the screen is one number here (``place_of``), so that the way from one to the next is a difference:
as long as it is a step to the right on the same line, the cursor is moved by that, else placed anew.
"""

from micboard_tui.tui.terminal.pen import PLAIN, Pen, PenCache

LINE = 1 << 16
"""From a cell to the one below it; no terminal is so wide."""
FARTHEST_STEP = 1000
MOST_PLACES = 16_384
_NOWHERE = -LINE


def place_of(x: int, y: int) -> int:
    """The number of a cell."""
    return y * LINE + x


class _Placings(dict[int, str]):
    """What places the cursor, by the number of the cell."""

    def __missing__(self, place: int) -> str:
        if len(self) >= MOST_PLACES:
            self.clear()
        y, x = divmod(place, LINE)
        placing = self[place] = f"\x1b[{y + 1};{x + 1}H"
        return placing


PLACINGS = _Placings()
STEPS = ("", "\x1b[C", *(f"\x1b[{cells}C" for cells in range(2, FARTHEST_STEP)))
"""What moves the cursor so many cells to the right."""


class Strokes:
    """What one pen writes in a frame, in order."""

    __slots__ = ("end", "pen", "texts")

    def __init__(self, pen: Pen) -> None:
        self.pen = pen
        self.texts: list[str] = []
        self.end = _NOWHERE
        """The cell after the last one that was written."""

    def write(self, place: int, text: str, width: int) -> None:
        """Write ``width`` cells from this one on."""
        cells = place - self.end
        self.texts += (STEPS[cells] if 0 <= cells < FARTHEST_STEP else PLACINGS[place], text)
        self.end = place + width

    def lift(self) -> None:
        """The cursor may not be where it should: whatever comes next is placed anew."""
        self.end = _NOWHERE


class PenStrokes:
    """The strokes of all pens: the same objects, so that others may remember them, until ``forget``."""

    def __init__(self, pens: PenCache) -> None:
        self._pens = pens
        self._by_pen: dict[int, Strokes] = {}
        """Pens are distinguished by identity."""

    def __len__(self) -> int:
        return len(self._by_pen)

    def of(self, pen: Pen) -> Strokes:
        """Those of one pen."""
        strokes = self._by_pen.get(id(pen))
        if strokes is None:
            strokes = self._by_pen[id(pen)] = Strokes(pen)
        return strokes

    def forget(self) -> None:
        """Begin with no pen, after what was written was taken."""
        self._by_pen.clear()

    def take(self) -> str:
        """All that was written since the last time, pen after pen."""
        output: list[str] = []
        before: Pen | None = None
        for strokes in self._by_pen.values():
            if strokes.texts:
                output.append(self._pens.transition(before, strokes.pen))
                output += strokes.texts
                before = strokes.pen
                strokes.texts.clear()
                strokes.end = _NOWHERE
        if before is not None and before.link:
            output.append(PLAIN.linked(before))
        return "".join(output)
