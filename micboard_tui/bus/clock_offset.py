"""How far the clock of a publisher is ahead of ours, by its signs of life. Pure.

Each sign comes late by the way of it, so the one that came soonest of the last ``MAX_SIGNS`` is right. When
the clock was set, or another process has the name of the publisher, only newer ones count.
"""

from collections import deque

from micboard_tui.bus.wire.sign_of_life import SignOfLife

MAX_SIGNS = 30


class ClockOffset:
    def __init__(self) -> None:
        self._offsets: deque[float] = deque(maxlen=MAX_SIGNS)
        self._clock: tuple[int, int] | None = None
        """The process, and how often its clock was set."""
        self._first_heard_at = self._last_heard_at = 0.0

    @property
    def count(self) -> int:
        """From how many signs it was calculated."""
        return len(self._offsets)

    @property
    def heard_for_s(self) -> float:
        """From the first of them to the last."""
        return self._last_heard_at - self._first_heard_at

    @property
    def offset_s(self) -> float:
        """What is to be added to ours; there was a sign."""
        return max(self._offsets)

    def take(self, sign: SignOfLife, heard_at: float) -> None:
        """``heard_at``: by our clock, in seconds that only grow."""
        if (clock := (sign.run, sign.epoch)) != self._clock:
            self._clock = clock
            self._offsets.clear()
            self._first_heard_at = heard_at
        self._last_heard_at = heard_at
        self._offsets.append(sign.now - heard_at)
