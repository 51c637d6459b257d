"""When which devices are sent in the sweeps. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from micboard_tui.domain.identity import DeviceId

DEVICES_A_MESSAGE = 16
QUICK_S = 1.0
"""For a board that has just come all devices are sent within so long."""
QUICK_PAUSE_S = 5.0
"""Not more often, however many boards come."""


class Sweep:
    """One sweep: ``take_due`` gives the devices of the messages that are due."""

    def __init__(self, tier_s: int) -> None:
        self._tier_s = tier_s
        self._next = 0
        """The first device of the next message."""
        self._due_at: float | None = None
        self._quick_until = self._quick_at = float("-inf")

    def hurry(self, now: float) -> None:
        """Send all devices once at once."""
        if now - self._quick_at >= QUICK_PAUSE_S:
            self._quick_at, self._quick_until = now, now + QUICK_S
            self._next, self._due_at = 0, now

    def take_due(self, devices: Sequence[DeviceId], now: float) -> Iterator[Sequence[DeviceId]]:
        """``now``: seconds that only grow. At most all devices once."""
        if not devices:
            return
        messages = -(-len(devices) // DEVICES_A_MESSAGE)
        if self._due_at is None or now - self._due_at > self._tier_s:
            self._due_at = now
        for _ in range(messages):
            if self._due_at > now:
                return
            span_s = QUICK_S / 2 if now < self._quick_until else self._tier_s
            self._due_at += span_s / messages
            if self._next >= len(devices):
                self._next = 0
            yield devices[self._next : self._next + DEVICES_A_MESSAGE]
            self._next += DEVICES_A_MESSAGE
            if self._next >= len(devices):
                self._quick_until = min(self._quick_until, now)


def keep_sweeps(sweeps: dict[int, Sweep], tiers: Mapping[int, int]) -> None:
    """Have a sweep for each tier that is read, and none else."""
    for tier_s in sweeps.keys() - tiers.keys():
        del sweeps[tier_s]
    for tier_s in tiers:
        if tier_s not in sweeps:
            sweeps[tier_s] = Sweep(tier_s)
