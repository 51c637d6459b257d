"""A field that takes a limited text and says when it cuts one."""

from typing import TypedDict, Unpack

from textual.suggester import Suggester
from textual.widgets import Input

MAX_SEARCH = 100
"""Characters of what is looked for."""
MAX_TARGETS = 2000
"""Characters of the addresses and networks that are to be probed."""
MAX_SECRET_FIELD = 2048
"""More than a secret may have, so that one that was cut is refused and not stored."""


class InputOptions(TypedDict, total=False):
    """As Textual has them."""

    placeholder: str
    password: bool
    restrict: str | None
    select_on_focus: bool
    disabled: bool
    id: str
    suggester: Suggester | None


class BoundedInput(Input):
    def __init__(self, value: str = "", *, max_length: int, **options: Unpack[InputOptions]) -> None:
        """``max_length`` in characters."""
        super().__init__(value, max_length=max_length, **options)
        self._limit = max_length
        self._has_warned = False

    def replace(self, text: str, start: int, end: int) -> None:
        """Put in as much of the text as there is room for."""
        start, end = sorted((max(0, start), min(len(self.value), end)))
        room = max(0, self._limit - len(self.value) + end - start)
        if len(text) <= room:
            self._has_warned = False
        elif not self._has_warned:
            self._has_warned = True
            self.notify(f"Only {self._limit} characters fit here: the rest was cut.", severity="warning")
        super().replace(text[:room], start, end)
