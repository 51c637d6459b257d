"""Cells in the colours of a theme; equal ones are one object, so that what did not change is seen at once."""

from collections.abc import Iterable

from rich.segment import Segment

from micboard_tui.tui.glyph import Glyphs
from micboard_tui.tui.row import Cell
from micboard_tui.tui.themes import Palette

MOST_SEGMENTS = 16_384


class Ink:
    """The signs and colours that everything is drawn with."""

    def __init__(self, palette: Palette, glyphs: Glyphs) -> None:
        self.palette, self.glyphs = palette, glyphs
        self._segments: dict[tuple[Cell, str], Segment] = {}

    def segments(self, cells: Iterable[Cell], ground: str) -> list[Segment]:
        """The cells on one ground; bars stand on their track."""
        known = self._segments
        drawn = []
        for cell in cells:
            segment = known.get((cell, ground))
            drawn.append(self._segment(cell, ground) if segment is None else segment)
        return drawn

    def blank(self, width: int, ground: str = "background") -> Segment:
        """So many empty cells."""
        return self.segments([Cell(" " * width)], ground)[0]

    def _segment(self, cell: Cell, ground: str) -> Segment:
        if len(self._segments) >= MOST_SEGMENTS:
            self._segments.clear()
        style = self.palette.styles[cell.tone, "track" if cell.is_bar else ground]
        segment = self._segments[cell, ground] = Segment(self.glyphs.text(cell.text), style)
        return segment
