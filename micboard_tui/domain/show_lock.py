"""The lock of the show: while it is on, nothing that people arrange is changed, and no device. Pure."""

import re
from dataclasses import dataclass

MIN_PIN, MAX_PIN = 4, 12
"""Digits of a PIN."""
MAX_WAIT_S = 300.0
"""So long is waited after a wrong PIN at most: all PINs of four digits take a month."""
_PIN = re.compile(rf"[0-9]{{{MIN_PIN},{MAX_PIN}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ShowLock:
    """It is locked, until the PIN is given."""

    locked_by: str
    """Who did it."""
    locked_at: float
    """Seconds since the epoch."""


def is_possible_pin(pin: str) -> bool:
    """Whether it can be a PIN at all."""
    return _PIN.fullmatch(pin) is not None


def wait_after(failures: int) -> float:
    """So many seconds no PIN is taken after so many wrong ones, one after the other."""
    # The power of more than that is longer anyway.
    return min(MAX_WAIT_S, 2.0 ** (min(failures, 20) - 1)) if failures else 0.0
