"""Which alarms the desk lists: filtered, those that another one hides folded under it. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_flood import fold_alarms
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority, find_rule
from micboard_tui.domain.alarm_suppression import SuppressedCondition, SuppressionReason
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.safe_text import fold_accents
from micboard_tui.tui.arrange.arrangement import LineRef


class AlarmKind(StrEnum):
    """What was done about an alarm, as people say it."""

    NEW = "new"
    """It has to be seen; it may have cleared since."""
    SEEN = "seen"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    BY_DESIGN = "by design"
    """It is no alarm, since a person or the profile does not want it to be one."""
    PAST = "past"
    """It has left the list."""


KIND_TEXTS: Mapping[AlarmKind, str] = {
    AlarmKind.NEW: "new: not seen yet, also if it cleared",
    AlarmKind.SEEN: "seen: acknowledged, and still there",
    AlarmKind.SHELVED: "shelved: put aside for a time",
    AlarmKind.SUPPRESSED: "suppressed: another alarm says more",
    AlarmKind.BY_DESIGN: "by design: expected off, out of service",
    AlarmKind.PAST: "past: cleared in the last hours",
}
REASON_TEXTS: Mapping[SuppressionReason, str] = {
    SuppressionReason.EXPECTED_OFF: "expected off",
    SuppressionReason.PROFILE: "by profile",
    SuppressionReason.OUT_OF_SERVICE: "out of service",
}
NOT_ON_LIST = frozenset({AlarmKind.BY_DESIGN, AlarmKind.PAST})
"""Nothing can be done about these."""
USUAL_KINDS = frozenset({AlarmKind.NEW, AlarmKind.SEEN})


def kind_of(alarm: Alarm) -> AlarmKind:
    """Of an alarm that is listed."""
    if alarm.hidden_by is not None:
        return AlarmKind.SUPPRESSED
    if alarm.is_shelved:
        return AlarmKind.SHELVED
    return AlarmKind.NEW if alarm.acknowledged_at is None else AlarmKind.SEEN


def find_line(key: AlarmKey) -> LineRef | None:
    """The line of the board that an alarm is about: a channel or a device; None: it is about neither."""
    if key.device_id is None or key.channel is None:
        return key.device_id
    return ChannelRef(key.device_id, key.channel)


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Which alarms are listed."""

    kinds: frozenset[AlarmKind] = USUAL_KINDS
    text: str = ""
    """Each word of it has to stand somewhere in the line, capitals and accents ignored."""

    @property
    def description(self) -> str:
        """What is special about it; empty: nothing."""
        kinds = "" if self.kinds == USUAL_KINDS else ", ".join(k for k in AlarmKind if k in self.kinds)
        return "  ".join(part for part in (kinds, f"/{self.text}" if self.text else "") if part)


