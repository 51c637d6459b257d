"""Asking for the PIN of the lock: twice where it is set, once where it is given."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.show_lock import MAX_PIN, MIN_PIN, ShowLock, is_possible_pin
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import PIN_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS
from micboard_tui.tui.screens.access_dialogs import HiddenInput
from micboard_tui.tui.screens.dialogs import CSS, error_text, literal
from micboard_tui.tui.screens.open_screen import close_with, is_open
from micboard_tui.tui.widgets.key_hints import KeyHints

UsePin: TypeAlias = Callable[[str], Awaitable[ServiceResult[ShowLock] | ServiceResult[ShowLock | None]]]


class PinTexts(NamedTuple):
    title: str
    explanation: str
    keys: str
    is_new: bool
    """Whether the PIN is typed twice."""


LOCKING = PinTexts(
    "Lock the show",
    "Nothing can be changed until the PIN is given: only watching, acknowledging, markers and notes stay."
    f" The PIN has {MIN_PIN} to {MAX_PIN} digits, and is needed on each board.",
    "Enter goes on   Esc back",
    is_new=True,
)
UNLOCKING = PinTexts(
    "Unlock the show", "With the PIN with which it was locked.", "Enter unlocks   Esc back", is_new=False
)


class PinDialog(ModalScreen[bool]):
    """Answers whether it was done; stays open with the reason for a no."""

    DEFAULT_CSS = CSS.format(name="PinDialog")
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = PIN_HELP

    def __init__(self, texts: PinTexts, use: UsePin) -> None:
        super().__init__()
        self._texts, self._use_it = texts, use
        self._is_asked_again, self._first = False, ""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._texts.title, "title")
            yield literal(self._texts.explanation)
            yield literal("PIN", "label", "label")
            yield HiddenInput(MAX_PIN, restrict="[0-9]*")
            yield literal("", "error", "answer")
            yield KeyHints(self._texts.keys)

    def on_mount(self) -> None:
        self.query_one(HiddenInput).focus()

    @on(HiddenInput.Entered)
    def take(self) -> None:
        field = self.query_one(HiddenInput)
        pin = field.value
        if not is_possible_pin(pin):
            self._show(f"A PIN has {MIN_PIN} to {MAX_PIN} digits.")
        elif self._texts.is_new and not self._is_asked_again:
            self._is_asked_again, self._first, field.value = True, pin, ""
            self._show("", "The same PIN again")
        elif self._texts.is_new and pin != self._first:
            self._begin_again("The two differ. Type a PIN, then the same again.")
        else:
            self._show("One moment…")
            self._use()

    @work(exclusive=True, group="pin")
    async def _use(self) -> None:
        # Read where it is needed: what a worker is called with is part of its description.
        answer = await self._use_it(self.query_one(HiddenInput).value)
        if not is_open(self):
            return
        if answer.success:
            await close_with(self, True)  # noqa: FBT003 - what the dialog answers
        else:
            self._begin_again(error_text(answer.error))

    def _begin_again(self, reason: str) -> None:
        self._is_asked_again, self._first = False, ""
        self.query_one(HiddenInput).value = ""
        self._show(reason)

    def _show(self, answer: str, label: str = "PIN") -> None:
        self.query_one("#answer", Static).update(answer)
        self.query_one("#label", Static).update(label)
