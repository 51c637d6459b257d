"""What the terminal shows, cell by cell, and the shortest way to what it should show. Pure.

Theory of operation. There are two pictures of the screen, each with a text and a pen for every cell:

* ``_wanted``: every ``put`` changes it at once, with the lines that a widget or the compositor has drawn;
* ``_written``: what the terminal has. Only ``take`` changes it, when it gives back what makes the terminal
  show the wanted picture. So a frame that a slow line has no room for is never queued: what it wanted stays
  wanted, and the next one is written from what is there to what is wanted then.

What is remembered between two calls so that neither looks at the whole screen:

* ``_put``: for each line, the segments that were put from which cell on. The same segments again cost
  nothing; others are compared with these segment by segment, and only cells that may differ are touched.
* ``_changed``: the spans of cells that were touched since the last ``take``, which looks at these only. It
  writes the cells that differ, grouped by pen over the whole frame: changing the pen costs most bytes.

``forget`` and ``resize`` say that the terminal shows something unknown: then every cell is written that was
ever wanted. A wide character takes two cells, the second of which is empty; half a character is a blank.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from micboard_tui.tui.terminal.pen import PLAIN, Pen, PenCache
from micboard_tui.tui.terminal.text_cells import SECOND_HALF, SPACE, Cells, Span, cut, difference, split

LONGEST_GAP = 2
"""So many unchanged cells within a run cost less than a jump over them."""


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
            self.texts.append(f"\x1b[{y + 1};{x + 1}H")
        elif self.end < x:
            self.texts.append("\x1b[C" if x - self.end == 1 else f"\x1b[{x - self.end}C")
        self.texts.append(run)
        self.y, self.end = y, end

    def lift(self) -> None:
        """The cursor may not be where it should: whatever comes next is placed anew."""
        self.y = -1


class _Put(NamedTuple):
    """What was put from some cell on: up to where, and where each of its segments begins."""

    end: int
    segments: Sequence[Segment]
    starts: list[int]


class FrameBuffer:
    """``color_system`` is what the terminal can show; colours beyond it are brought down to it.

    None: no colour is wanted at all (NO_COLOR).
    """

    def __init__(self, color_system: ColorSystem | None = ColorSystem.TRUECOLOR) -> None:
        self._pens = PenCache(color_system)
        self.width = self.height = 0
        self._wanted: list[list[str]] = []
        self._wanted_pens: list[list[Pen]] = []
        self._written: list[list[str | None]] = []
        self._written_pens: list[list[Pen]] = []
        self._put: list[dict[int, _Put]] = []
        self._changed: dict[int, list[Span]] = {}

    def resize(self, width: int, height: int) -> None:
        """Another terminal: nothing is known of it, and nothing is wanted yet."""
        self.width, self.height = width, height
        self._wanted = [[SPACE] * width for _ in range(height)]
        self._wanted_pens = [[PLAIN] * width for _ in range(height)]
        self._put = [{} for _ in range(height)]
        self.forget()

    def forget(self) -> None:
        """Something else wrote to the terminal: everything that is wanted is to be written again."""
        self._written = [[None] * self.width for _ in range(self.height)]
        self._written_pens = [[PLAIN] * self.width for _ in range(self.height)]
        # A line of which nothing was ever wanted stays as it is.
        self._changed = {y: [(0, self.width)] for y, put in enumerate(self._put) if put}

    @property
    def has_changes(self) -> bool:
        """Whether something is wanted that may not be there."""
        return bool(self._changed)

    def put(self, x: int, y: int, segments: Sequence[Segment], length: int) -> None:
        """Want these segments of ``length`` cells on line ``y`` from cell ``x`` on.

        What is beyond the edges is left out. The sequence must not change afterwards.
        """
        if not (length and 0 <= y < self.height and 0 <= x < self.width):
            return
        known = self._put[y]
        end = x + length
        before = known.get(x)
        if before is not None and before.end == end:
            if before.segments is not segments:
                known[x] = self._put_over(x, y, before, segments)
            return
        put = self._put_over(x, y, _Put(end, (), []), segments)
        for start, other in list(known.items()):
            # What was put there no longer stands there as it was put.
            if start < end and other.end > x:
                del known[start]
        known[x] = put

    def _put_over(self, x: int, y: int, before: "_Put", segments: Sequence[Segment]) -> "_Put":
        """Put the segments that differ from those that stand there from the same cell on."""
        starts = before.starts
        for index, (old, segment) in enumerate(zip(before.segments, segments, strict=False)):
            if old is segment or old == segment:
                continue
            if old.style is segment.style and (differs := difference(old.text, segment.text)) is not None:
                first, last = differs
                self._put_cells(starts[index] + first, y, split(segment.text)[first:last], segment.style)
                continue
            cells = split(segment.text)
            self._put_cells(starts[index], y, cells, segment.style)
            if len(cells) != len(split(old.text)):
                # From here on nothing stands where it stood.
                return self._put_rest(y, before.end, index + 1, starts[: index + 1], segments)
        if len(segments) > len(before.segments):
            if not starts:
                return self._put_rest(y, before.end, 0, [], segments, x)
            return self._put_rest(y, before.end, len(starts), starts, segments)
        return _Put(before.end, segments, starts)

    def _put_rest(
        self, y: int, end: int, first: int, starts: list[int], segments: Sequence[Segment], x: int = 0
    ) -> "_Put":
        """Put the segments from ``first`` on, wherever they come to stand."""
        starts = list(starts)
        if first:
            x = starts[first - 1] + len(split(segments[first - 1].text))
        for segment in segments[first:]:
            cells = split(segment.text)
            self._put_cells(x, y, cells, segment.style)
            starts.append(x)
            x += len(cells)
        return _Put(end, segments, starts)

    def _put_cells(self, x: int, y: int, cells: Cells, style: Style | None) -> None:
        if x >= self.width or not cells:
            return
        end = x + len(cells)
        if end >= self.width:
            end, cells = self.width, cut(cells, self.width - x)
        known = self._pens.by_identity.get(id(style))
        pen = known[1] if known is not None and known[0] is style else self._pens.find(style)
        wanted = self._wanted[y]
        changes = self._changed.setdefault(y, [])
        # Of a wide character that loses one half the other one is a blank.
        if x and wanted[x] is SECOND_HALF:
            wanted[x - 1] = SPACE
            changes.append((x - 1, x))
        if end < self.width and wanted[end] is SECOND_HALF:
            wanted[end] = SPACE
            changes.append((end, end + 1))
        wanted[x:end] = cells
        self._wanted_pens[y][x:end] = [pen] * len(cells)
        changes.append((x, end))

    def take(self) -> str:
        """Everything that the terminal needs to show what is wanted; empty when it does already.

        Grouped by pen over the whole frame. Leaves the cursor anywhere, and the pen as it comes.
        """
        strokes_by_pen: dict[int, _Strokes] = {}
        for y in sorted(self._changed):
            first = last = 0
            for start, stop in sorted(self._changed[y]):
                if start > last:
                    self._write_span(y, first, last, strokes_by_pen)
                    first, last = start, stop
                elif stop > last:
                    last = stop
            self._write_span(y, first, last, strokes_by_pen)
        self._changed = {}
        output: list[str] = []
        before: Pen | None = None
        for strokes in strokes_by_pen.values():
            output.append(self._pens.transition(before, strokes.pen))
            output += strokes.texts
            before = strokes.pen
        if before is not None and before.link:
            output.append(PLAIN.linked(before))
        return "".join(output)

    def _write_span(self, y: int, x: int, stop: int, strokes_by_pen: dict[int, _Strokes]) -> None:
        """Let the pens, which are distinguished by identity, write what is not there yet."""
        wanted, pens = self._wanted[y], self._wanted_pens[y]
        written, written_pens = self._written[y], self._written_pens[y]
        while x < stop:
            text, pen = wanted[x], pens[x]
            if text == written[x] and pen is written_pens[x]:
                x += 1
                continue
            if not text:
                # Its first half stands there already; only both together bring it back.
                x -= 1
                text, pen = wanted[x], pens[x]
            strokes = strokes_by_pen.get(id(pen))
            if strokes is None:
                strokes = strokes_by_pen[id(pen)] = _Strokes(pen)
            start, end = x, self._end_of_run(y, x, stop)
            gap = x - strokes.end if strokes.y == y else 0
            if 0 < gap <= LONGEST_GAP and self._is_plain(y, strokes.end, x, pen):
                start = strokes.end
            strokes.write(y, start, "".join(wanted[start:end]), end)
            written[x:end] = wanted[x:end]
            written_pens[x:end] = pens[x:end]
            if len(text) != 1 or wanted[end - 1] is SECOND_HALF:
                # Terminals disagree on how wide these are.
                strokes.lift()
            x = end

    def _end_of_run(self, y: int, x: int, stop: int) -> int:
        """Up to where one pen writes cells that are not there yet; a wide or combined cell stands alone."""
        wanted, pens = self._wanted[y], self._wanted_pens[y]
        written, written_pens = self._written[y], self._written_pens[y]
        pen, width = pens[x], self.width
        end = x
        while end < stop and pens[end] is pen and len(text := wanted[end]) == 1:
            if end + 1 < width and wanted[end + 1] is SECOND_HALF:
                break
            if end > x and text == written[end] and written_pens[end] is pen:
                break
            end += 1
        if end > x:
            return end
        return x + 2 if x + 1 < width and wanted[x + 1] is SECOND_HALF else x + 1

    def _is_plain(self, y: int, start: int, stop: int, pen: Pen) -> bool:
        """Whether the cells can be written again by this pen, at a byte each."""
        texts, pens = self._wanted[y], self._wanted_pens[y]
        for x in range(start, stop):
            if pens[x] is not pen or not (texts[x] and texts[x].isascii()):
                return False
        return True
