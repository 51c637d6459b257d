"""The line in which one types what one looks for."""

from textual.widgets import Input

from micboard_tui.tui.key_bindings import FIND_BAR_KEYS, bindings_of


class FindBar(Input):
    """Asks its screen to go back, or on to other matches; what is typed it posts as any Input does."""

    DEFAULT_CSS = """
    FindBar { height: 1; border: none; padding: 0 1; background: $surface; }
    FindBar:focus { border: none; background: $surface; }
    """
    BINDINGS = bindings_of(FIND_BAR_KEYS)

    def __init__(self) -> None:
        super().__init__(placeholder="performer, name, receiver, location, model, MHz", select_on_focus=False)
