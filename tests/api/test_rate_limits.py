import threading

import pytest

from micboard_tui.api.errors import ApiError
from micboard_tui.api.options import RateLimits
from micboard_tui.api.rate_limits import Rate, RateLimiter

THREAD_LIMIT_S = 5.0


def test_counting_starts_no_thread() -> None:
    limiter = RateLimiter(RateLimits(reads_per_second=1000))
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(THREAD_LIMIT_S)
    before = set(threading.enumerate())
    for number in range(100):
        limiter.check(Rate.READS, f"client {number % 3}")
        assert set(threading.enumerate()) <= before


def test_each_client_and_each_rate_is_counted_by_itself() -> None:
    limiter = RateLimiter(RateLimits(reads_per_second=1, writes_per_second=1))
    limiter.check(Rate.READS, "Ada")
    limiter.check(Rate.READS, "Ben")
    limiter.check(Rate.WRITES, "Ada")
    with pytest.raises(ApiError) as refused:
        limiter.check(Rate.READS, "Ada")
    assert refused.value.headers == {"Retry-After": "1"}
