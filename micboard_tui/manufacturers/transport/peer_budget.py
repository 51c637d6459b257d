"""How much of the event loop one peer may take, counted in messages, and the flooder named in the log.

``PeerBudget`` is asked before each message and counts by peer until ``start_round`` begins anew: the socket
poller's users call it at each poll. ``SteadyBudget`` is that of a single peer, for streams that have no poll:
its rounds last a second. Both remember when a flood was logged last, so that a flood is one line a minute.
"""

import time
from collections import Counter

import structlog

from micboard_tui.manufacturers.session_timing import Clock

LOG_EVERY_S = 60.0
ROUND_S = 1.0

log = structlog.get_logger(__name__)


class PeerBudget:
    """Of all peers that share a socket, each by itself."""

    def __init__(self, messages: int, clock: Clock = time.monotonic) -> None:
        """``messages``: so many of one peer in a round; what is more is dropped."""
        self._messages = messages
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._next_log_at = float("-inf")

    def start_round(self) -> None:
        self._counts.clear()

    def admits(self, peer: str) -> bool:
        """Count a message of ``peer``; False: it had its share, and this one is to be dropped."""
        self._counts[peer] += 1
        if self._counts[peer] <= self._messages:
            return True
        if self._clock() >= self._next_log_at:
            self._next_log_at = self._clock() + LOG_EVERY_S
            log.warning("flood_dropped", peer=peer, messages_a_round=self._messages)
        return False


class SteadyBudget:
    """Of one peer whose messages come without a pause."""

    def __init__(self, peer: str, messages: int, clock: Clock = time.monotonic) -> None:
        """``messages``: so many, or so many bytes where these are counted, in a second."""
        self._peer = peer
        self._messages = messages
        self._clock = clock
        self._count = 0
        self._round_ends_at = clock() + ROUND_S
        self._next_log_at = float("-inf")

    def count(self, messages: int = 1) -> float:
        """Count what came; for how many seconds nothing more may be taken, 0 while there is budget."""
        self._count += messages
        if self._count <= self._messages:
            return 0.0
        now = self._clock()
        remaining_s = self._round_ends_at - now
        self._count, self._round_ends_at = 0, max(now, self._round_ends_at) + ROUND_S
        if remaining_s <= 0:
            return 0.0
        if now >= self._next_log_at:
            self._next_log_at = now + LOG_EVERY_S
            log.warning("flood_slowed", peer=self._peer, limit_a_second=self._messages)
        return remaining_s
