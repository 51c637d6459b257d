"""What goes out of service, or comes back: the receiver, or all that stands at a location."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList

from micboard_tui.tui.help_pages import SERVICE_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints


class ServiceDialog(ModalScreen[int | None]):
    """Answers the number of the choice."""

    DEFAULT_CSS = CSS.format(name="ServiceDialog")
    BINDINGS = bindings_of(DISMISS_KEYS)
    HELP_PAGE = SERVICE_HELP

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__()
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal("Out of service: nothing of it is an alarm", "title")
            yield ClickList(*self._choices, markup=False)
            yield KeyHints("Enter does it   Esc back")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
