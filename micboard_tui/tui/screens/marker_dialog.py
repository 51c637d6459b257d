"""Asking what a marker says."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micboard_tui.domain.event import MAX_EVENT_TEXT
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import MARKER_HELP
from micboard_tui.tui.key_bindings import MARKER_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.key_hints import KeyHints

DEFAULT_TEXT = "marker"


@dataclass(frozen=True, slots=True)
class MarkerText:
    """What was answered."""

    text: str
    channels: Sequence[ChannelRef]
    """Empty: it is about the show."""


class MarkerDialog(ModalScreen[MarkerText | None]):
    """The moment is that of the key that opened it, however long one types."""

    DEFAULT_CSS = CSS.format(name="MarkerDialog")
    BINDINGS = dialog_bindings_of(MARKER_KEYS)
    HELP_PAGE = MARKER_HELP

    def __init__(self, time: str, names: str, channels: Sequence[ChannelRef]) -> None:
        super().__init__()
        self._time, self._names, self._channels = time, names, channels
        self._is_of_show = not channels

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal("", "title", "title")
            yield BoundedInput(max_length=MAX_EVENT_TEXT, placeholder=DEFAULT_TEXT)
            turn = "Tab channel or show   " if self._channels else ""
            yield KeyHints(f"Enter takes it   {turn}Esc back")

    def on_mount(self) -> None:
        self._show_title()

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        channels = () if self._is_of_show else self._channels
        self.dismiss(MarkerText(event.value.strip() or DEFAULT_TEXT, channels))

    def action_turn(self) -> None:
        """The channel, or the show."""
        if self._channels:
            self._is_of_show = not self._is_of_show
            self._show_title()

    def _show_title(self) -> None:
        about = "the show" if self._is_of_show else self._names
        self.query_one("#title", Static).update(visible(f"Marker at {self._time}: {about}"))
