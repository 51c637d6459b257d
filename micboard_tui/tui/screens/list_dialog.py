"""Choosing one of some lines."""

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList

from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import LIST_HELP, HelpPage
from micboard_tui.tui.key_bindings import SWAP_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints


class ListDialog(ModalScreen[int | None]):
    """Answers the place of the line that was taken."""

    DEFAULT_CSS = CSS.format(name="ListDialog")
    BINDINGS = dialog_bindings_of(SWAP_KEYS)

    def __init__(
        self,
        title: str,
        lines: Sequence[str | Text],
        first: int = 0,
        *,
        label: str = "",
        taking: str = "Enter takes it",
        help_page: HelpPage = LIST_HELP,
    ) -> None:
        """``first``: the line to begin with; ``label``: below the title; ``taking``: what Enter does."""
        super().__init__()
        self.lines = lines
        self.HELP_PAGE = help_page
        self._title, self._first, self._label, self._taking = title, first, label, taking

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._title, "title")
            if self._label:
                yield literal(self._label, "label")
            yield ClickList(*self.lines, markup=False)
            yield KeyHints(f"{self._taking}   Esc back")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._first

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
