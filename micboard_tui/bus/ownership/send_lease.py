"""How long a collector may send to the devices that it holds: time and state only, nothing is awaited."""

import math
from collections.abc import Callable

LIFETIME_S = 3.0
"""A sign that was not renewed for so long ends; after it others may take the devices."""
HOLD_S = 2.4
"""So long after the last renewal was sent the collector itself gives up, which is before any other knows."""
RENEW_EVERY_S = 0.5
"""So that a server that is back after a good second finds the lease still valid."""
OVERDUE_S = 1.5
"""A renewal that is so late has failed at least once."""


class SendLease:
    """Valid for ``HOLD_S`` after the last confirmed renewal was *sent*, by a clock that counts through sleep.

    A process that was frozen has no lease when it wakes, before any of its tasks ran. Once it lapsed, what
    was held under it is void, even if a renewal succeeds later: ``generation`` has grown. A collector that
    is alone in its zone may extend it by itself while renewals fail, by ``stay_alone``, as long as it runs.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._renewed_at = -math.inf
        self._alone_until = -math.inf
        self._was_valid = False
        self.generation = 0

    @property
    def is_valid(self) -> bool:
        return self._lasts_at(self._steady())

    @property
    def is_renewed(self) -> bool:
        """Whether it is valid by a renewal, and not because there is no other collector."""
        return self._was_valid and self._steady() < self._renewed_at + HOLD_S

    @property
    def is_overdue(self) -> bool:
        return self._steady() > self._renewed_at + OVERDUE_S

    def find_lapse(self) -> int:
        """The generation, which is another one after it lapsed."""
        self._look(self._steady())
        return self.generation

    def extend(self, sent_at: float) -> None:
        """A renewal that was sent at this moment is confirmed."""
        now = self._steady()
        self._look(now)
        self._renewed_at = max(self._renewed_at, sent_at)
        if now < self._renewed_at + HOLD_S:
            self._was_valid = True
            self._alone_until = -math.inf

    def stay_alone(self) -> None:
        """Keep a valid lease without a renewal."""
        now = self._steady()
        self._look(now)
        if self._was_valid:
            self._alone_until = now + HOLD_S

    def end(self) -> None:
        """Have none."""
        self._renewed_at = self._alone_until = -math.inf
        self._look(self._steady())

    def _lasts_at(self, now: float) -> bool:
        return self._was_valid and now < max(self._renewed_at + HOLD_S, self._alone_until)

    def _look(self, now: float) -> None:
        if self._was_valid and not self._lasts_at(now):
            self._was_valid = False
            self.generation += 1
