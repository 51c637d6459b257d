"""Where widgets that change often may paint: what the renderer offers them, and nothing else of it."""

from typing import Protocol

from textual.strip import Strip
from textual.widget import Widget


class Canvas(Protocol):
    """The terminal, as far as a widget may know it."""

    @property
    def is_busy(self) -> bool:
        """Whether the terminal has not taken the last frame yet, so that there is no use in another."""
        ...

    def paint(self, widget: Widget, y: int, strip: Strip) -> bool:
        """Want ``strip`` on line ``y`` of the widget at the next ``flush``.

        False when that cannot be, since the widget is covered or its colours are to be filtered: then its
        ``refresh`` does it.
        """
        ...

    def flush(self, *, urgent: bool = False) -> None:
        """Write what differs, when the terminal has time.

        What is ``urgent`` answers a key and does not wait.
        """
        ...


class _NoCanvas:
    is_busy = False

    def paint(self, widget: Widget, y: int, strip: Strip) -> bool:
        del widget, y, strip
        return False

    def flush(self, *, urgent: bool = False) -> None:
        del urgent


NO_CANVAS = _NoCanvas()
"""Paints nothing: every widget refreshes as Textual has it."""
