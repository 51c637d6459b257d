"""Reports on health, made every few seconds at most: a check reads the database and the disk."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.health import HealthContract, HealthReport
from micboard_tui.contracts.result import ServiceResult

MAX_AGE_S = 5.0


class HealthReports:
    """``clock`` gives seconds that only grow."""

    def __init__(self, health: HealthContract, clock: Callable[[], float]) -> None:
        self._health, self._clock = health, clock
        self._newest: ServiceResult[HealthReport] | None = None
        self._checked_at = -MAX_AGE_S
        self._lock = anyio.Lock()

    async def check(self) -> ServiceResult[HealthReport]:
        """The newest report."""
        async with self._lock:
            if self._newest is None or self._clock() - self._checked_at >= MAX_AGE_S:
                self._newest = await self._health.check()
                self._checked_at = self._clock()
            return self._newest
