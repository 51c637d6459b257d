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


class Look:
    """How some cells look: drawn once, shown often, and compared by identity. It must not change."""

    __slots__ = ("segments",)

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = segments


NO_LOOK = Look(())


class MovingPart:
    """Some cells beside each other in one line of a widget's content that look different all the time."""

    __slots__ = ("look", "width", "x", "y")

    def __init__(self, x: int, y: int, width: int) -> None:
        self.x, self.y, self.width = x, y, width
        self.look = NO_LOOK
        """How they look now, in ``width`` cells."""

    @property
    def part(self) -> Part:
        """The same as it is now."""
        return Part(self.x, self.y, self.look.segments, self.width)


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

    def move(self, widget: Widget, parts: Sequence[MovingPart], width: int, top: int = 0) -> bool:
        """The same for these parts as they look now: the quick way for what changes in every frame."""
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

    def move(self, widget: Widget, parts: Sequence[MovingPart], width: int, top: int = 0) -> bool:
        del widget, parts, width, top
        return False

    def flush(self, *, urgent: bool = False) -> None:
        del urgent


NO_CANVAS = _NoCanvas()
"""Paints nothing: every widget refreshes as Textual has it."""
