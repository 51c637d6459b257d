"""Choosing one of some lines."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList

from micboard_tui.tui.help_pages import LIST_HELP
from micboard_tui.tui.key_bindings import SWAP_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints


class ListDialog(ModalScreen[int | None]):
    """Answers the place of the line that was taken."""

    DEFAULT_CSS = CSS.format(name="ListDialog")
    BINDINGS = bindings_of(SWAP_KEYS)
    HELP_PAGE = LIST_HELP

    def __init__(self, title: str, lines: Sequence[str], first: int = 0) -> None:
        """``first``: the line to begin with."""
        super().__init__()
        self._title, self._lines, self._first = title, lines, first

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._title, "title")
            yield ClickList(*self._lines, markup=False)
            yield KeyHints("Enter takes it   Esc back")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._first

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
