"""The lock of the show: while it is on, nothing that people arrange is changed, and no device. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShowLock:
    """It is locked, until the PIN is given."""

    locked_by: str
    """Who did it."""
    locked_at: float
    """Seconds since the epoch."""
