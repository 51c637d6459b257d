"""The alarms of a span with what was done about them, and whether one person could deal with them. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_record import read_event
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.event import Event
from micboard_tui.domain.problem import ProblemCode

FIGURE_S = 600.0
"""Alarms are counted per ten minutes: docs/explanation/alarms.md."""
STANDING_S = 1800.0
"""An alarm that was open for longer was not solved."""
WORST_CAUSES = 10


@dataclass(frozen=True, slots=True)
class AlarmRecap:
    """One alarm from when it was raised until it cleared."""

    key: AlarmKey
    priority: AlarmPriority
    subject: str
    raised_at: float
    cleared_at: float | None = None
    """None: it was still open."""
    seen_at: float | None = None
    """When it was acknowledged or shelved first."""
    seen_by: str | None = None
    note: str = ""
    is_flapping: bool = False

    @property
    def reaction_s(self) -> float | None:
        return None if self.seen_at is None else max(0.0, self.seen_at - self.raised_at)


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """Of the alarms that were for people: none of the journal, and none that another one hid."""

    count: int
    per_ten_minutes: float
    most_in_ten_minutes: int
    causes: Sequence[tuple[ProblemCode, int]]
    """The most frequent first."""
    chattering: int
    """Alarms that came and went again and again."""
    median_reaction_s: float | None
    """None: none was acknowledged."""
    unseen: int
    """Never acknowledged."""
    standing: int
    """Open for longer than ``STANDING_S``."""


def list_alarms(events: Iterable[Event]) -> Sequence[AlarmRecap]:
    """The alarms that were raised, oldest first, with what was done about them."""
    done: list[AlarmRecap] = []
    open_alarms: dict[AlarmKey, AlarmRecap] = {}
    for event in events:
        change = read_event(event)
        if change is None or change.alarm.priority is AlarmPriority.JOURNAL:
            continue
        key = change.alarm.key
        known = open_alarms.get(key)
        if known is None:
            if not _begins(change):
                continue
            known = AlarmRecap(key, change.alarm.priority, event.subject or "", change.alarm.raised_at)
        known = _follow(known, change)
        open_alarms[key] = known
        if change.kind is AlarmEventKind.CLEARED and known.seen_at is not None:
            done.append(open_alarms.pop(key))
        elif change.kind is AlarmEventKind.RAISED and known.cleared_at is not None:
            done.append(known)
            open_alarms[key] = AlarmRecap(key, change.alarm.priority, known.subject, change.at)
    return sorted((*done, *open_alarms.values()), key=lambda alarm: (alarm.raised_at, alarm.key.cause))


def count_alarms(alarms: Sequence[AlarmRecap], start: float, end: float) -> AlarmFigures:
    """The figures by which it is judged whether one person could deal with the alarms."""
    # One that was hidden until now was raised before; it was to be dealt with from the start on.
    raised = sorted(max(start, alarm.raised_at) for alarm in alarms)
    most = max((bisect_left(raised, at + FIGURE_S) - index for index, at in enumerate(raised)), default=0)
    reactions = [alarm.reaction_s for alarm in alarms if alarm.reaction_s is not None]
    causes = Counter(alarm.key.cause for alarm in alarms)
    return AlarmFigures(
        len(alarms),
        len(alarms) * FIGURE_S / max(FIGURE_S, end - start),
        most,
        sorted(causes.items(), key=lambda item: (-item[1], item[0].value))[:WORST_CAUSES],
        sum(alarm.is_flapping for alarm in alarms),
        median(reactions) if reactions else None,
        sum(alarm.seen_at is None for alarm in alarms),
        sum(
            (end if alarm.cleared_at is None else alarm.cleared_at) - alarm.raised_at > STANDING_S
            for alarm in alarms
        ),
    )


def _begins(change: AlarmEvent) -> bool:
    """Whether it makes an alarm one for people."""
    revealed = {AlarmEventKind.RAISED, AlarmEventKind.REVEALED, AlarmEventKind.WORSENED}
    return change.kind in revealed and change.alarm.hidden_by is None


def _follow(known: AlarmRecap, change: AlarmEvent) -> AlarmRecap:
    alarm: Alarm = change.alarm
    is_seen = change.kind in {AlarmEventKind.ACKNOWLEDGED, AlarmEventKind.SHELVED}
    return AlarmRecap(
        known.key,
        min(known.priority, alarm.priority),
        known.subject,
        known.raised_at,
        change.at if change.kind is AlarmEventKind.CLEARED else known.cleared_at,
        change.at if is_seen and known.seen_at is None else known.seen_at,
        change.by if is_seen and known.seen_at is None else known.seen_by,
        alarm.note or known.note,
        known.is_flapping or alarm.is_flapping,
    )
