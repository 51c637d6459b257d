"""A clock that tells the time of day but never jumps, so that seconds can be counted with it."""

import time
from collections.abc import Callable

JUMP_S = 2.0
"""A smaller difference to the machine's clock is drift and left alone."""


def steady_s() -> float:
    """Seconds that only grow, the machine's sleep included where the system can tell."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


class SteadyClock:
    """Seconds since the epoch, counted from the start by a clock that cannot be set.

    Ages and durations are right even when the machine's clock is set; ``correction_s``
    tells how far the two are apart, for callers that follow the machine's clock.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = steady_s,
        jump_s: float = JUMP_S,
    ) -> None:
        """``wall``: the clock that is followed; ``jump_s``: what it may differ without being followed."""
        self._wall, self._steady, self._jump_s = wall, steady, jump_s
        self._anchor = wall() - steady()
        self.followed_s = 0.0
        """By how much the machine's clock was set since the start, as far as it was followed."""

    def __call__(self) -> float:
        return self._anchor + self._steady()

    def correction_s(self) -> float:
        """How far the machine's clock has jumped since; 0 when it only drifted."""
        difference = self._wall() - self()
        return difference if abs(difference) > self._jump_s else 0.0

    def follow(self, correction_s: float) -> None:
        """Tell the machine's time from now on; stamps given before must be moved by the same."""
        self._anchor += correction_s
        self.followed_s += correction_s


class ClockJumps:
    """Notices that a clock was set, for those whose times move along."""

    def __init__(self, now: Callable[[], float], steady: Callable[[], float]) -> None:
        self._now, self._steady = now, steady
        self._offset_s = now() - steady()

    def take(self) -> float:
        """By how much it was set since the last call; 0: it only drifted."""
        offset_s = self._now() - self._steady()
        jump_s = offset_s - self._offset_s
        if abs(jump_s) <= JUMP_S:
            return 0.0
        self._offset_s = offset_s
        return jump_s
