"""How often the board is drawn: as often as wanted, less on a slow line, and back again. Pure."""

SLOWEST_FPS = 2.0
DOWN, UP = 0.7, 1.25
CALM_S = 2.0
"""So long every frame must go through at once before more are tried."""


class FrameRate:
    """Asked at every tick of a clock that ticks ``fps`` times a second."""

    def __init__(self, fps: float) -> None:
        self._wanted = fps
        self.fps = float(fps)
        """How many frames a second are drawn now."""
        self._next = 0.0
        self._calm_since: float | None = None

    @property
    def is_slowed(self) -> bool:
        """Whether the line takes less than half of what is wanted."""
        return self.fps < self._wanted / 2

    def is_due(self, now: float, *, is_busy: bool) -> bool:
        """Whether to draw at ``now`` (seconds of any clock).

        Never when the terminal is busy, and after that less often for a while.
        """
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
