"""Which rows of a long list are on the screen and which is selected, by keys. Pure."""

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class RowWindow(Generic[Key]):
    """The selected row stays on its line of the screen when rows come or go above it."""

    def __init__(self) -> None:
        self._keys: Sequence[Key] = ()
        self._top = 0
        self.height = 0
        """Lines of the window."""
        self.selected: Key | None = None

    def take(self, keys: Sequence[Key], height: int) -> None:
        """These are the rows now, and ``height`` of them fit."""
        line = self.line_of_selected
        selected = keep_selection(self._keys, self.selected, keys)
        self._keys, self.height, self.selected = keys, height, selected
        if selected is not None and line is not None:
            self._top = keys.index(selected) - line
        self._show_selected()

    @property
    def visible(self) -> range:
        """The rows on the screen."""
        return range(self._top, min(len(self._keys), self._top + self.height))

    @property
    def line_of_selected(self) -> int | None:
        """The line of the window on which the selected row stands; None: it is not on the screen."""
        if self.selected not in self._keys:
            return None
        line = self._keys.index(self.selected) - self._top
        return line if 0 <= line < self.height else None

    def step(self, by: int) -> None:
        """Select the row so many lines further down; at the ends the last one there."""
        if self.selected in self._keys:
            self.go_to(min(len(self._keys) - 1, max(0, self._keys.index(self.selected) + by)))

    def go_to(self, index: int) -> None:
        """Select this row and bring it on the screen; -1 is the last."""
        if self._keys:
            self.selected = self._keys[index]
            self._show_selected()

    def scroll(self, by: int) -> None:
        """Show what is so many lines further down; the selection goes along at the edge of the window."""
        self._top = self._limit(self._top + by)
        if self.selected in self._keys and self.height:
            index = self._keys.index(self.selected)
            self.selected = self._keys[min(max(index, self._top), self.visible[-1])]

    def _show_selected(self) -> None:
        """Scroll as little as possible."""
        if self.selected in self._keys:
            index = self._keys.index(self.selected)
            self._top = max(index - self.height + 1, min(index, self._top))
        self._top = self._limit(self._top)

    def _limit(self, top: int) -> int:
        return max(0, min(top, len(self._keys) - self.height))


def keep_selection(before: Sequence[Key], selected: Key | None, now: Sequence[Key]) -> Key | None:
    """What is selected in other lines: the same, or what came after it, or before it."""
    if not now:
        return None
    if selected in now:
        return selected
    if selected not in before:
        return now[0]
    there, index = set(now), before.index(selected)
    near = (*before[index + 1 :], *reversed(before[:index]))
    return next((key for key in near if key in there), now[0])
