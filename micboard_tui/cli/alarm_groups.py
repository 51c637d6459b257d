"""What was done about alarms, as people say it."""

from enum import StrEnum


class AlarmGroup(StrEnum):
    """Every alarm is in one of these."""

    NEW = "new"
    SEEN = "seen"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
