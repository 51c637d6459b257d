"""Asking for a number."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micboard_tui.domain.threshold_set import SPECS, ThresholdName, find_mistake
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.threshold_row import describe_marked
from micboard_tui.tui.help_pages import THRESHOLD_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.key_hints import KeyHints

MAX_TYPED = 8


class ThresholdDialog(ModalScreen[float | None]):
    """Says how many channels would be marked while a number is typed; answers the number."""

    DEFAULT_CSS = CSS.format(name="ThresholdDialog")
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = THRESHOLD_HELP

    def __init__(
        self, number: ThresholdName, value: float, scope: str, count: Callable[[ThresholdName, float], int]
    ) -> None:
        """``scope``: for whom it is set; ``count``: how many channels of it a number would mark now."""
        super().__init__()
        self._number, self._value, self._scope, self._count = number, value, scope, count

    def compose(self) -> ComposeResult:
        spec = SPECS[self._number]
        with Vertical():
            yield literal(f"{spec.title}, in {spec.unit}", "title")
            yield literal(f"For {self._scope}", "label")
            yield BoundedInput(f"{self._value:g}", max_length=MAX_TYPED, select_on_focus=True)
            yield Static("", id="marked", markup=False)
            yield KeyHints("Enter takes it   Esc back")

    @on(Input.Changed)
    def show_typed(self, event: Input.Changed) -> None:
        """How many channels the number would mark, or why it is none."""
        value = parse_number(event.value)
        if value is None:
            text = "Type a number"
        elif (mistake := find_mistake(self._number, value)) is not None:
            text = f"It {mistake}"
        else:
            text = f"{value:g} {describe_marked(self._count(self._number, value))} now"
        self.query_one("#marked", Static).update(text)

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        value = parse_number(event.value)
        if value is not None and find_mistake(self._number, value) is None:
            self.dismiss(value)


def parse_number(text: str) -> float | None:
    """A number as it was typed; None: it is none."""
    try:
        return float(text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return None
