"""The publishers that are heard: their clocks, and since when one is not heard any more.

The clock of the hub counts, since collectors follow it; where there is none, that of the publisher that was
heard first. A collector of which no channel is left, since others have taken its devices, is forgotten when
it is not heard: it is no loss to who looks.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from micboard_tui.bus.clock_offset import ClockOffset
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, HUB, RACK, SILENT_AFTER_S, SignOfLife
from micboard_tui.bus.wire.subjects import publisher_title
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.safe_text import visible

DRIFT_S = 0.5
HELD_S = 1.0
"""By so much clocks of two computers may differ; one that goes back by more was set."""
PAST_AFTER_S = 5.0
"""What was heard last is past after so long, and is shown as live no more."""
MAX_PUBLISHERS = 1000
"""Of more the one that was not heard for the longest is forgotten."""


class Publisher:
    """One program that publishes. Moments are seconds that only grow."""

    def __init__(self) -> None:
        self.sign = SignOfLife("", 0, 0.0, 0)
        self.heard_at = 0.0
        self._clock = ClockOffset()

    def take(self, sign: SignOfLife, heard_at: float) -> None:
        self.sign = sign
        self._clock.take(sign, heard_at)
        sent_at = sign.now - self._clock.offset_s
        # What has waited while this program stood still tells of the time before.
        self.heard_at = heard_at if heard_at - sent_at < PAST_AFTER_S else max(self.heard_at, sent_at)

    @property
    def offset_s(self) -> float:
        """How far its clock is ahead of ours."""
        return self._clock.offset_s

    @property
    def host(self) -> str:
        """The name of its computer, as it can be shown; empty: it is not known."""
        return visible(self.sign.host)


class PublisherWatch:
    def __init__(self, steady: Callable[[], float], wall: Callable[[], float]) -> None:
        """``wall``: our own clock, for as long as no other is known."""
        self._steady, self._wall = steady, wall
        self._began_at = steady()
        self._found: dict[str, Publisher] = {}
        self._named_at: dict[str, float] = {}
        """Those of which there are devices: since when that is known."""
        self._now, self._clock = 0.0, ("", 0, 0)

    @property
    def signs(self) -> tuple[SignOfLife, ...]:
        """The last sign of each; that of the one whose clock counts comes first."""
        first = self._reference
        others = (found.sign for found in self._found.values() if found is not first)
        return () if first is None else (first.sign, *others)

    def take(self, sign: SignOfLife) -> bool:
        """Whether it was not heard a moment ago."""
        known, now = self._found.get(sign.publisher), self._steady()
        was_lost = known is None or self._is_silent(known.heard_at)
        if known is None:
            known = self._found[sign.publisher] = Publisher()
            if len(self._found) > MAX_PUBLISHERS:
                known.heard_at = now
                del self._found[min(self._found, key=lambda name: self._found[name].heard_at)]
        known.take(sign, now)
        return was_lost

    def now(self) -> float:
        """Seconds since the epoch by the clock that counts; back only when that was set."""
        if (publisher := self._reference) is None:
            return self._wall()
        sign = publisher.sign
        now, clock = self._steady() + publisher.offset_s, (sign.publisher, sign.run, sign.epoch)
        if clock != self._clock:
            self._clock = clock
            if now < self._now - HELD_S:
                self._now = now
        self._now = max(self._now, now)
        return self._now

    def when(self, moment: float) -> float:
        """A moment in seconds that only grow, by the clock that counts."""
        return self.now() - (self._steady() - moment)

    def find(self, name: str) -> Publisher | None:
        """The publisher with this name; None: it was never heard, or is forgotten."""
        return self._found.get(name)

    def heard_at(self, name: str) -> float:
        """When a publisher that was heard was heard last, seconds since the epoch."""
        return self.when(self._found[name].heard_at)

    def is_lost(self, name: str) -> bool:
        """Whether a publisher that has devices is not heard; that it is lost is told of it."""
        return name in self._named_at and self._is_silent(self._heard_at(name))

    def find_heard(self) -> AbstractSet[str]:
        """The publishers of which nothing is past: they were heard a moment ago."""
        limit = self._steady() - PAST_AFTER_S
        return {name for name, publisher in self._found.items() if publisher.heard_at >= limit}

    def find_loss(
        self, lost_since: float | None, channels: Mapping[str, int], *, is_refused: bool = False
    ) -> BusLoss | None:
        """What is not heard; ``lost_since``: since when the connection is lost.

        ``channels``: how many each publisher has. ``is_refused``: the server does not let us in any more.
        """
        if lost_since is not None:
            reason = LossReason.REFUSED if is_refused else LossReason.CONNECTION
            return BusLoss(self.when(self._last_heard()), reason)
        heard = [found for found in self._found.values() if not self._is_silent(found.heard_at)]
        if not heard:
            last = self._last_heard()
            return BusLoss(self.when(last), LossReason.SILENCE) if self._is_silent(last) else None
        self._forget(channels)
        lost, lost_hub = self._find_lost_collector(channels), self._find_lost_hub(heard)
        return lost_hub if lost is None else replace(lost, is_hub_lost=lost_hub is not None)

    def _find_lost_collector(self, channels: Mapping[str, int]) -> BusLoss | None:
        silent = [name for name in self._named_at if self.is_lost(name)]
        if not silent:
            return None
        worst = max(silent, key=lambda name: (channels[name], name))
        known = self._found.get(worst)
        return BusLoss(
            self.when(self._heard_at(worst)),
            LossReason.COLLECTOR,
            publisher_title(worst),
            "" if known is None else known.host,
            channels[worst],
            len(silent) - 1,
        )

    def _find_lost_hub(self, heard: list[Publisher]) -> BusLoss | None:
        if any(found.sign.role in {HUB, RACK} for found in heard):
            return None
        known = next(self._with_role(HUB), None)
        heard_at = self._began_at if known is None else known.heard_at
        if not self._is_silent(heard_at):
            return None
        return BusLoss(self.when(heard_at), LossReason.HUB, host="" if known is None else known.host)

    def _forget(self, channels: Mapping[str, int]) -> None:
        now = self._steady()
        self._named_at = {name: self._named_at.get(name, now) for name, count in channels.items() if count}
        for name, found in tuple(self._found.items()):
            is_left = found.sign.role != COLLECTOR or name in self._named_at
            if not is_left and self._is_silent(found.heard_at):
                del self._found[name]

    @property
    def _reference(self) -> Publisher | None:
        """The one whose clock counts."""
        hub = max(self._with_role(HUB), key=lambda found: found.heard_at, default=None)
        return hub or next(iter(self._found.values()), None)

    def _with_role(self, role: str) -> Iterator[Publisher]:
        return (found for found in self._found.values() if found.sign.role == role)

    def _heard_at(self, name: str) -> float:
        """When it was heard last; where it never was, since when it is awaited."""
        found = self._found.get(name)
        return self._named_at[name] if found is None else found.heard_at

    def _last_heard(self) -> float:
        return max((found.heard_at for found in self._found.values()), default=self._began_at)

    def _is_silent(self, heard_at: float) -> bool:
        return self._steady() - heard_at > SILENT_AFTER_S


def is_same_loss(one: BusLoss | None, other: BusLoss | None) -> bool:
    """Whether both are the same, but for what clocks drift."""
    if one is None or other is None:
        return one is other
    return replace(one, since=0.0) == replace(other, since=0.0) and abs(one.since - other.since) < DRIFT_S
