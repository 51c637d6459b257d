"""The line in which one types what one looks for."""

from textual.binding import Binding
from textual.widgets import Input


class FindBar(Input):
    """Asks its screen to go back, or on to other matches; what is typed it posts as any Input does."""

    DEFAULT_CSS = """
    FindBar { height: 1; border: none; padding: 0 1; background: $surface; }
    FindBar:focus { border: none; background: $surface; }
    """
    BINDINGS = [
        Binding("escape", "screen.leave_find", "Back to where you were", show=False),
        Binding("down", "screen.next_match(1)", "Next match", show=False),
        Binding("up", "screen.next_match(-1)", "Previous match", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(placeholder="performer, name, receiver, place, model, MHz", select_on_focus=False)
