"""A state that stood when the program ended, and that may have lasted until it runs again.

``LiveState.recall`` makes one from what is stored. Each time the channel or device takes another state it
asks ``resume``: if the state is the old one and the pause was short, it has lasted all the time, as far as
anything is known. After a longer pause it counts from now on, so that it has lasted at least as long as is
shown. A device needs a moment to say all, so states within ``SETTLE_S`` of the first one are compared; later
ones are changes.
"""

from dataclasses import dataclass

from micboard_tui.domain.thresholds import LONGEST_PAUSE_S, SETTLE_S


@dataclass(slots=True)
class PastState:
    """``value``: a link state or a device's status. Stamps are seconds since the epoch."""

    value: object
    since: float
    seen_at: float
    """When anything was stored last: until then it had lasted."""
    compared_until: float | None = None

    def resume(self, value: object, now: float) -> float | None:
        """Since when ``value`` lasts that is there at ``now``; None when this is another state."""
        if self.compared_until is None:
            self.compared_until = now + SETTLE_S
        is_close = self.since <= self.seen_at <= now <= self.seen_at + LONGEST_PAUSE_S + SETTLE_S
        if value is self.value and is_close and now <= self.compared_until:
            return self.since
        return None

    def shift_clock(self, correction_s: float) -> None:
        self.since += correction_s
        self.seen_at += correction_s
        if self.compared_until is not None:
            self.compared_until += correction_s
