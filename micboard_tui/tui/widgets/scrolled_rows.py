"""Rows below a head that stays: keys and the wheel scroll them, and none is selected."""

from collections.abc import Sequence

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.lines import Lines


class ScrolledRows(Lines, can_focus=True):
    """Has the focus, so that keys scroll it; ``ListArea`` around it brings them, and the wheel."""

    FOCUS_ON_CLICK = False

    def __init__(self, palette: Palette, glyphs: Glyphs, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, glyphs, id=id)
        self._head: Sequence[Cell] = ()
        self._rows: Sequence[Sequence[Cell]] = ()
        self._top = 0

    def show_rows(self, head: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> None:
        """Show these rows, scrolled as those before."""
        self._head, self._rows = head, rows
        self._show_from(self._top)

    def step(self, by: int) -> None:
        """Scroll so many rows further down."""
        self._show_from(self._top + by)

    def page(self, direction: int) -> None:
        """Scroll a page down, or up with -1; one row of the page before stays in sight."""
        self.step(direction * max(1, self._room - 1))

    def go_to(self, index: int) -> None:
        """Bring this row to the top; -1 is the last."""
        self._show_from(index if index >= 0 else len(self._rows) + index)

    def turn_wheel(self, lines: int) -> None:
        """Scroll so many rows further down."""
        self.step(lines)

    @property
    def _room(self) -> int:
        """How many rows fit below the head."""
        return self.size.height - 1

    def _show_from(self, top: int) -> None:
        self._top = max(0, min(top, len(self._rows) - self._room))
        self.show([self._head, *self._rows[self._top :]])
