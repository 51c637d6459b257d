"""Cells that move all the time: what is wanted of them, and what the terminal has, as whole looks. Pure.

Theory of operation. Meters are most of what a frame writes. Each stands in the same cells for long, and has a
few looks that come again and again. So a meter is not compared cell by cell, but what leads from one look to
another is found once and remembered (``_KnownLook.moves``): which texts which pens write, and from which
cell on.

A part stands here (``_Spot``) from the frame on in which its cells were written, and as long as nothing else
is put over them. Meanwhile the frame buffer's own cells are outdated there: ``leave`` gives back what they
should be.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, compress, count
from operator import attrgetter, is_not
from typing import NamedTuple, TypeAlias

from micboard_tui.tui.terminal.canvas import Look, MovingPart
from micboard_tui.tui.terminal.screen_cells import Cells, ScreenCells, is_written_over
from micboard_tui.tui.terminal.strokes import FARTHEST_STEP, PLACINGS, STEPS, PenStrokes, Strokes, place_of

MOST_LOOKS = MOST_MOVES = 16_384
_Move: TypeAlias = Sequence[tuple[Strokes, int, str, int]]
"""What each pen writes: from which cell of the part on, the text, and its width."""


class Window(NamedTuple):
    """Where on the screen the content of a widget is shown."""

    left: int
    above: int
    """Where its first line is, or would be."""
    lines: range
    """Which of its lines are shown."""


class Left(NamedTuple):
    """A part that stands here no more."""

    x: int
    wanted: Cells
    written: Cells


class _KnownLook:
    """The cells of a look, and what leads from it to others."""

    __slots__ = ("are_simple", "cells", "moves")

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.are_simple = all(map(_is_simple, cells))
        """Whether each is one of its own."""
        self.moves: dict[Look, tuple[_KnownLook, _Move]] = {}


class _Spot:
    """Where a part stands, whose look is what is wanted."""

    __slots__ = ("part", "place", "shown", "x", "y")

    def __init__(self, part: MovingPart, x: int, y: int, shown: _KnownLook) -> None:
        self.part, self.x, self.y, self.place = part, x, y, place_of(x, y)
        self.shown = shown
        """What the terminal has."""


_place, _text, _is_simple = attrgetter("place"), attrgetter("text"), attrgetter("is_simple")


class MovingCells:
    def __init__(self, cells: ScreenCells, strokes: PenStrokes) -> None:
        self._cells, self._strokes = cells, strokes
        self._window: Window | None = None
        self._spots: dict[MovingPart, _Spot] = {}
        self._begun: dict[MovingPart, _Spot] = {}
        """Those whose cells are to be written by the frame buffer first."""
        self._lines: list[list[_Spot]] = []
        """All of both, by line."""
        self._moved: list[_Spot] = []
        self._looks: dict[Look, _KnownLook] = {}
        self._move_count = 0

    def resize(self, height: int) -> None:
        """Nothing stands here any more, on a screen of so many lines."""
        self._spots, self._begun, self._moved = {}, {}, []
        self._lines = [[] for _ in range(height)]

    @property
    def has_changes(self) -> bool:
        """Whether any look is wanted that may not be there."""
        return bool(self._moved)

    def move(self, parts: Sequence[MovingPart], window: Window) -> Sequence[MovingPart]:
        """Want these parts as they look now; those among them that do not stand here.

        Where any stand in another window, all of them have to leave before (``stands_elsewhere``).
        """
        self._window = window
        spots = list(map(self._spots.get, parts))
        self._moved += filter(None, spots)
        return [part for part, spot in zip(parts, spots, strict=True) if not spot] if None in spots else ()

    def stands_elsewhere(self, window: Window) -> bool:
        """Whether what stands here was placed for another window."""
        return window != self._window and bool(self._spots or self._begun)

    def begin(self, part: MovingPart, x: int, y: int) -> None:
        """From the next ``end_frame`` on it stands here, since its cells are written then."""
        known = self._find_known(part.look)
        if known.are_simple and len(known.cells) == part.width:
            spot = self._begun[part] = _Spot(part, x, y, known)
            self._lines[y].append(spot)

    def end_frame(self) -> None:
        """Everything that was wanted is written."""
        if self._begun:
            self._spots |= self._begun
            self._begun.clear()

    def is_over(self, y: int, start: int, stop: int) -> bool:
        """Whether any of these cells of a line is one that moves."""
        return any(spot.x < stop and spot.x + spot.part.width > start for spot in self._lines[y])

    def leave(self, y: int, start: int, stop: int) -> Sequence[Left]:
        """Something else is put into these cells of a line; what stood over any of them stands no more."""
        line = self._lines[y]
        gone = [spot for spot in line if spot.x < stop and spot.x + spot.part.width > start]
        if not gone:
            return ()
        self._lines[y] = [spot for spot in line if spot not in gone]
        if self._moved:
            self._moved = [spot for spot in self._moved if spot not in gone]
        left = []
        for spot in gone:
            if self._spots.get(spot.part) is spot:
                del self._spots[spot.part]
                left.append(Left(spot.x, self._find_known(spot.part.look).cells, spot.shown.cells))
            elif self._begun.get(spot.part) is spot:
                del self._begun[spot.part]
        return left

    def leave_all(self) -> Iterable[tuple[int, Sequence[Left]]]:
        """All that stands here stands here no more, line by line."""
        return [(y, self.leave(y, 0, 1 << 16)) for y, line in enumerate(self._lines) if line]

    def write(self) -> Sequence[tuple[int, Sequence[Left]]]:
        """Let the pens write what leads to the looks that are wanted.

        Those that have to be compared cell by cell stand here no more.
        """
        moved = self._moved
        moved.sort(key=_place)
        odd: list[_Spot] = []
        for spot in moved:
            look, place = spot.part.look, spot.place
            found = spot.shown.moves.get(look) or self._find_move(spot.shown, look)
            if found is None:
                odd.append(spot)
                continue
            spot.shown, move = found
            for strokes, first, text, width in move:
                # As ``Strokes.write`` does, which would be called hundreds of times.
                start = place + first
                cells = start - strokes.end
                texts = strokes.texts
                texts.append(STEPS[cells] if 0 <= cells < FARTHEST_STEP else PLACINGS[start])
                texts.append(text)
                strokes.end = start + width
        moved.clear()
        return [(spot.y, self.leave(spot.y, spot.x, spot.x + 1)) for spot in odd]

    def _find_move(self, shown: _KnownLook, look: Look) -> tuple[_KnownLook, _Move] | None:
        """What leads from one look to another; None: that is not easily found."""
        wanted = self._find_known(look)
        before, after = shown.cells, wanted.cells
        if not (wanted.are_simple and len(before) == len(after)):
            return None
        if self._move_count >= MOST_MOVES:
            self.forget_moves()
        self._move_count += 1
        found = shown.moves[look] = (
            wanted,
            [
                (
                    self._strokes.of(after[start].pen),
                    start,
                    "".join(map(_text, after[start:end])),
                    end - start,
                )
                for start, end in _find_runs(before, after)
            ],
        )
        return found

    def forget_moves(self) -> None:
        """The strokes are to be others."""
        self._move_count = 0
        for known in chain(self._looks.values(), (spot.shown for line in self._lines for spot in line)):
            known.moves.clear()

    def _find_known(self, look: Look) -> _KnownLook:
        """Its cells and moves, for the next times too."""
        known = self._looks.get(look)
        if known is None:
            if len(self._looks) >= MOST_LOOKS:
                # What stands somewhere is known there, until it looks different.
                self.forget_moves()
                self._looks.clear()
            known = self._looks[look] = _KnownLook(
                tuple(chain.from_iterable(map(self._cells.of, look.segments)))
            )
        return known


def _find_runs(before: Cells, after: Cells) -> Sequence[tuple[int, int]]:
    """Where they differ: from which cell to which one a pen writes, also over short gaps."""
    runs: list[tuple[int, int]] = []
    for x in compress(count(), map(is_not, before, after)):
        start, end = runs[-1] if runs else (x, x)
        pen = after[x].pen
        if after[start].pen is pen and (end == x or is_written_over(after, end, x, pen)):
            runs[-1:] = [(start, x + 1)]
        else:
            runs.append((x, x + 1))
    return runs
