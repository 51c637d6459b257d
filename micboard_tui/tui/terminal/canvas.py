"""Where widgets that change often may paint: what the renderer offers them, and nothing else of it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from rich.segment import Segment
from textual.widget import Widget


class Canvas(Protocol):
    """The terminal, as far as a widget may know it."""

    @property
    def is_busy(self) -> bool:
        """Whether the terminal has not taken the last frame yet, so that there is no use in another."""
        ...

    def paint(self, widget: Widget, lines: Mapping[int, Sequence[Segment]], width: int) -> bool:
        """Want these lines of the widget, each ``width`` cells, at the next ``flush``.

        The sequences must not change afterwards. False when that cannot be, since the widget is covered or
        its colours are to be filtered: then its ``refresh`` does it.
        """
        ...

    def flush(self, *, urgent: bool = False) -> None:
        """Write what differs, when the terminal has time.

        What is ``urgent`` answers a key and does not wait.
        """
        ...


class _NoCanvas:
    is_busy = False

    def paint(self, widget: Widget, lines: Mapping[int, Sequence[Segment]], width: int) -> bool:
        del widget, lines, width
        return False

    def flush(self, *, urgent: bool = False) -> None:
        del urgent


NO_CANVAS = _NoCanvas()
"""Paints nothing: every widget refreshes as Textual has it."""
