"""What happened within the program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event of the log."""

    at: float
    """Seconds since the epoch."""
    level: str
    """How bad it is: debug, info, warning, error, critical."""
    words: str
    """What happened: "session ended"."""
    source: str = ""
    """The part of the program that tells."""
    details: tuple[tuple[str, str], ...] = ()
    """What else there is to know, by name."""

    @property
    def is_bad(self) -> bool:
        """Whether a person should look at it."""
        return self.level in {"warning", "error", "critical"}
