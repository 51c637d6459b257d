"""What became of the devices that were added together: one line or more for each, those that failed first."""

from collections.abc import Sequence
from time import monotonic

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.found_device_row import title
from micboard_tui.tui.found_device_adder import Addition
from micboard_tui.tui.help_pages import ADD_RESULTS_HELP
from micboard_tui.tui.screens.dialogs import CSS, error_text, literal
from micboard_tui.tui.search_keys import ADD_RESULTS_KEYS
from micboard_tui.tui.widgets.key_hints import KeyHints

UNREAD_S = 0.5
"""So long it cannot be closed: it opens by itself, and the key was for what stood there before."""


class AddResults(ModalScreen[None]):
    DEFAULT_CSS = (
        CSS.format(name="AddResults")
        + "AddResults VerticalScroll { height: auto; max-height: 16; scrollbar-size-vertical: 1; }"
    )
    BINDINGS = dialog_bindings_of(ADD_RESULTS_KEYS)
    HELP_PAGE = ADD_RESULTS_HELP

    def __init__(self, additions: Sequence[Addition], unread_s: float = UNREAD_S) -> None:
        super().__init__()
        self._additions, self._unread_s = additions, unread_s
        self._opened_at = monotonic()

    def compose(self) -> ComposeResult:
        added = [addition for addition in self._additions if addition.error is None]
        with Vertical():
            yield literal(f"{len(added)} of {len(self._additions)} devices were added.", "title")
            with VerticalScroll():
                for addition in self._additions:
                    if addition.error is not None:
                        yield literal(
                            f"{title(addition.found)} was not added: {error_text(addition.error)}", "error"
                        )
                for addition in added:
                    need = f" It needs {addition.need}: Enter on it asks." if addition.need else ""
                    yield literal(f"{title(addition.found)} is added.{need}")
            yield KeyHints("Esc back")

    def on_mount(self) -> None:
        self._opened_at = monotonic()

    def action_back(self) -> None:
        if monotonic() - self._opened_at >= self._unread_s:
            self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
