"""How often the board is drawn: as often as wanted, less on a slow line, and back again. Pure.

Two things make it less often, and the user can do something about each, so they are told apart: a terminal
that does not take what is written, and a machine on which the ticks themselves come late.
"""

from enum import Enum

SLOWEST_FPS = 2.0
DOWN, UP = 0.7, 1.25
CALM_S = 2.0
"""So long every frame must go through at once before more are tried."""
LATE_TICKS, NEWEST_GAP_SHARE = 2.0, 0.2
"""On a busy machine the average gap between two ticks is above so many; the newest counts so much."""
LONGEST_GAP_TICKS = 5.0
"""One pause, as long as it may be, is no busy machine."""
FIRST_LOOK_S, FIRST_LOOKS = 0.02, 6
"""Until it is known which devices there are; and then so many more, for their meters."""


class SlowReason(Enum):
    """Why less than half of the frames are drawn that are wanted; the text is for the user."""

    NOTHING = ""
    LINE = "slow line"
    MACHINE = "busy machine"


class FrameRate:
    """Asked at every tick of a clock that ticks ``fps`` times a second."""

    def __init__(self, fps: float) -> None:
        self._wanted = fps
        self.fps = float(fps)
        """How many frames a second are drawn now."""
        self._next = 0.0
        self._calm_since: float | None = None
        self._last_tick: float | None = None
        self._usual_gap = 1 / fps

    @property
    def slow_reason(self) -> SlowReason:
        """Why less than half of what is wanted is drawn now, if it is so."""
        if self._usual_gap * self._wanted > LATE_TICKS:
            return SlowReason.MACHINE
        return SlowReason.LINE if self.fps < self._wanted / 2 else SlowReason.NOTHING

    def is_due(self, now: float, *, is_busy: bool) -> bool:
        """Whether to draw at ``now`` (seconds of any clock).

        Never when the terminal is busy, and after that less often for a while.
        """
        if self._last_tick is not None:
            gap = min(now - self._last_tick, LONGEST_GAP_TICKS / self._wanted)
            self._usual_gap += NEWEST_GAP_SHARE * (gap - self._usual_gap)
        self._last_tick = now
        if now < self._next - 0.5 / self._wanted:
            return False
        if is_busy:
            self.fps = max(min(SLOWEST_FPS, self._wanted), self.fps * DOWN)
            self._calm_since = None
            self._next = now + 1 / self.fps
            return False
        if self._calm_since is None:
            self._calm_since = now
        elif now - self._calm_since >= CALM_S:
            self.fps = min(float(self._wanted), self.fps * UP)
            self._calm_since = now
        self._next = now + 1 / self.fps
        return True


class FirstLooks:
    """Until when first values are looked for between frames, so that none is shown a frame late."""

    def __init__(self) -> None:
        self._left = FIRST_LOOKS

    def are_over(self, *, is_known: bool) -> bool:
        """Whether this look was the last. ``is_known``: which devices there are."""
        self._left -= is_known
        return self._left <= 0