LineKey: TypeAlias = tuple[AlarmKey, float | None]
"""An alarm has one line on the list, but several past ones: by when it was raised."""


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One line of the desk."""

    alarm: Alarm
    kind: AlarmKind
    hidden: tuple[Alarm, ...] = ()
    """What it hides, and what is not listed for that."""
    folded: tuple[Alarm, ...] = ()
    """In a flood: others of its device, or of its cause, that stand in this line too."""
    reason: str = ""
    """Why it is no alarm, by design."""

    @property
    def keys(self) -> tuple[AlarmKey, ...]:
        """Of all alarms that the line stands for; that which it shows is the first."""
        return (self.alarm.key, *(alarm.key for alarm in self.folded))

    @property
    def line_key(self) -> LineKey:
        """No other line has the same."""
        return self.alarm.key, self.alarm.raised_at if self.kind in NOT_ON_LIST else None

    @property
    def listed_keys(self) -> tuple[AlarmKey, ...]:
        """Of the alarms of this line that something can be done about."""
        return () if self.kind in NOT_ON_LIST else self.keys

    @property
    def hidden_text(self) -> str:
        """How much it hides, as it stands behind the cause; empty: nothing."""
        if self.folded:
            return f"+{len(self.folded)} alarm{'s' * (len(self.folded) != 1)}"
        count = self._hidden_channels
        return f"+{count} channel{'s' * (count != 1)}" if count else self.hidden_count

    @property
    def hidden_count(self) -> str:
        """The same without a word; empty: nothing."""
        count = len(self.folded) or self._hidden_channels or len(self.hidden)
        return f"+{count}" if count else ""

    @property
    def _hidden_channels(self) -> int:
        """Beside its own."""
        others = {find_line(alarm.key) for alarm in self.hidden}
        return len(others - {find_line(self.alarm.key), self.alarm.key.device_id})


@dataclass(frozen=True)
class AlarmCounts:
    """How many there are of each kind; journal entries need no action and are not counted."""

    by_kind: Mapping[AlarmKind, int] = field(default_factory=dict)

    def __getitem__(self, kind: AlarmKind) -> int:
        return self.by_kind.get(kind, 0)


NO_COUNTS = AlarmCounts()


def count_alarms(alarms: AlarmList) -> AlarmCounts:
    """Count those that are listed now."""
    counts: dict[AlarmKind, int] = {}
    for alarm in alarms.alarms:
        if alarm.priority is not AlarmPriority.JOURNAL:
            kind = kind_of(alarm)
            counts[kind] = counts.get(kind, 0) + 1
    if alarms.suppressed:
        counts[AlarmKind.BY_DESIGN] = len(alarms.suppressed)
    return AlarmCounts(counts)


def arrange_alarms(
    alarms: AlarmList,
    past: Iterable[Alarm],
    wanted: AlarmFilter,
    search_text: Callable[[AlarmKey], str],
) -> list[AlarmLine]:
    """The lines from top to bottom: the worst first, then the oldest.

    Those that are none by design come behind them, and last the past ones, the newest first.

    ``search_text`` is everything that an alarm can be found by. It is asked only where a text is wanted.
    """
    hidden: dict[AlarmKey, list[Alarm]] = {}
    if AlarmKind.SUPPRESSED not in wanted.kinds:
        for alarm in alarms.alarms:
            if alarm.hidden_by is not None:
                hidden.setdefault(alarm.hidden_by, []).append(alarm)
    lines = [
        AlarmLine(alarm, kind, tuple(hidden.get(alarm.key, ())))
        for alarm in alarms.alarms
        if (kind := kind_of(alarm)) in wanted.kinds
    ]
    if AlarmKind.BY_DESIGN in wanted.kinds:
        lines += map(_line_of_suppressed, alarms.suppressed)
    if AlarmKind.PAST in wanted.kinds:
        listed = {alarm.key for alarm in alarms.alarms}
        lines += (AlarmLine(alarm, AlarmKind.PAST) for alarm in past if alarm.key not in listed)
    if alarms.flood is not None:
        lines = fold_lines(lines)
    parts = fold_accents(wanted.text).split()
    return [line for line in lines if _has_all(line, parts, search_text)] if parts else lines


def fold_lines(lines: Sequence[AlarmLine]) -> list[AlarmLine]:
    """The same in a flood: what can wait is one line for each device, new ones apart from others."""
    by_key = {line.alarm.key: line for line in lines}
    folded: list[AlarmLine] = []
    for kind in AlarmKind:
        if kind in NOT_ON_LIST:
            continue
        for fold in fold_alarms(line.alarm for line in lines if line.kind is kind):
            worst, *others = fold.alarms
            hidden = tuple(alarm for member in fold.alarms for alarm in by_key[member.key].hidden)
            folded.append(AlarmLine(worst, kind, hidden, tuple(others)))
    folded.sort(key=lambda line: line.alarm.rank)
    return [*folded, *(line for line in lines if line.kind in NOT_ON_LIST)]


def _line_of_suppressed(condition: SuppressedCondition) -> AlarmLine:
    key, since = condition.key, condition.since
    alarm = Alarm(key, find_rule(key).priority, since, since)
    return AlarmLine(alarm, AlarmKind.BY_DESIGN, reason=REASON_TEXTS[condition.reason])


def _has_all(line: AlarmLine, parts: Sequence[str], search_text: Callable[[AlarmKey], str]) -> bool:
    alarm = line.alarm
    subjects = " ".join(map(search_text, line.keys))
    own = f"{subjects} {alarm.note} {alarm.acknowledged_by or ''} {line.kind} {line.reason}"
    text = fold_accents(own)
    return all(part in text for part in parts)


def find_cleared(history: Iterable[AlarmEvent]) -> list[Alarm]:
    """The alarms that cleared in this history, as they were afterwards, the newest first."""
    cleared: dict[tuple[AlarmKey, float], Alarm] = {}
    for event in history:
        alarm = event.alarm
        if alarm.cleared_at is not None:
            cleared[alarm.key, alarm.raised_at] = alarm
    return sorted(cleared.values(), key=lambda alarm: -(alarm.cleared_at or 0.0))
