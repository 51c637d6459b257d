"""The line in which one types what one looks for."""

from micboard_tui.tui.key_bindings import FIND_BAR_KEYS, bindings_of
from micboard_tui.tui.widgets.bounded_input import MAX_SEARCH, BoundedInput


class FindBar(BoundedInput):
    """Asks its screen to go back, or on to other matches; what is typed it posts as any Input does."""

    DEFAULT_CSS = """
    FindBar { height: 1; border: none; padding: 0 1; background: $surface; }
    FindBar:focus { border: none; background: $surface; }
    """
    BINDINGS = bindings_of(FIND_BAR_KEYS)

    def __init__(self) -> None:
        super().__init__(
            max_length=MAX_SEARCH,
            placeholder="performer, name, receiver, location, model, MHz",
            select_on_focus=False,
        )
