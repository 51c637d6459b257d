"""When a session looks after itself, asks a quiet device for an answer, and gives a silent one up."""

from typing import Protocol

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode

ROUND_TRIP_EVERY_S = 30.0
"""So often one question is asked only to see how long its answer takes."""
ASK_AFTER = 0.4
"""Of the silence limit: then a quiet device is asked something."""
ASK_CHARGER_AFTER = 0.75
"""A charger has nothing to say for long; three questions may still get lost within the limit."""
ASK_AGAIN_S, ASK_CHARGER_AGAIN_S = 1.5, 0.5
"""At least between two such questions. After two missing answers a receiver is given up.

Source: docs/reference/protocols/sennheiser.md 1.7.
"""


class Clock(Protocol):
    def __call__(self) -> float:
        """Seconds from anywhere that only grow."""
        ...


class IntervalTimer:
    """Elapses again and again; what is late is not made up for."""

    def __init__(self, clock: Clock, interval_s: float) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self.restart()

    def restart(self) -> None:
        self._elapses_at = self._clock() + self._interval_s

    def has_elapsed(self) -> bool:
        """Whether the interval is over; if so the next one begins."""
        if self._clock() < self._elapses_at:
            return False
        self.restart()
        return True


def seconds_to_tick(now: float, tick_s: float) -> float:
    """All sessions look after themselves in the same moment, which wakes the processor once for all."""
    return tick_s - now % tick_s


def is_quiet(
    silence_s: float, limit_s: float, hint: str = hints.CHECK_POWER, ask_after: float = ASK_AFTER
) -> bool:
    """Whether a device has to be asked something, to see that it is there.

    Raises DeviceError DEVICE_SILENT beyond ``limit_s``.
    """
    if silence_s >= limit_s:
        raise DeviceError(ErrorCode.DEVICE_SILENT, f"No answer for {silence_s:.0f} s", hint=hint)
    return silence_s >= limit_s * ask_after
