"""One level over the last five minutes; the drawing is plotext's."""

from collections.abc import Iterator, Sequence

from textual.color import Color
from textual_plotext import PlotextPlot

from micboard_tui.tui.draw.trends import POINT_S, POINTS
from micboard_tui.tui.themes import Palette

SPAN_S = POINT_S * POINTS
LABEL = len("-100")
FRAME = 4
"""Lines that title, border and time take."""


class LevelPlot(PlotextPlot):
    """A curve with gaps where nothing was known, and lines where it begins to be too little or too much."""

    DEFAULT_CSS = """
    LevelPlot { height: 1fr; min-height: 6; background: $background; }
    """

    def __init__(
        self, title: str, span: tuple[float, float], limits: Sequence[tuple[float, str]], palette: Palette
    ) -> None:
        super().__init__()
        self._title, self._span, self._limits, self._palette = title, span, limits, palette
        self._shown: Sequence[float | None] | None = None

    def on_unmount(self) -> None:
        # Its base class never leaves the signal, which would keep it and its screen until the theme changes.
        self.app.theme_changed_signal.unsubscribe(self)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        shown, self._shown = self._shown, None
        self.show(shown or ())

    def show(self, levels: Sequence[float | None]) -> None:
        """Draw these levels, the newest at the right edge."""
        if levels == self._shown:
            return
        self._shown = levels
        plot, low = self.plt, self._span[0]
        plot.clear_data()
        plot.clear_figure()
        plot.title(self._title)
        plot.xlim(-SPAN_S, 0)
        plot.ylim(*self._span)
        minutes = range(-5, 1)
        plot.xticks(
            [60 * minute for minute in minutes], [f"{minute}m" if minute else "now" for minute in minutes]
        )
        levels_shown = ticks(*self._span, self.size.height - FRAME)
        # As wide in every plot, so that their minutes stand below one another.
        plot.yticks(list(map(float, levels_shown)), [f"{level:>{LABEL}}" for level in levels_shown])
        for level, tone in self._limits:
            plot.hline(level, self._rgb(tone))
        for first, run in runs(levels):
            seconds = [(first + index + 1 - len(levels)) * POINT_S for index in range(len(run))]
            plot.plot(seconds, [max(low, level) for level in run], marker="braille", color=self._rgb("live"))
        self.refresh()

    def on_resize(self) -> None:
        self.apply_palette(self._palette)

    def _rgb(self, tone: str) -> tuple[int, int, int]:
        return Color.parse(self._palette.colors[tone]).rgb


def ticks(low: float, high: float, lines: int) -> list[int]:
    """Levels to write beside the curve, twenty apart or more, so that no two fall on one line."""
    every = [level for level in range(0, -120, -20) if low <= level <= high]
    step = max(1, -(-len(every) * 2 // max(2, lines)))
    return every[::step]


def runs(levels: Sequence[float | None]) -> Iterator[tuple[int, list[float]]]:
    """The parts without a gap: where each begins, and its levels."""
    run: list[float] = []
    for index, level in enumerate([*levels, None]):
        if level is not None:
            run.append(level)
        elif run:
            yield index - len(run), run
            run = []
