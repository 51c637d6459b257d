"""Asks before the board is left while anything is live."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import LEAVE_HELP
from micboard_tui.tui.key_bindings import LEAVE_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.key_hints import KeyHints


class LeaveDialog(ModalScreen[bool]):
    """Answers whether to leave."""

    DEFAULT_CSS = CSS.format(name="LeaveDialog")
    BINDINGS = dialog_bindings_of(LEAVE_KEYS)
    HELP_PAGE = LEAVE_HELP

    def __init__(self, what: str) -> None:
        """``what`` goes on, as a sentence begins."""
        super().__init__()
        self._what = what

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(f"{self._what}. Without this board it is not watched, and no alarm is raised.")
            yield KeyHints("q leaves   Esc stays")
