"""Events of the program's log."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event of the log."""

    at: float
    """Seconds since the epoch."""
    level: str
    """The severity: debug, info, warning, error, critical."""
    text: str
    """The event in a few words: "session ended"."""
    source: str = ""
    """The part of the program that logged it."""
    details: tuple[tuple[str, str], ...] = ()
    """Further values, by name."""

    @property
    def is_bad(self) -> bool:
        """Whether a person should look at it."""
        return self.level in {"warning", "error", "critical"}
