"""How much one client may ask, so that none of them can take the rack machine's time from the show."""

import math
import time
from enum import StrEnum

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from micboard_tui.api.errors import ApiError
from micboard_tui.api.options import RateLimits
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

TOKENS_PER_SECOND = 100
"""Tokens that are looked at for one address, right or wrong."""

FORGET_EVERY_S = 10.0


class Rate(StrEnum):
    """What is counted, each by itself."""

    READS = "reads"
    WRITES = "writes"
    COMMANDS = "commands"
    LOGINS = "logins"
    TOKENS = "tokens"


class _Counters(MemoryStorage):
    """Forgets what is old while it counts: its parent starts a thread for that with nearly every request.

    That took more of the processor than all else of a request. A test sees that no thread is started.
    """

    def __init__(self) -> None:
        self._forget_at = 0.0
        super().__init__()

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802 - the name that Python gives it
        if (now := time.monotonic()) >= self._forget_at:
            self._forget_at = now + FORGET_EVERY_S
            self._MemoryStorage__expire_events()  # type: ignore[attr-defined] # of the parent


class RateLimiter:
    """Counts in memory, in a moving window; what is older than a minute is forgotten."""

    def __init__(self, rates: RateLimits) -> None:
        self._items: dict[Rate, RateLimitItem] = {
            Rate.READS: RateLimitItemPerSecond(rates.reads_per_second),
            Rate.WRITES: RateLimitItemPerSecond(rates.writes_per_second),
            Rate.COMMANDS: RateLimitItemPerSecond(rates.commands_per_second),
            Rate.LOGINS: RateLimitItemPerMinute(rates.logins_per_minute),
            Rate.TOKENS: RateLimitItemPerSecond(TOKENS_PER_SECOND),
        }
        self._counter = MovingWindowRateLimiter(_Counters())

    def check(self, rate: Rate, key: str) -> None:
        """Count one request of a client. Raises ApiError TOO_MANY_REQUESTS, with when to come again."""
        item = self._items[rate]
        if self._counter.hit(item, rate.value, key):
            return
        reset_at, _ = self._counter.get_window_stats(item, rate.value, key)
        wait_s = max(1, math.ceil(reset_at - time.time()))
        raise ApiError(
            ErrorInfo(
                ErrorCode.TOO_MANY_REQUESTS,
                f"More than {item.amount} {rate.value} in {item.get_expiry()} s",
                hint=f"Ask again in {wait_s} s; live updates come by /api/v1/live",
            ),
            headers={"Retry-After": str(wait_s)},
        )
