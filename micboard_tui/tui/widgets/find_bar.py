"""The line in which one types what one looks for; what fits it is selected while one types."""

from collections.abc import Callable, Iterable

from textual import on
from textual.widgets import Input

from micboard_tui.tui.arrange.find import LineSearch, Searchable
from micboard_tui.tui.key_bindings import FIND_BAR_KEYS, bindings_of
from micboard_tui.tui.widgets.bounded_input import MAX_SEARCH, BoundedInput
from micboard_tui.tui.widgets.channel_board import Board


class FindBar(BoundedInput):
    """Open from ``open`` to ``close``; what is typed and submitted it posts as any Input does."""

    DEFAULT_CSS = """
    FindBar { height: 1; border: none; padding: 0 1; background: $surface; }
    FindBar:focus { border: none; background: $surface; }
    """
    BINDINGS = bindings_of(FIND_BAR_KEYS)

    def __init__(self, board: Board, lines: Callable[[], Iterable[Searchable]]) -> None:
        """``lines`` are those that can be found on the board."""
        super().__init__(
            max_length=MAX_SEARCH,
            placeholder="mic number, performer, name, receiver, location, model, MHz",
            select_on_focus=False,
        )
        self._board, self._searchable = board, lines
        self._search = LineSearch()
        self.is_open = False

    @property
    def count(self) -> int:
        """How many lines fit what was typed."""
        return self._search.count

    def open(self) -> None:
        self._search = LineSearch(self._board.selected)
        self.is_open = True
        self.focus()

    def close(self) -> None:
        """Stay at what was found; the board has the keys again."""
        self.is_open = False
        self.clear()
        self._board.focus()

    def go_back(self) -> None:
        """Select what was selected before."""
        if self._search.start is not None:
            self._board.select(self._search.start)

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        if self.is_open:
            found = self._search.search(event.value, self._searchable())
            if found is not None:
                self._board.select(found)

    def action_next_match(self, by: int) -> None:
        match = self._search.step(self._board.selected, by)
        if match is not None:
            self._board.select(match)
