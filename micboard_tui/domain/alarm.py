"""One alarm: what it is about, how urgent it is, and what was done about it. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.shelf_end import ShowShelf
from micboard_tui.domain.show import ShowProfile


class AlarmStatus(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    """Put aside by an operator until a time, a moment of the show, another profile, or until it clears."""
    SUPPRESSED = "suppressed"
    """Another alarm says more: ``Alarm.hidden_by``."""
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Times are seconds since the epoch; none is before ``raised_at``, even if the clock jumped back."""

    key: AlarmKey
    priority: AlarmPriority
    raised_at: float
    """When it was raised last."""
    last_seen_at: float
    """When its condition was observed last, to ten seconds."""
    count: int = 1
    """How often it was raised."""
    is_flapping: bool = False
    cleared_at: float | None = None
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    shelved_by: str | None = None
    shelved_until: float | None = None
    """None where it is shelved: until a moment of the show or another profile, else until it clears."""
    hidden_by: AlarmKey | None = None
    note: str = ""
    minutes_step: int | None = None
    """Of a battery: the last step of minutes left that it passed (``domain.battery_steps``); None: none."""
    shelved_profile: ShowProfile | None = None
    """Where it is shelved until another profile is active: the one of then."""
    shelved_show: ShowShelf | None = None
    """Where it is shelved until a moment of the show: which."""

    @property
    def is_open(self) -> bool:
        return self.cleared_at is None

    @property
    def is_shelved(self) -> bool:
        return self.shelved_by is not None

    @property
    def is_shelved_over_clearing(self) -> bool:
        """Whether it stays on the shelf when it clears."""
        ends = (self.shelved_until, self.shelved_profile, self.shelved_show)
        return any(end is not None for end in ends)

    @property
    def rank(self) -> tuple[int, bool, float]:
        """The order in which alarms are looked after: the most urgent, what has not cleared, the oldest."""
        return self.priority, not self.is_open, self.raised_at

    @property
    def is_new(self) -> bool:
        """Whether an operator has to see it."""
        return self.acknowledged_at is None and self.shelved_by is None and self.hidden_by is None

    @property
    def status(self) -> AlarmStatus:
        if self.cleared_at is not None:
            return AlarmStatus.CLEARED
        if self.hidden_by is not None:
            return AlarmStatus.SUPPRESSED
        if self.shelved_by is not None:
            return AlarmStatus.SHELVED
        return AlarmStatus.RAISED if self.acknowledged_at is None else AlarmStatus.ACKNOWLEDGED


class AlarmEventKind(StrEnum):
    RAISED = "raised"
    CLEARED = "cleared"
    WORSENED = "worsened"
    """Its priority went up while it was open."""
    RE_ALARMED = "re_alarmed"
    """It lasts, and is unacknowledged again."""
    HIDDEN = "hidden"
    REVEALED = "revealed"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    """The acknowledgement was taken back."""
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    kind: AlarmEventKind
    alarm: Alarm
    """As it was afterwards."""
    at: float
    by: str | None = None
    """Who did it; None: it happened."""
    undoes: float | None = None
    """When that was done which this takes back."""
