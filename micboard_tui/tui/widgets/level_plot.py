"""One level over the last five minutes, as a band that keeps its gaps."""

from collections.abc import Sequence

from micboard_tui.tui.draw.bands import LABEL, Scale, chart_lines, signs_for, spread, time_line
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.trends import POINTS
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.lines import Lines

MINUTES = 5
FRAME = 2
"""Lines that title and times take."""


class LevelPlot(Lines):
    """A curve, and lines where it begins to be too little or too much."""

    DEFAULT_CSS = """
    LevelPlot { height: 1fr; min-height: 5; background: $background; }
    """

    def __init__(self, title: str, scale: Scale, palette: Palette, glyphs: Glyphs) -> None:
        super().__init__(palette, glyphs)
        self._title, self._scale, self._shapes = title, scale, glyphs
        self._levels: Sequence[float | None] = ()

    def show_levels(self, levels: Sequence[float | None]) -> None:
        """Draw these levels, the newest at the right edge."""
        self._levels = levels
        width, rows = self.size.width - LABEL, self.size.height - FRAME
        if width <= 0 or rows <= 0:
            return
        padded = [*([None] * (POINTS - len(levels))), *levels]
        band = spread(padded, width * signs_for(self._shapes).columns)
        minutes = [
            (1 - minute / MINUTES, f"-{minute}m" if minute else "now") for minute in range(MINUTES, -1, -1)
        ]
        self.show(
            [
                [Cell(f" {self._title}", "accent")],
                *chart_lines(band, self._scale, rows, self._shapes),
                [Cell(" " * LABEL + time_line(width, minutes), "dim")],
            ]
        )

    def on_resize(self) -> None:
        self.show_levels(self._levels)
