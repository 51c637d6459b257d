"""What the terminal shows, cell by cell, and the shortest way to what it should show. Pure.

Theory of operation. There are two pictures of the screen, each of cells (``screen_cells``):

* ``_wanted``: every ``put`` changes it at once, with the lines that a widget or the compositor has drawn;
* ``_written``: what the terminal has. Only ``take`` changes it, when it gives back what makes the terminal
  show the wanted picture. So a frame that a slow line has no room for is never queued: what it wanted stays
  wanted, and the next one is written from what is there to what is wanted then.

What is remembered between two calls so that neither looks at the whole screen:

* ``_put``: for each line, the segments that were put from which cell on. The same segments again cost
  nothing; others are compared with these segment by segment, and only cells that differ are touched.
* ``_changed``: the spans of cells that were touched since the last ``take``, which looks at these only. It
  writes the cells that differ, grouped by pen over the whole frame (``strokes``).
* ``_moving``: what changes in every frame is not put, but moves (``moving_cells``). While a part stands
  there, both pictures are outdated in its cells; ``_put_back`` makes them right when something else is put
  over it. No cell belongs both to such a part and to what stands there as it was put.

``forget`` and ``resize`` say that the terminal shows something unknown: then every cell is written that was
ever wanted. A wide character takes two cells, the second of which is empty; half a character is a blank.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from rich.color import ColorSystem
from rich.segment import Segment

from micboard_tui.tui.terminal.canvas import MovingPart
from micboard_tui.tui.terminal.moving_cells import Left, MovingCells, Window
from micboard_tui.tui.terminal.screen_cells import (
    BLANK,
    MOST_PENS,
    Cells,
    ScreenCell,
    ScreenCells,
    is_written_over,
)
from micboard_tui.tui.terminal.strokes import PenStrokes, place_of

Span: TypeAlias = tuple[int, int]


class _Put:
    """What was put from some cell on: up to where, and where each of its segments begins."""

    __slots__ = ("end", "segments", "starts")

    def __init__(self, end: int) -> None:
        self.end = end
        self.segments: Sequence[Segment] = ()
        self.starts: list[int] = []


class FrameBuffer:
    """``color_system`` is what the terminal can show; colours beyond it are brought down to it.

    None: no colour is wanted at all (NO_COLOR).
    """

    def __init__(self, color_system: ColorSystem | None = ColorSystem.TRUECOLOR) -> None:
        self._cells = ScreenCells(color_system)
        self._strokes = PenStrokes(self._cells.pens)
        self._moving = MovingCells(self._cells, self._strokes)
        self.width = self.height = 0
        self._wanted: list[list[ScreenCell]] = []
        self._written: list[list[ScreenCell | None]] = []
        self._put: list[dict[int, _Put]] = []
        self._begun: set[int] = set()
        """The lines of which something was ever wanted."""
        self._changed: defaultdict[int, list[Span]] = defaultdict(list)

    def resize(self, width: int, height: int) -> None:
        """Another terminal: nothing is known of it, and nothing is wanted yet."""
        self.width, self.height = width, height
        self._wanted = [[BLANK] * width for _ in range(height)]
        self._put = [{} for _ in range(height)]
        self._begun.clear()
        self._moving.resize(height)
        self.forget()

    def forget(self) -> None:
        """Something else wrote to the terminal: everything that is wanted is to be written again."""
        self._put_back(self._moving.leave_all())
        self._written = [[None] * self.width for _ in range(self.height)]
        # A line of which nothing was ever wanted stays as it is.
        self._changed.clear()
        self._changed |= {y: [(0, self.width)] for y in self._begun}

    @property
    def has_changes(self) -> bool:
        """Whether something is wanted that may not be there."""
        return bool(self._changed) or self._moving.has_changes

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
        self._put_over(x, y, put, old, segments)

    def move(self, parts: Sequence[MovingPart], window: Window) -> None:
        """Want these parts of what ``window`` shows as they look now.

        The same as ``put``, quicker when they stood there before.
        """
        moving = self._moving
        if moving.stands_elsewhere(window):
            self._put_back(moving.leave_all())
        left, above, lines = window
        for part in moving.move(parts, window):
            x, y = left + part.x, above + part.y
            if part.y in lines:
                self.put(x, y, part.look.segments, part.width)
                if x >= 0 and x + part.width <= self.width:
                    # From now on it does not stand there as it was put.
                    self._put[y].pop(x, None)
                    moving.begin(part, x, y)

    def _begin_put(self, x: int, y: int, end: int) -> _Put:
        """Something else is put there."""
        known = self._put[y]
        self._begun.add(y)
        self._put_back([(y, self._moving.leave(y, x, end))])
        for start, other in list(known.items()):
            # What was put there no longer stands there as it was put.
            if start < end and other.end > x:
                del known[start]
        put = known[x] = _Put(end)
        return put

    def _put_over(
        self, x: int, y: int, put: _Put, before: Sequence[Segment], segments: Sequence[Segment]
    ) -> None:
        """Put the segments that differ from those that stand there from the same cell on."""
        starts, wanted = put.starts, self._wanted[y]
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

    def _put_back(self, left: Iterable[tuple[int, Sequence[Left]]]) -> None:
        """Know again, cell by cell, what is wanted and what is written where parts moved, line by line."""
        for y, parts in left:
            for x, wanted, written in parts:
                self._written[y][x : x + len(written)] = written
                self._put_cells(x, y, wanted)

    def take(self) -> str:
        """Everything that the terminal needs to show what is wanted; empty when it does already.

        Grouped by pen over the whole frame. Leaves the cursor anywhere, and the pen as it comes.
        """
        self._put_back(self._moving.write())
        for y, spans in sorted(self._changed.items()):
            spans.sort()
            self._write_spans(y, spans)
        self._changed.clear()
        self._moving.end_frame()
        output = self._strokes.take()
        if len(self._strokes) > MOST_PENS:
            self._strokes.forget()
            self._moving.forget_moves()
        return output

    def _write_spans(self, y: int, spans: Iterable[Span]) -> None:
        """Let the pens write what is not there yet."""
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
                x = self._write_run(y, x, stop)

    def _write_run(self, y: int, x: int, stop: int) -> int:
        """Let a pen write what is not there yet from cell ``x`` on; up to where it did.

        A wide or combined cell stands alone.
        """
        wanted, written = self._wanted[y], self._written[y]
        cell, end = wanted[x], x + 1
        pen, strokes = cell.pen, self._strokes.of(cell.pen)
        if cell.is_simple:
            while end < stop and (after := wanted[end]) is not written[end]:
                if after.pen is not pen or not after.is_simple:
                    break
                end += 1
        else:
            end += end < self.width and not wanted[end].text
        before = strokes.end - place_of(0, y)
        if (
            0 <= before < x
            and is_written_over(wanted, before, x, pen)
            and not self._moving.is_over(y, before, x)
        ):
            x = before
        run = wanted[x:end]
        strokes.write(place_of(x, y), "".join([each.text for each in run]), end - x)
        written[x:end] = run
        if not cell.is_simple:
            # Terminals disagree on how wide these are.
            strokes.lift()
        return end
