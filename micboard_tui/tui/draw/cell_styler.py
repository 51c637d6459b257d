"""Cells in the colours of a theme; equal ones are one object, so that what did not change is seen at once."""

from collections.abc import Iterable

from rich.segment import Segment

from micboard_tui.tui.draw.cell import Cell, blank_cell
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.themes import Palette

MOST_SEGMENTS = 16_384


class CellStyler:
    """The signs and colours that everything is drawn with."""

    def __init__(self, palette: Palette, glyphs: Glyphs) -> None:
        self.palette, self.glyphs = palette, glyphs
        self._segments: dict[tuple[Cell, str], Segment] = {}
        self._seen: dict[str, dict[int, tuple[Cell, Segment]]] = {}
        """The same for each ground by identity, for the many cells that are made once and drawn again."""

    def segments(self, cells: Iterable[Cell], ground: str) -> list[Segment]:
        """The cells on one ground; bars stand on their track."""
        seen = self._seen.get(ground)
        if seen is None:
            seen = self._seen[ground] = {}
        drawn = []
        for cell in cells:
            known = seen.get(id(cell))
            drawn.append(
                known[1] if known is not None and known[0] is cell else self._find_segment(cell, ground, seen)
            )
        return drawn

    def blank(self, width: int, ground: str = "background") -> Segment:
        """So many empty cells."""
        return self.segments([blank_cell(width)], ground)[0]

    def _find_segment(self, cell: Cell, ground: str, seen: dict[int, tuple[Cell, Segment]]) -> Segment:
        segment = self._segments.get((cell, ground)) or self._segment(cell, ground)
        if len(seen) >= MOST_SEGMENTS:
            seen.clear()
        seen[id(cell)] = cell, segment
        return segment

    def _segment(self, cell: Cell, ground: str) -> Segment:
        if len(self._segments) >= MOST_SEGMENTS:
            self._segments.clear()
        style = self.palette.styles[cell.tone, "track" if cell.is_bar else ground]
        segment = self._segments[cell, ground] = Segment(self.glyphs.text(cell.text), style)
        return segment
