"""Single lines and small blocks of styled text that draw only what changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.terminal.canvas import NO_CANVAS, Canvas, Part
from micboard_tui.tui.themes import Palette


class Lines(Widget):
    """Shows the lines it is given, cut and filled to its width.

    With a ``canvas`` they are painted without the way through the compositor.
    """

    DEFAULT_CSS = """
    Lines { height: 1; background: $background; }
    """

    def __init__(
        self,
        palette: Palette,
        glyphs: Glyphs,
        ground: str = "background",
        *,
        id: str | None = None,  # noqa: A002 - Textual's word
        canvas: Canvas = NO_CANVAS,
    ) -> None:
        super().__init__(id=id)
        self._palette, self._glyphs, self._ground = palette, glyphs, ground
        self._canvas = canvas
        self._lines: list[tuple[Cell, ...]] = []
        self._lit: int | None = None

    @dataclass
    class Clicked(Message):
        """The user clicked a cell."""

        lines: "Lines"
        x: int
        y: int = 0

        @property
        def control(self) -> "Lines":
            """As Textual's selectors want it."""
            return self.lines

    def on_click(self, event: Click) -> None:
        self.post_message(self.Clicked(self, event.x, event.y))

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.refresh()

    def show(self, lines: Sequence[Sequence[Cell]], lit: int | None = None) -> None:
        """Show these lines, ``lit`` as the selected one. What is the same as before is not drawn again."""
        old, self._lines = self._lines, [tuple(line) for line in lines]
        numbered = enumerate(zip_longest(old, self._lines))
        changed = [y for y, (was, now) in numbered if was != now]
        if lit != self._lit:
            moved = {y for y in (lit, self._lit) if y is not None}
            changed, self._lit = sorted({*changed, *moved}), lit
        if changed and not self._paint(changed):
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _paint(self, changed: Iterable[int]) -> bool:
        width = self.size.width
        parts = [Part(0, y, self._segments(y, width), width) for y in changed]
        return self._canvas.paint(self, parts, width)

    @property
    def text(self) -> str:
        """What is shown, without its colours."""
        return "\n".join("".join(cell.text for cell in line) for line in self._lines)

    def render_lines(self, crop: Region) -> list[Strip]:
        # Textual keeps lines of its own, which know nothing of what was painted past it.
        width = self.size.width
        strips = [Strip(self._segments(y, width), width) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, self.background_colors[1]) for strip in strips]
        blank = self._palette.styles["text", self._ground]
        return [strip.crop_extend(crop.x, crop.right, blank) for strip in strips]

    def _segments(self, y: int, width: int) -> list[Segment]:
        styles, own_ground = self._palette.styles, "selected" if y == self._lit else self._ground
        blank = styles["text", own_ground]
        if y >= len(self._lines):
            return [Segment(" " * width, blank)]
        segments = [
            Segment(self._glyphs.text(cell.text), styles[cell.tone, "track" if cell.is_bar else own_ground])
            for cell in self._lines[y]
        ]
        room = width - sum(cell_len(segment.text) for segment in segments)
        if room > 0:
            segments.append(Segment(" " * room, blank))
        return segments if room >= 0 else self._cut(segments, width, styles["dim", own_ground])

    def _cut(self, segments: Sequence[Segment], width: int, style: Style) -> list[Segment]:
        """What has room, and a sign that there is more, where that is not blank."""
        whole = Strip(segments)
        if not whole.crop(width, None).text.strip():
            return list(whole.adjust_cell_length(width))
        ellipsis = self._glyphs.ellipsis
        kept = whole.adjust_cell_length(max(0, width - cell_len(ellipsis)))
        return list(Strip([*kept, Segment(ellipsis, style)]).adjust_cell_length(width))
