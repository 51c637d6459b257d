"""Asking for the mic number of one channel, or for the first one of several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micboard_tui.domain.mic_number import MAX_CELLS, MAX_CHARACTERS
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.help_pages import MIC_NUMBER_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.key_hints import KeyHints

MAX_SHOWN = 8
NAME_WIDTH = 48


@dataclass(frozen=True, slots=True)
class MicNumberQuestion:
    """What is asked."""

    title: str
    names: Sequence[str]
    """The channels in the order in which they are numbered."""
    current: str
    """The mic number of the first one now; empty: none."""
    count_up: Callable[[str], Sequence[str] | None]
    """The numbers of all channels from what was typed; None where they cannot be counted."""
    describe_others: Callable[[Sequence[str]], str]
    """Which other channels have these numbers, too; empty: none."""


class MicNumberDialog(ModalScreen[str | None]):
    """Shows the number of each channel while the first is typed; answers what was typed."""

    DEFAULT_CSS = CSS.format(name="MicNumberDialog") + "MicNumberDialog #others { color: $warning; }"
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = MIC_NUMBER_HELP

    def __init__(self, question: MicNumberQuestion) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        question = self._question
        with Vertical():
            yield literal(question.title, "title")
            yield BoundedInput(
                question.current,
                max_length=MAX_CHARACTERS,
                placeholder="a number, or a text that ends in one",
                select_on_focus=True,
            )
            yield Static("", id="numbers", markup=False)
            yield Static("", id="others", markup=False)
            removes = "   empty removes it" if question.current else ""
            yield KeyHints(f"Enter takes it{removes}   Esc back")

    def on_mount(self) -> None:
        self._show_numbers(self._question.current)

    @on(Input.Changed)
    def show_typed(self, event: Input.Changed) -> None:
        self._show_numbers(event.value)

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        if not typed or self._question.count_up(typed) is not None:
            self.dismiss(typed)

    def _show_numbers(self, typed: str) -> None:
        numbers = self._question.count_up(typed.strip()) if typed.strip() else ()
        names = self._question.names
        if numbers is None:
            shown = [f"{MAX_CELLS} cells at most" + (", with a number at the end" if len(names) > 1 else "")]
        elif len(names) == 1:
            shown = []
        else:
            shown = [
                f"{fit(number, MAX_CELLS)} {fit(visible(name), NAME_WIDTH).rstrip()}"
                for number, name in zip(numbers or [""] * len(names), names, strict=True)
            ]
        if len(shown) > MAX_SHOWN:
            shown = [*shown[: MAX_SHOWN - 2], "...", shown[-1]]
        self.query_one("#numbers", Static).update("\n".join(shown))
        others = self._question.describe_others(numbers) if numbers else ""
        self.query_one("#others", Static).update(visible(others))
