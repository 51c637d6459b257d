"""What the terminal shows, cell by cell, and the shortest way to what it should show. Pure.

Two pictures: the wanted one, which every repaint changes at once, and the one that the terminal has, which
only ``take`` changes. So a frame that a slow line has no room for is never queued: what it wanted stays
wanted, and the next one is written from what is there to what is wanted then.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style

LONGEST_GAP = 2
"""So many unchanged cells within a run cost less than a jump over them."""
_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("conceal", "8"),
    ("strike", "9"),
    ("underline2", "21"),
    ("overline", "53"),
)
_OF_THE_TERMINAL = frozenset({"39", "49"})
REVERSED_FROM, DIM_UP_TO = 45, 165
"""Brightness of 255: grounds that stand out, and words that stand back (themes/mono.toml)."""
MOST_PENS = 4096
_SPLIT_CACHE = 16_384
_SPACE = " "
_SECOND_HALF = ""
"""What stands in the cell right of a wide character."""


class Pen(NamedTuple):
    """How characters look, as the parameters of SGR, and where they lead."""

    attributes: frozenset[str] = frozenset()
    foreground: str = "39"
    background: str = "49"
    link: str = ""

    def linked(self, before: "Pen | None") -> str:
        """The sequence that makes what follows lead where this pen leads."""
        return "" if self.link == (before.link if before else "") else f"\x1b]8;;{self.link}\x1b\\"

    def after(self, before: "Pen | None") -> str:
        """The sequence that makes a terminal that wrote with ``before`` write with this pen."""
        if before is None or not before.attributes <= self.attributes:
            codes = ["0", *sorted(self.attributes)]
            codes += [code for code in (self.foreground, self.background) if code not in _OF_THE_TERMINAL]
        else:
            codes = sorted(self.attributes - before.attributes)
            codes += [self.foreground] if before.foreground != self.foreground else []
            codes += [self.background] if before.background != self.background else []
        return (f"\x1b[{';'.join(codes)}m" if codes else "") + self.linked(before)


PLAIN = Pen()
Cells: TypeAlias = tuple[str, ...]
Span: TypeAlias = tuple[int, int]


@lru_cache(_SPLIT_CACHE)
def split(text: str) -> Cells:
    """``text`` in cells: what stands in each, and nothing in the second one of a wide character.

    What has no width of its own belongs to the cell before it; where there is none it is left out.
    """
    if text.isascii():
        return tuple(text)
    cells: list[str] = []
    cluster = ""
    for character in text:
        own = cell_len(character)
        if cluster and not (own and cell_len(cluster + character) == cell_len(cluster) + own):
            cluster += character
            continue
        cells += _cell(cluster)
        cluster = character if own else ""
    return (*cells, *_cell(cluster))


@lru_cache(_SPLIT_CACHE)
def difference(old: str, new: str) -> Span | None:
    """From which cell to which one two texts of equal width differ.

    None when they are not equally wide, or when wide characters make it hard to say.
    """
    before, after = split(old), split(new)
    size = len(before)
    if size != len(after) or _SECOND_HALF in before or _SECOND_HALF in after:
        return None
    first = next((place for place in range(size) if before[place] != after[place]), size)
    last = next((place for place in range(size, first, -1) if before[place - 1] != after[place - 1]), first)
    return first, last


def _cell(cluster: str) -> list[str]:
    width = cell_len(cluster)
    return [cluster, *[_SECOND_HALF] * (width - 1)] if width else []


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
        self._color_system = color_system
        self._pens: dict[Style | None, Pen] = {}
        self._seen: dict[int, tuple[Style | None, Pen]] = {}
        """The same by identity: a style's own hash costs more than all the rest of finding its pen."""
        self._shared: dict[Pen, Pen] = {}
        self._ways: dict[tuple[Pen | None, Pen], str] = {}
        self.width = self.height = 0
        self._wanted: list[list[str]] = []
        self._wanted_pens: list[list[Pen]] = []
        self._there: list[list[str | None]] = []
        self._there_pens: list[list[Pen]] = []
        self._put: list[dict[int, _Put]] = []
        self._changed: dict[int, list[Span]] = {}

    def resize(self, width: int, height: int) -> None:
        """Another terminal: nothing is known of it, and nothing is wanted yet."""
        self.width, self.height = width, height
        self._wanted = [[_SPACE] * width for _ in range(height)]
        self._wanted_pens = [[PLAIN] * width for _ in range(height)]
        self._put = [{} for _ in range(height)]
        self.forget()

    def forget(self) -> None:
        """Somebody else wrote to the terminal: everything that is wanted is to be written again."""
        self._there = [[None] * self.width for _ in range(self.height)]
        self._there_pens = [[PLAIN] * self.width for _ in range(self.height)]
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
        for place, (old, segment) in enumerate(zip(before.segments, segments, strict=False)):
            if old is segment or old == segment:
                continue
            if old.style is segment.style and (differs := difference(old.text, segment.text)) is not None:
                first, last = differs
                self._put_cells(starts[place] + first, y, split(segment.text)[first:last], segment.style)
                continue
            cells = split(segment.text)
            self._put_cells(starts[place], y, cells, segment.style)
            if len(cells) != len(split(old.text)):
                # From here on nothing stands where it stood.
                return self._put_rest(y, before.end, place + 1, starts[: place + 1], segments)
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
            end, cells = self.width, _cut(cells, self.width - x)
        known = self._seen.get(id(style))
        pen = known[1] if known is not None and known[0] is style else self._pen(style)
        wanted = self._wanted[y]
        changes = self._changed.setdefault(y, [])
        # Of a wide character that loses one half the other one is a blank.
        if x and wanted[x] is _SECOND_HALF:
            wanted[x - 1] = _SPACE
            changes.append((x - 1, x))
        if end < self.width and wanted[end] is _SECOND_HALF:
            wanted[end] = _SPACE
            changes.append((end, end + 1))
        wanted[x:end] = cells
        self._wanted_pens[y][x:end] = [pen] * len(cells)
        changes.append((x, end))

    def take(self) -> str:
        """Everything that the terminal needs to show what is wanted; empty when it does already.

        Grouped by pen over the whole frame. Leaves the cursor anywhere, and the pen as it comes.
        """
        page: dict[int, _Strokes] = {}
        for y in sorted(self._changed):
            first = last = 0
            for start, stop in sorted(self._changed[y]):
                if start > last:
                    self._take(y, first, last, page)
                    first, last = start, stop
                elif stop > last:
                    last = stop
            self._take(y, first, last, page)
        self._changed = {}
        told: list[str] = []
        before: Pen | None = None
        for strokes in page.values():
            told.append(self._way(before, strokes.pen))
            told += strokes.texts
            before = strokes.pen
        if before is not None and before.link:
            told.append(PLAIN.linked(before))
        return "".join(told)

    def _take(self, y: int, x: int, stop: int, page: dict[int, _Strokes]) -> None:
        """Let the pens of ``page``, which are told apart by identity, write what is not there yet."""
        wanted, pens = self._wanted[y], self._wanted_pens[y]
        there, there_pens = self._there[y], self._there_pens[y]
        while x < stop:
            text, pen = wanted[x], pens[x]
            if text == there[x] and pen is there_pens[x]:
                x += 1
                continue
            if not text:
                # Its first half stands there already; only both together bring it back.
                x -= 1
                text, pen = wanted[x], pens[x]
            strokes = page.get(id(pen))
            if strokes is None:
                strokes = page[id(pen)] = _Strokes(pen)
            start, end = x, self._end_of_run(y, x, stop)
            gap = x - strokes.end if strokes.y == y else 0
            if 0 < gap <= LONGEST_GAP and self._is_plain(y, strokes.end, x, pen):
                start = strokes.end
            strokes.write(y, start, "".join(wanted[start:end]), end)
            there[x:end] = wanted[x:end]
            there_pens[x:end] = pens[x:end]
            if len(text) != 1 or wanted[end - 1] is _SECOND_HALF:
                # Terminals disagree on how wide these are.
                strokes.lift()
            x = end

    def _end_of_run(self, y: int, x: int, stop: int) -> int:
        """Up to where one pen writes cells that are not there yet; a wide or combined cell stands alone."""
        wanted, pens = self._wanted[y], self._wanted_pens[y]
        there, there_pens = self._there[y], self._there_pens[y]
        pen, width = pens[x], self.width
        end = x
        while end < stop and pens[end] is pen and len(text := wanted[end]) == 1:
            if end + 1 < width and wanted[end + 1] is _SECOND_HALF:
                break
            if end > x and text == there[end] and there_pens[end] is pen:
                break
            end += 1
        if end > x:
            return end
        return x + 2 if x + 1 < width and wanted[x + 1] is _SECOND_HALF else x + 1

    def _is_plain(self, y: int, start: int, stop: int, pen: Pen) -> bool:
        """Whether the cells can be written again by this pen, at a byte each."""
        texts, pens = self._wanted[y], self._wanted_pens[y]
        for x in range(start, stop):
            if pens[x] is not pen or not (texts[x] and texts[x].isascii()):
                return False
        return True

    def _pen(self, style: Style | None) -> Pen:
        pen = self._pens.get(style) or self._new_pen(style)
        if len(self._seen) >= MOST_PENS:
            self._seen.clear()
        self._seen[id(style)] = style, pen
        return pen

    def _new_pen(self, style: Style | None) -> Pen:
        if len(self._pens) >= MOST_PENS:
            # Pens are compared by identity: those made anew are only written once more.
            self._pens.clear()
            self._shared.clear()
            self._ways.clear()
        pen = PLAIN if style is None else pen_of(style, self._color_system)
        pen = self._pens[style] = self._shared.setdefault(pen, pen)
        return pen

    def _way(self, before: Pen | None, pen: Pen) -> str:
        key = before, pen
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = pen.after(before)
        return way


