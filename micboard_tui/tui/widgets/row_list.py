"""A list of rows that its screen draws: which are shown, which is selected, and what a click does."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from textual.events import Click
from textual.message import Message

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.row_window import RowWindow

Key = TypeVar("Key", bound=Hashable)


class RowList(Lines, Generic[Key], can_focus=True):
    """Has the focus, so that keys move in it; ``ListArea`` around it brings them, and the wheel.

    Its screen says with ``take`` which rows there are. ``draw`` is called whenever another row is selected or
    shown: it gives ``show_rows`` the lines of ``window.visible``.
    """

    FOCUS_ON_CLICK = False

    def __init__(
        self,
        palette: Palette,
        glyphs: Glyphs,
        draw: Callable[[], None],
        *,
        id: str,  # noqa: A002 - Textual's word
        first: Key | None = None,
    ) -> None:
        """``first``: the row to begin with."""
        super().__init__(palette, glyphs, id=id)
        self._draw = draw
        self.window: RowWindow[Key] = RowWindow()
        self.window.selected = first

    class Chosen(Message):
        """The selected row was clicked twice: it is to be done what Enter does."""

    def take(self, keys: Sequence[Key]) -> None:
        """These are the rows now; the caller draws them."""
        self.window.take(keys, self.size.height)

    def show_rows(self, lines: Sequence[Sequence[Cell]]) -> None:
        """Show these lines, the selected one lit."""
        self.show(lines, lit=self.window.line_of_selected)

    def step(self, by: int) -> None:
        """Select the row so many further down."""
        self.window.step(by)
        self._draw()

    def page(self, direction: int) -> None:
        """Select the row a page further down, or up with -1; one row of the page before stays in sight."""
        self.step(direction * max(1, self.window.height - 1))

    def go_to(self, index: int) -> None:
        """Select this row; -1 is the last."""
        self.window.go_to(index)
        self._draw()

    def turn_wheel(self, lines: int) -> None:
        """Show what is so many lines further down; the selection goes along at the edge."""
        self.window.scroll(lines)
        self._draw()

    def on_click(self, event: Click) -> None:
        """A click selects; the second of two on the same row does what Enter does."""
        event.prevent_default()
        window = self.window
        if event.y >= len(window.visible):
            return
        if event.chain > 1 and event.y == window.line_of_selected:
            self.post_message(self.Chosen())
        else:
            self.go_to(window.visible[event.y])
