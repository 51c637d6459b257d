"""A value that takes some time to read, made at most every so often for all clients."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio

Value = TypeVar("Value")


class SharedReading(Generic[Value]):
    """``make`` reads it anew; ``clock`` gives seconds that only grow. What ``make`` raises is raised."""

    def __init__(
        self, make: Callable[[], Awaitable[Value]], clock: Callable[[], float], max_age_s: float
    ) -> None:
        self._make, self._clock, self._max_age_s = make, clock, max_age_s
        self._newest: tuple[Value, float] | None = None
        self._lock = anyio.Lock()

    async def read(self) -> Value:
        """The newest value, or one that is less than ``max_age_s`` old."""
        async with self._lock:
            if self._newest is None or self._clock() - self._newest[1] >= self._max_age_s:
                self._newest = await self._make(), self._clock()
            return self._newest[0]
