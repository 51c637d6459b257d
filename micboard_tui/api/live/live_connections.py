"""How many clients of live updates there are: a few of each user or address, and not too many at all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

MAX_CONNECTIONS = 400
"""Of all clients together."""


class LiveConnections:
    """``limit``: of one user or address."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: Counter[str] = Counter()

    @contextmanager
    def count(self, key: str) -> Iterator[None]:
        """Count one connection while it lasts. Raises ApiError TOO_MANY_REQUESTS when it is one too many."""
        if self._open[key] >= self._limit or self._open.total() >= MAX_CONNECTIONS:
            raise ApiError(
                ErrorInfo(
                    ErrorCode.TOO_MANY_REQUESTS,
                    f"There are {self._open[key]} connections for live updates already",
                    hint=f"End one of them; {self._limit} at a time are served",
                ),
                headers={"Retry-After": "10"},
            )
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
