"""Where widgets that change often may paint: what the renderer offers them, and nothing else of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from rich.segment import Segment
from textual.widget import Widget


class Part(NamedTuple):
    """Some cells beside each other in one line of a widget's content. The segments must not change."""

    x: int
    y: int
    segments: Sequence[Segment]
    width: int
    """Cells of all segments together."""


class Canvas(Protocol):
    """The terminal, as far as a widget may know it."""

    @property
    def is_busy(self) -> bool:
        """Whether the terminal has not taken the last frame yet, so that there is no use in another."""
        ...

    def paint(self, widget: Widget, parts: Iterable[Part], width: int, top: int = 0) -> bool:
        """Want these parts at the next ``flush``, of the widget's content from line ``top`` on.

        They were drawn for ``width`` cells. False when that cannot be, since the widget is covered or its
        colours are to be filtered: then its ``refresh`` does it.
        """
        ...

    def flush(self, *, urgent: bool = False) -> None:
        """Write what differs, when the terminal has time.

        What is ``urgent`` answers a key and does not wait.
        """
        ...


class _NoCanvas:
    is_busy = False

    def paint(self, widget: Widget, parts: Iterable[Part], width: int, top: int = 0) -> bool:
        del widget, parts, width, top
        return False

    def flush(self, *, urgent: bool = False) -> None:
        del urgent


NO_CANVAS = _NoCanvas()
"""Paints nothing: every widget refreshes as Textual has it."""
