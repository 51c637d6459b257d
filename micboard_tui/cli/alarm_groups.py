"""What was done about alarms, as people say it."""

from enum import StrEnum


class AlarmGroup(StrEnum):
    """Every alarm is in one of these, and so is what is none by design."""

    NEW = "new"
    SEEN = "seen"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    BY_DESIGN = "by_design"
    """Expected off, out of service, or left out by the active profile."""
