"""What was done about alarms, as people say it."""

from enum import StrEnum

from micboard_tui.domain.alarm import Alarm


class AlarmGroup(StrEnum):
    """Every alarm is in one of these, and so is what is none by design."""

    NEW = "new"
    SEEN = "seen"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    BY_DESIGN = "by_design"
    """Expected off, out of service, or left out by the active profile."""


def group_of(alarm: Alarm) -> AlarmGroup:
    if alarm.hidden_by is not None:
        return AlarmGroup.SUPPRESSED
    if alarm.is_shelved:
        return AlarmGroup.SHELVED
    return AlarmGroup.NEW if alarm.acknowledged_at is None else AlarmGroup.SEEN
