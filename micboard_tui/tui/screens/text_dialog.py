"""Asking for one line of text."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import TEXT_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.key_hints import KeyHints


class TextDialog(ModalScreen[str | None]):
    """Answers what was typed, without blanks at its ends; empty is an answer, too."""

    DEFAULT_CSS = CSS.format(name="TextDialog")
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = TEXT_HELP

    def __init__(self, title: str, current: str, most: int, *, label: str = "") -> None:
        """``most``: so many characters can be typed; ``label``: below the title."""
        super().__init__()
        self._title, self._current, self._most, self._label = title, current, most, label

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._title, "title")
            if self._label:
                yield literal(self._label, "label")
            yield BoundedInput(self._current, max_length=self._most, select_on_focus=True)
            yield KeyHints("Enter takes it   Esc back")

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())
