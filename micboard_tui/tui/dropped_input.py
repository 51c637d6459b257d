"""Says once of each paste that not all of it is taken."""

from collections.abc import Callable
from time import monotonic

PAUSE_S = 5.0
"""What is dropped after a longer pause belongs to another paste."""


class DropReport:
    """To be called for every piece that is dropped: of a large paste there are thousands."""

    def __init__(self, report: Callable[[], None], clock: Callable[[], float] = monotonic) -> None:
        self._report, self._clock = report, clock
        self._dropped_at: float | None = None

    def __call__(self) -> None:
        before, self._dropped_at = self._dropped_at, self._clock()
        if before is None or self._dropped_at - before > PAUSE_S:
            self._report()
