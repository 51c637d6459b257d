"""Another process that reads the devices. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionHolder:
    """Who keeps the sessions with the devices of this database."""

    user: str
    host: str
    """The name of the computer."""
    pid: int
    since: float
    """Seconds since the epoch, by the clock of this computer."""