def _shade(foreground: Color | None, background: Color | None) -> frozenset[str]:
    if background is not None and _brightness(background) >= REVERSED_FROM:
        return frozenset({"7"})
    is_dim = foreground is not None and _brightness(foreground) <= DIM_UP_TO
    return frozenset({"2"}) if is_dim else frozenset()


def _brightness(color: Color) -> float:
    red, green, blue = color.get_truecolor()
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _cut(cells: Cells, room: int) -> Cells:
    """The first ``room`` cells; a wide character that has room for one half only is a blank."""
    if len(cells) > room and cells[room] is _SECOND_HALF:
        return (*cells[: room - 1], _SPACE)
    return cells[:room]


def pen_of(style: Style, color_system: ColorSystem | None) -> Pen:
    """How a terminal with these colours writes in this style; without any, brightness decides."""
    foreground, background = style.color, style.bgcolor
    attributes = frozenset(code for name, code in _ATTRIBUTES if getattr(style, name))
    if color_system is None:
        return Pen(attributes | _shade(foreground, background), link=style.link or "")
    return Pen(
        attributes,
        "39"
        if foreground is None
        else ";".join(foreground.downgrade(color_system).get_ansi_codes(foreground=True)),
        "49"
        if background is None
        else ";".join(background.downgrade(color_system).get_ansi_codes(foreground=False)),
        style.link or "",
    )
