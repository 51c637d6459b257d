"""What the terminal shows, cell by cell, and the shortest way to what it should show. Pure.

Theory of operation. There are two pictures of the screen, each of cells (``screen_cells``):

* ``_wanted``: every ``put`` changes it at once, with the lines that a widget or the compositor has drawn;
* ``_written``: what the terminal has. Only ``take`` changes it, when it gives back what makes the terminal
  show the wanted picture. So a frame that a slow line has no room for is never queued: what it wanted stays
  wanted, and the next one is written from what is there to what is wanted then.

What is remembered between two calls so that neither looks at the whole screen:

* ``_put``: for each line, the segments that were put from which cell on. The same segments again cost
  nothing; others are compared with these segment by segment, and only cells that differ are touched. So what
  changes often is best put by itself, and not as part of a whole line.
* ``_changed``: the spans of cells that were touched since the last ``take``, which looks at these only. It
  writes the cells that differ, grouped by pen over the whole frame: changing the pen costs most bytes.

``forget`` and ``resize`` say that the terminal shows something unknown: then every cell is written that was
ever wanted. A wide character takes two cells, the second of which is empty; half a character is a blank.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from rich.color import ColorSystem
from rich.segment import Segment

from micboard_tui.tui.terminal.pen import PLAIN, Pen
from micboard_tui.tui.terminal.screen_cells import BLANK, Cells, ScreenCell, ScreenCells

Span: TypeAlias = tuple[int, int]
SHORT = 3
"""So many segments a meter has at most: a few drawings that come again and again."""
LONGEST_GAP = 2
"""So many unchanged cells within a run cost less than a jump over them."""


@lru_cache(1024)
def _row(y: int) -> str:
    """The first half of what moves the cursor."""
    return f"\x1b[{y + 1};"


@lru_cache(1024)
def _column(x: int) -> str:
    return f"{x + 1}H"


class _Strokes:
    """What one pen writes in a frame, in order."""

    __slots__ = ("end", "pen", "texts", "y")

    def __init__(self, pen: Pen) -> None:
        self.pen = pen
        self.texts: list[str] = []
        self.y, self.end = -1, 0

    def write(self, y: int, x: int, run: str, end: int) -> None:
        """Write a run from cell ``x`` of line ``y`` on, up to ``end``."""
        if self.y != y or self.end > x:
            self.texts += (_row(y), _column(x), run)
        elif self.end < x:
            self.texts += ("\x1b[C" if x - self.end == 1 else f"\x1b[{x - self.end}C", run)
        else:
            self.texts.append(run)
        self.y, self.end = y, end

    def lift(self) -> None:
        """The cursor may not be where it should: whatever comes next is placed anew."""
        self.y = -1


class _Put:
    """What was put from some cell on: up to where, and where each of its segments begins."""

    __slots__ = ("end", "is_whole", "segments", "starts")

    def __init__(self, end: int, *, is_whole: bool) -> None:
        self.end, self.is_whole = end, is_whole
        """Whether it ends within the screen."""
        self.segments: Sequence[Segment] = ()
        self.starts: list[int] | None = []
        """None: not looked up since something else was put there."""


class FrameBuffer:
    """``color_system`` is what the terminal can show; colours beyond it are brought down to it.

    None: no colour is wanted at all (NO_COLOR).
    """

    def __init__(self, color_system: ColorSystem | None = ColorSystem.TRUECOLOR) -> None:
        self._cells = ScreenCells(color_system)
        self.width = self.height = 0
        self._wanted: list[list[ScreenCell]] = []
        self._written: list[list[ScreenCell | None]] = []
        self._put: list[dict[int, _Put]] = []
        self._changed: defaultdict[int, list[Span]] = defaultdict(list)

    def resize(self, width: int, height: int) -> None:
        """Another terminal: nothing is known of it, and nothing is wanted yet."""
        self.width, self.height = width, height
        self._wanted = [[BLANK] * width for _ in range(height)]
        self._put = [{} for _ in range(height)]
        self.forget()

    def forget(self) -> None:
        """Something else wrote to the terminal: everything that is wanted is to be written again."""
        self._written = [[None] * self.width for _ in range(self.height)]
        # A line of which nothing was ever wanted stays as it is.
        self._changed.clear()
        self._changed |= {y: [(0, self.width)] for y, put in enumerate(self._put) if put}

    @property
    def has_changes(self) -> bool:
        """Whether something is wanted that may not be there."""
        return bool(self._changed)

    def put(self, x: int, y: int, segments: Sequence[Segment], length: int) -> None:
        """Want these segments of ``length`` cells on line ``y`` from cell ``x`` on.

        What is beyond the edges is left out. The sequence must not change afterwards.
        """
        if not 0 <= y < self.height:
            return
        put = self._put[y].get(x)
        if put is None or put.end != x + length:
            if not (length and 0 <= x < self.width):
                return
            put = self._begin_put(x, y, x + length)
        old = put.segments
        if old is segments:
            return
        put.segments = segments
        if put.is_whole and 0 < len(old) <= SHORT and len(segments) <= SHORT:
            change = self._cells.change_of_drawing(old, segments)
            if change is not None:
                first, last = x + change.first, x + change.last
                self._wanted[y][first:last] = change.cells
                self._changed[y].append((first, last))
                put.starts = None
                return
        self._put_over(x, y, put, old, segments)

    def _begin_put(self, x: int, y: int, end: int) -> _Put:
        """Something else is put there."""
        known = self._put[y]
        for start, other in list(known.items()):
            # What was put there no longer stands there as it was put.
            if start < end and other.end > x:
                del known[start]
        put = known[x] = _Put(end, is_whole=end <= self.width)
        return put

    def _put_over(
        self, x: int, y: int, put: _Put, before: Sequence[Segment], segments: Sequence[Segment]
    ) -> None:
        """Put the segments that differ from those that stand there from the same cell on."""
        starts, wanted = self._find_starts(x, put, before), self._wanted[y]
        find_change, is_cut = self._cells.change, put.end > self.width
        for index, (old, segment) in enumerate(zip(before, segments, strict=False)):
            if old is segment or old == segment:
                continue
            if not is_cut and (change := find_change(old, segment)) is not None:
                first, last, cells = change
                start = starts[index]
                wanted[start + first : start + last] = cells
                self._changed[y].append((start + first, start + last))
                continue
            self._put_cells(starts[index], y, self._cells.of(segment))
            if len(self._cells.of(segment)) != len(self._cells.of(old)):
                # From here on nothing stands where it stood.
                self._put_rest(x, y, starts, index + 1, segments)
                return
        if len(segments) > len(before):
            self._put_rest(x, y, starts, len(before), segments)

    def _find_starts(self, x: int, put: _Put, segments: Sequence[Segment]) -> list[int]:
        """Where each of these segments begins, which were put there."""
        starts = put.starts
        if starts is None:
            starts = put.starts = []
            for segment in segments:
                starts.append(x)
                x += len(self._cells.of(segment))
        return starts

    def _put_rest(self, x: int, y: int, starts: list[int], first: int, segments: Sequence[Segment]) -> None:
        """Put the segments from ``first`` on, wherever they come to stand."""
        del starts[first:]
        if first:
            x = starts[-1] + len(self._cells.of(segments[first - 1]))
        for segment in segments[first:]:
            cells = self._cells.of(segment)
            self._put_cells(x, y, cells)
            starts.append(x)
            x += len(cells)

    def _put_cells(self, x: int, y: int, cells: Cells) -> None:
        if x >= self.width or not cells:
            return
        end = min(x + len(cells), self.width)
        wanted = self._wanted[y]
        changes = self._changed[y]
        # Of a wide character that loses one half the other one is a blank.
        if x and not wanted[x].text:
            wanted[x - 1] = self._cells.blank(wanted[x - 1].pen)
            changes.append((x - 1, x))
        if end < self.width and not wanted[end].text:
            wanted[end] = self._cells.blank(wanted[end].pen)
            changes.append((end, end + 1))
        wanted[x:end] = cells[: end - x]
        if end - x < len(cells) and not cells[end - x].text:
            wanted[end - 1] = self._cells.blank(cells[end - x].pen)
        changes.append((x, end))

    def take(self) -> str:
        """Everything that the terminal needs to show what is wanted; empty when it does already.

        Grouped by pen over the whole frame. Leaves the cursor anywhere, and the pen as it comes.
        """
        strokes_by_pen: dict[int, _Strokes] = {}
        for y, spans in sorted(self._changed.items()):
            spans.sort()
            self._write_spans(y, spans, strokes_by_pen)
        self._changed.clear()
        output: list[str] = []
        before: Pen | None = None
        for strokes in strokes_by_pen.values():
            output.append(self._cells.pens.transition(before, strokes.pen))
            output += strokes.texts
            before = strokes.pen
        if before is not None and before.link:
            output.append(PLAIN.linked(before))
        return "".join(output)

    def _write_spans(self, y: int, spans: Iterable[Span], strokes_by_pen: dict[int, _Strokes]) -> None:
        """Let the pens, which are distinguished by identity, write what is not there yet."""
        wanted, written = self._wanted[y], self._written[y]
        for start, stop in spans:
            x = start
            while x < stop:
                cell = wanted[x]
                if cell is written[x]:
                    x += 1
                    continue
                if not cell.text:
                    # Its first half stands there already; only both together bring it back.
                    x -= 1
                    cell = wanted[x]
                strokes = strokes_by_pen.get(id(cell.pen))
                if strokes is None:
                    strokes = strokes_by_pen[id(cell.pen)] = _Strokes(cell.pen)
                x = self._write_run(y, x, stop, strokes)

    def _write_run(self, y: int, x: int, stop: int, strokes: _Strokes) -> int:
        """Let a pen write what is not there yet from cell ``x`` on; up to where it did.

        A wide or combined cell stands alone.
        """
        wanted, written = self._wanted[y], self._written[y]
        cell, pen, end = wanted[x], strokes.pen, x + 1
        if cell.is_simple:
            while end < stop and (after := wanted[end]) is not written[end]:
                if after.pen is not pen or not after.is_simple:
                    break
                end += 1
        else:
            end += end < self.width and not wanted[end].text
        if strokes.y == y and 0 < x - strokes.end <= LONGEST_GAP and self._is_plain(y, strokes.end, x, pen):
            x = strokes.end
        if end - x == 1:
            # So are most of them.
            strokes.write(y, x, cell.text, end)
            written[x] = cell
        else:
            run = wanted[x:end]
            strokes.write(y, x, "".join([each.text for each in run]), end)
            written[x:end] = run
        if not cell.is_simple:
            # Terminals disagree on how wide these are.
            strokes.lift()
        return end

    def _is_plain(self, y: int, start: int, stop: int, pen: Pen) -> bool:
        """Whether the cells can be written again by this pen, at a byte each."""
        cells = self._wanted[y][start:stop]
        return all(cell.pen is pen and cell.text and cell.text.isascii() for cell in cells)
