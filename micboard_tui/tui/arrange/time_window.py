"""Which time the timeline shows, and the moment that its cursor stands at. Pure."""

from dataclasses import dataclass, replace

SPANS_S = (20.0, 60.0, 300.0, 900.0, 3600.0, 3 * 3600.0, 6 * 3600.0, 24 * 3600.0)
"""So long is what is shown, from near to far."""
USUAL_SPAN_S = 60.0
BEFORE = 2 / 3
"""So much of what is shown lies before the moment that is gone to: causes come first."""
SCROLLED = 0.5
"""When the cursor leaves what is shown, or a page is turned, so much of it moves."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Times in seconds since the epoch."""

    start: float
    span_s: float
    cursor_at: float

    @property
    def end(self) -> float:
        return self.start + self.span_s

    def zoom(self, by: int) -> "TimeWindow":
        """So many steps nearer (or farther, if negative); the cursor stays where it is on the screen."""
        index = SPANS_S.index(self.span_s) - by
        span_s = SPANS_S[min(max(index, 0), len(SPANS_S) - 1)]
        share = (self.cursor_at - self.start) / self.span_s
        return replace(self, start=self.cursor_at - share * span_s, span_s=span_s)

    def move(self, cells: int, width: int) -> "TimeWindow":
        """The cursor so many cells of ``width`` further; what is shown moves along at its edges."""
        cell_s = self.span_s / max(1, width)
        # In the middle of its cell, so that steps there and back end at the same one.
        cell = self.cell_of(self.cursor_at, width)
        at = self.start + ((0 if cell is None else cell) + 0.5 + cells) * cell_s
        window = replace(self, cursor_at=at)
        if at >= self.end:
            return replace(window, start=self.start + max(SCROLLED * self.span_s, at - self.end + cell_s))
        if at < self.start:
            return replace(window, start=self.start - max(SCROLLED * self.span_s, self.start - at))
        return window

    def turn(self, pages: int) -> "TimeWindow":
        """Half of what is shown further; the cursor stays where it is on the screen."""
        by = pages * SCROLLED * self.span_s
        return replace(self, start=self.start + by, cursor_at=self.cursor_at + by)

    def with_cursor(self, at: float) -> "TimeWindow":
        """The cursor at this moment, which comes on the screen where it is not."""
        if self.start <= at < self.end:
            return replace(self, cursor_at=at)
        return replace(self, cursor_at=at, start=at - BEFORE * self.span_s)

    def cell_of(self, at: float, width: int) -> int | None:
        """The cell of ``width`` in which a moment lies; None: it is not shown."""
        if not self.start <= at < self.end:
            return None
        return min(width - 1, int((at - self.start) / self.span_s * width))


def window_around(at: float, span_s: float = USUAL_SPAN_S) -> TimeWindow:
    """What is shown of a moment at first."""
    return TimeWindow(at - BEFORE * span_s, span_s, at)
