"""Around the one list of a screen: keys and the wheel move in it, also from beside it."""

from typing import Protocol

from textual import on
from textual.containers import Vertical
from textual.events import MouseEvent, MouseScrollDown, MouseScrollUp

from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.list_keys import list_keys

WHEEL_LINES = 2
"""One turn of the wheel, as Textual has it over a list."""


class MovableList(Protocol):
    """A list widget that has the keys of ``list_keys`` and the wheel."""

    def step(self, by: int) -> None:
        """Go so many rows further down."""
        ...

    def page(self, direction: int) -> None:
        """Go a page down, or up with -1."""
        ...

    def go_to(self, index: int) -> None:
        """Go to this row; -1 is the last."""
        ...

    def turn_wheel(self, lines: int) -> None:
        """Show what is so many lines further down."""
        ...


class ListArea(Vertical):
    """Holds all of the screen, so that keys which a field does not take reach the list, too."""

    BINDINGS = bindings_of(list_keys())

    def __init__(self, rows: MovableList) -> None:
        super().__init__()
        self._rows = rows

    def action_step(self, by: int) -> None:
        self._rows.step(by)

    def action_page(self, direction: int) -> None:
        self._rows.page(direction)

    def action_edge(self, index: int) -> None:
        self._rows.go_to(index)

    @on(MouseScrollDown)
    @on(MouseScrollUp)
    def turn_wheel(self, event: MouseEvent) -> None:
        """A list that scrolls by itself takes the wheel first."""
        self._rows.turn_wheel(WHEEL_LINES if isinstance(event, MouseScrollDown) else -WHEEL_LINES)
        event.stop()
