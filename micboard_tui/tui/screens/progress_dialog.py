"""Waiting for something that takes a while, with a key that ends it."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeAlias, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import PROGRESS_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.screens.open_screen import close_with, is_open
from micboard_tui.tui.widgets.key_hints import KeyHints

Answer = TypeVar("Answer")
SayProgress: TypeAlias = Callable[[str], None]


class ProgressDialog(ModalScreen[Answer | None], Generic[Answer]):
    """Answers what the work answers; None: the user ended it."""

    DEFAULT_CSS = CSS.format(name="ProgressDialog")
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = PROGRESS_HELP

    def __init__(self, title: str, do_work: Callable[[SayProgress], Awaitable[Answer]]) -> None:
        """``do_work`` gets what it calls to say how far it is."""
        super().__init__()
        self._title, self.do_work = title, do_work

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._title, "title")
            yield literal("", widget_id="progress")
            yield KeyHints("Esc ends it")

    def on_mount(self) -> None:
        self._work()

    def _show_progress(self, text: str) -> None:
        if is_open(self):
            self.query_one("#progress", Static).update(visible(text))

    @work
    async def _work(self) -> None:
        # The worker ends with the screen.
        await close_with(self, await self.do_work(self._show_progress))
