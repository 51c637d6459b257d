"""Shows lines of a scrolled widget anew: past the compositor where the canvas can, else by it."""

from collections.abc import Iterable, Sequence

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from micboard_tui.tui.terminal.canvas import Canvas, MovingPart, Part
from micboard_tui.tui.themes import Palette


class LinePainter:
    def __init__(self, widget: ScrollView, canvas: Canvas) -> None:
        self._widget, self._canvas = widget, canvas

    def paint(self, parts: Sequence[Part], width: int) -> None:
        """Show these parts of the content anew, as far as the window shows them."""
        widget = self._widget
        if parts and not self._canvas.paint(widget, parts, width, widget.scroll_offset.y):
            self._refresh({part.y for part in parts})

    def move(self, parts: Sequence[MovingPart], width: int) -> None:
        """The same for parts that move."""
        widget = self._widget
        if parts and not self._canvas.move(widget, parts, width, widget.scroll_offset.y):
            self._refresh({part.y for part in parts})

    def _refresh(self, lines: Iterable[int]) -> None:
        """Let the compositor show these lines, as far as the window shows them."""
        widget = self._widget
        top, height = widget.scroll_offset.y, widget.size.height
        for y in lines:
            if top <= y < top + height:
                widget.refresh_line(y)

    def flush(self) -> None:
        """Let the terminal have what was painted, before anything else."""
        self._canvas.flush(urgent=True)


def crop_strips(widget: Widget, strips: list[Strip], crop: Region, palette: Palette) -> list[Strip]:
    """Whole lines of a widget that keeps them itself, as Textual wants to compose them.

    Textual's own cache of lines knows nothing of what was painted past it.
    """
    for line_filter in widget.get_line_filters():
        strips = [strip.apply_filter(line_filter, widget.background_colors[1]) for strip in strips]
    blank = palette.styles["text", "background"]
    return [strip.crop_extend(crop.x, crop.right, blank) for strip in strips]
