"""The publishers that are heard: their clocks, and since when one is not heard any more.

The clock of a publisher is known from its signs of life. Each comes late by the way of it, so the one that
came soonest of the last ``MAX_SIGNS`` is right; when the clock was set (another epoch) only newer ones count.
"""

from collections import deque
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from micboard_tui.bus.wire.sign_of_life import SILENT_AFTER_S, SignOfLife
from micboard_tui.domain.bus_loss import BusLoss, LossReason

MAX_SIGNS = 30
DRIFT_S = 0.5
PAST_AFTER_S = 5.0
"""What was heard last is past after so long, and is shown as live no more."""


class Publisher:
    """One program that publishes. Moments are seconds that only grow."""

    def __init__(self, sign: SignOfLife, heard_at: float) -> None:
        self.sign, self.heard_at = sign, heard_at
        self._offsets: deque[float] = deque(maxlen=MAX_SIGNS)
        self.take(sign, heard_at)

    def take(self, sign: SignOfLife, heard_at: float) -> None:
        if (sign.epoch, sign.run) != (self.sign.epoch, self.sign.run):
            self._offsets.clear()
        self.sign, self.heard_at = sign, heard_at
        self._offsets.append(sign.now - heard_at)

    @property
    def offset_s(self) -> float:
        """How far its clock is ahead of ours."""
        return max(self._offsets)


class PublisherWatch:
    def __init__(self, steady: Callable[[], float], wall: Callable[[], float]) -> None:
        """``wall``: our own clock, for as long as no other is known."""
        self._steady, self._wall = steady, wall
        self._began_at = steady()
        self._found: dict[str, Publisher] = {}
        self._now, self._epoch = 0.0, (0, 0)

    @property
    def first(self) -> Publisher | None:
        """The one whose clock counts: that was heard first; None: none was."""
        return next(iter(self._found.values()), None)

    @property
    def signs(self) -> tuple[SignOfLife, ...]:
        """The last sign of each."""
        return tuple(publisher.sign for publisher in self._found.values())

    def take(self, sign: SignOfLife) -> bool:
        """Whether it was not heard a moment ago."""
        known, now = self._found.get(sign.publisher), self._steady()
        if known is None:
            self._found[sign.publisher] = Publisher(sign, now)
            return True
        was_lost = now - known.heard_at > SILENT_AFTER_S
        known.take(sign, now)
        return was_lost

    def now(self) -> float:
        """Seconds since the epoch by the clock of the first publisher; back only when that was set."""
        if (publisher := self.first) is None:
            return self._wall()
        now, epoch = self._steady() + publisher.offset_s, (publisher.sign.run, publisher.sign.epoch)
        if epoch != self._epoch:
            self._epoch, self._now = epoch, now
        self._now = max(self._now, now)
        return self._now

    def find_heard(self) -> AbstractSet[str]:
        """The publishers of which nothing is past: they were heard a moment ago."""
        limit = self._steady() - PAST_AFTER_S
        return {name for name, publisher in self._found.items() if publisher.heard_at >= limit}

    def find_loss(self, lost_since: float | None, *, is_refused: bool = False) -> BusLoss | None:
        """What is not heard; ``lost_since``: since when the connection is lost.

        ``is_refused``: since the server does not let us in any more.
        """
        silent = [found for found in self._found.values() if self._is_silent(found.heard_at)]
        if lost_since is not None:
            reason = LossReason.REFUSED if is_refused else LossReason.CONNECTION
            return BusLoss(self._when(self._last_heard()), reason)
        if not self._found:
            is_silent = self._is_silent(self._began_at)
            return BusLoss(self._when(self._began_at), LossReason.SILENCE) if is_silent else None
        if not silent:
            return None
        longest = min(silent, key=lambda found: found.heard_at)
        name = longest.sign.publisher if len(self._found) > len(silent) else ""
        return BusLoss(self._when(longest.heard_at), LossReason.SILENCE, name)

    def _last_heard(self) -> float:
        return max((found.heard_at for found in self._found.values()), default=self._began_at)

    def _is_silent(self, heard_at: float) -> bool:
        return self._steady() - heard_at > SILENT_AFTER_S

    def _when(self, moment: float) -> float:
        """A moment by the clock of the first publisher."""
        return self.now() - (self._steady() - moment)


def is_same_loss(one: BusLoss | None, other: BusLoss | None) -> bool:
    """Whether both are the same, but for what clocks drift."""
    if one is None or other is None:
        return one is other
    is_same_cause = (one.reason, one.publisher) == (other.reason, other.publisher)
    return is_same_cause and abs(one.since - other.since) < DRIFT_S
