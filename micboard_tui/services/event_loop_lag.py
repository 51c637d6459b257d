"""How late the event loop is: what a screen or a session has to wait before it gets its turn."""

import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio

INTERVAL_S = 1.0
WINDOW_S = 60.0
PERCENTILE = 0.95


class LoopMonitor:
    """Sleeps a little, again and again, and keeps how much too late it woke in the last minute."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._lags_s: deque[float] = deque(maxlen=int(WINDOW_S / INTERVAL_S))

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            due = self._clock() + INTERVAL_S
            await self._sleep(INTERVAL_S)
            self._lags_s.append(max(0.0, self._clock() - due))

    @property
    def last_s(self) -> float | None:
        """How late it was at the last turn; None before the first."""
        return self._lags_s[-1] if self._lags_s else None

    def p95_s(self) -> float | None:
        """Nineteen of twenty turns came this late or sooner; None before the first."""
        if not self._lags_s:
            return None
        ranked = sorted(self._lags_s)
        return ranked[min(len(ranked) - 1, int(len(ranked) * PERCENTILE))]
