"""The life of all alarms, from conditions that are observed to what an operator does about them. Pure.

An alarm is **open** from its raise to its clearing, and **kept** after it while it has to be seen:

* *watched*: its condition is true, but not yet for its on-delay or for two samples.
* *raised*: open and not seen. An operator *acknowledges* or *shelves* it, or another alarm *suppresses* it.
* *cleared*: its condition was false for its off-delay. What was seen leaves at once; else it stays as long as
  its priority says (``KEPT_CLEARED_S``). Raised again meanwhile, it is the same alarm with a higher count.

``AlarmDesk.follow`` takes the conditions of one moment: true, false, or not observed (None, or missing).
What is not observed neither raises nor clears, and its delays stop. The caller says False of a device that
is no longer there. Delays are sums of observed time and not differences of clock times: a clock that jumps
back adds nothing, one that jumps ahead adds ``LONGEST_STEP_S`` at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import (
    FLAPPING_OFF_DELAY_S,
    FLAPPING_RAISES,
    FLAPPING_WINDOW_S,
    KEPT_CLEARED_S,
    LAST_SEEN_STEP_S,
    LONGEST_SHELF_S,
    LONGEST_STEP_S,
    MAX_CLEARED,
    MAX_NOTE,
    MIN_SAMPLES,
    AlarmKey,
    AlarmRule,
    find_rule,
    list_sources,
)
from micboard_tui.domain.identity import DeviceId


@dataclass(frozen=True, slots=True)
class WatchedAlarm:
    """What is remembered of one key. All but ``alarm`` is in seconds of the desk's own clock."""

    alarm: Alarm | None = None
    """None: it is not raised, or has left the list."""
    condition: bool | None = None
    """What was observed last."""
    true_s: float = 0.0
    true_samples: int = 0
    false_s: float = 0.0
    observed_at: float = 0.0
    raises: tuple[float, ...] = ()
    """The last raises, at most as many as make it flap."""
    acknowledged_at: float = 0.0
    shelved_at: float = 0.0
    cleared_at: float = 0.0


NO_GROUPS: Mapping[DeviceId, AlarmKey] = {}
Condition: TypeAlias = bool | None
"""None: it was not observed whether it is there."""
DeskChange: TypeAlias = "tuple[AlarmDesk, tuple[AlarmEvent, ...]]"
Watched: TypeAlias = dict[AlarmKey, WatchedAlarm]
Events: TypeAlias = list[AlarmEvent]


@dataclass(frozen=True, slots=True)
class AlarmDesk:
    """All alarms at one moment; every method returns the next desk and what happened."""

    at: float | None = None
    """When conditions were followed last; None: never."""
    clock_s: float = 0.0
    """The desk's own clock, which never runs back."""
    watched: Mapping[AlarmKey, WatchedAlarm] = field(default_factory=dict)

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """All open and kept ones, the most urgent first, then the oldest."""
        alarms = (entry.alarm for entry in self.watched.values() if entry.alarm is not None)
        return tuple(sorted(alarms, key=lambda alarm: (alarm.priority, alarm.raised_at)))

    def find(self, key: AlarmKey) -> Alarm | None:
        entry = self.watched.get(key)
        return None if entry is None else entry.alarm

    def follow(
        self,
        conditions: Mapping[AlarmKey, Condition],
        now: float,
        groups: Mapping[DeviceId, AlarmKey] = NO_GROUPS,
    ) -> "DeskChange":
        """What becomes of all alarms when these are the conditions at ``now``.

        ``groups``: for devices that became unreachable together the one alarm that stands for all of them.
        """
        step_s = 0.0 if self.at is None else max(0.0, now - self.at)
        clock_s = self.clock_s + step_s
        keys = dict.fromkeys(self.watched)
        keys.update((key, None) for key, is_true in conditions.items() if is_true)
        entries: Watched = {}
        events: Events = []
        for key in keys:
            entry = self.watched.get(key, WatchedAlarm())
            entry = _observe(entry, conditions.get(key), min(step_s, LONGEST_STEP_S), clock_s)
            entry = _follow_alarm(key, entry, now, clock_s, events)
            if _is_kept(entry, clock_s):
                entries[key] = entry
        _hide(entries, groups, now, events)
        _worsen(entries, now, events)
        _bound(entries)
        return AlarmDesk(now, clock_s, entries), tuple(_update_raised(entries, events))

    def acknowledge(self, key: AlarmKey, by: str, now: float) -> "DeskChange":
        """It was seen. A cleared one leaves."""
        alarm = self.find(key)
        if alarm is None or alarm.acknowledged_at is not None:
            return self, ()
        seen = replace(alarm, acknowledged_by=by, acknowledged_at=max(now, alarm.raised_at))
        return self._put(seen, AlarmEventKind.ACKNOWLEDGED, now, by)

    def shelve(self, key: AlarmKey, until: float, by: str, now: float) -> "DeskChange":
        """Put it aside until a time, also over a clearing and a raise; ValueError: not until then."""
        if not now < until <= now + LONGEST_SHELF_S:
            raise ValueError(f"an alarm is shelved for at most {LONGEST_SHELF_S / 3600:.0f} h from now")
        alarm = self.find(key)
        if alarm is None:
            return self, ()
        shelved = replace(alarm, shelved_by=by, shelved_until=until)
        return self._put(shelved, AlarmEventKind.SHELVED, now, by)

    def unshelve(self, key: AlarmKey, by: str, now: float) -> "DeskChange":
        alarm = self.find(key)
        if alarm is None or alarm.shelved_until is None:
            return self, ()
        return self._put(_take_off_shelf(alarm), AlarmEventKind.UNSHELVED, now, by)

    def note(self, key: AlarmKey, text: str, by: str, now: float) -> "DeskChange":
        """Replace its note; an empty one takes it away."""
        alarm = self.find(key)
        if alarm is None or alarm.note == (text := text.strip()[:MAX_NOTE]):
            return self, ()
        return self._put(replace(alarm, note=text), AlarmEventKind.NOTED, now, by)

    def _put(self, alarm: Alarm, kind: AlarmEventKind, now: float, by: str) -> "DeskChange":
        entry = replace(self.watched[alarm.key], alarm=alarm)
        if kind is AlarmEventKind.ACKNOWLEDGED:
            entry = replace(entry, acknowledged_at=self.clock_s)
        elif kind is AlarmEventKind.SHELVED:
            entry = replace(entry, shelved_at=self.clock_s)
        entry = _leave(entry, self.clock_s)
        return replace(self, watched={**self.watched, alarm.key: entry}), (AlarmEvent(kind, alarm, now, by),)


def _observe(entry: WatchedAlarm, condition: Condition, step_s: float, clock_s: float) -> WatchedAlarm:
    """Time counts as observed between two samples that say the same."""
    if condition is None:
        return entry if entry.condition is None else replace(entry, condition=None)
    if entry.condition is condition and entry.alarm is not None and entry.alarm.is_open is condition:
        # Nothing is due: hundreds of alarms that stand cost nothing.
        return entry
    observed_s = step_s if entry.condition is condition else 0.0
    return replace(
        entry,
        condition=condition,
        true_s=entry.true_s + observed_s if condition else 0.0,
        true_samples=min(entry.true_samples + 1, MIN_SAMPLES) if condition else 0,
        false_s=0.0 if condition else entry.false_s + observed_s,
        observed_at=clock_s,
        raises=tuple(at for at in entry.raises if clock_s - at <= FLAPPING_WINDOW_S),
    )


def _follow_alarm(
    key: AlarmKey, entry: WatchedAlarm, now: float, clock_s: float, events: Events
) -> WatchedAlarm:
    entry = _end_shelf(entry, now, clock_s, events)
    rule, alarm = find_rule(key), entry.alarm
    if alarm is None or not alarm.is_open:
        is_due = entry.condition and entry.true_samples >= MIN_SAMPLES and entry.true_s >= rule.on_delay_s
        return _raise(key, entry, rule, now, clock_s, events) if is_due else _leave(entry, clock_s)
    if entry.condition:
        return _last(entry, alarm, rule, now, clock_s, events)
    off_delay_s = max(rule.off_delay_s, FLAPPING_OFF_DELAY_S) if alarm.is_flapping else rule.off_delay_s
    if entry.condition is None or entry.false_s < off_delay_s:
        return entry
    cleared = replace(alarm, cleared_at=max(now, alarm.last_seen_at))
    events.append(AlarmEvent(AlarmEventKind.CLEARED, cleared, now))
    return _leave(replace(entry, alarm=cleared, cleared_at=clock_s), clock_s)


def _raise(
    key: AlarmKey, entry: WatchedAlarm, rule: AlarmRule, now: float, clock_s: float, events: Events
) -> WatchedAlarm:
    recent = (at for at in entry.raises if clock_s - at <= FLAPPING_WINDOW_S)
    raises = (*recent, clock_s)[-FLAPPING_RAISES:]
    alarm = Alarm(key, rule.priority, now, now, len(raises), len(raises) == FLAPPING_RAISES)
    if (before := entry.alarm) is not None:
        alarm = replace(
            alarm,
            priority=min(before.priority, alarm.priority),
            count=before.count + 1,
            shelved_by=before.shelved_by,
            shelved_until=before.shelved_until,
            note=before.note,
        )
    events.append(AlarmEvent(AlarmEventKind.RAISED, alarm, now))
    return replace(entry, alarm=alarm, raises=raises)


def _last(
    entry: WatchedAlarm, alarm: Alarm, rule: AlarmRule, now: float, clock_s: float, events: Events
) -> WatchedAlarm:
    """An open alarm whose condition is still there."""
    if now - alarm.last_seen_at >= LAST_SEEN_STEP_S:
        alarm = replace(alarm, last_seen_at=now)
    after_s = rule._replace(priority=alarm.priority).re_alarm_s if alarm.acknowledged_at is not None else None
    if after_s is not None and clock_s - entry.acknowledged_at >= after_s:
        alarm = replace(alarm, acknowledged_by=None, acknowledged_at=None)
        events.append(AlarmEvent(AlarmEventKind.RE_ALARMED, alarm, now))
    return entry if alarm is entry.alarm else replace(entry, alarm=alarm)


def _end_shelf(entry: WatchedAlarm, now: float, clock_s: float, events: Events) -> WatchedAlarm:
    alarm = entry.alarm
    if alarm is None or alarm.shelved_until is None:
        return entry
    if now < alarm.shelved_until and clock_s - entry.shelved_at < LONGEST_SHELF_S:
        return entry
    alarm = _take_off_shelf(alarm)
    events.append(AlarmEvent(AlarmEventKind.UNSHELVED, alarm, now))
    return replace(entry, alarm=alarm)


def _take_off_shelf(alarm: Alarm) -> Alarm:
    return replace(alarm, shelved_by=None, shelved_until=None)


def _leave(entry: WatchedAlarm, clock_s: float) -> WatchedAlarm:
    """Without its alarm, if that is cleared and has been seen, or was kept for long enough."""
    alarm = entry.alarm
    if alarm is None or alarm.is_open or alarm.shelved_until is not None:
        return entry
    kept_s = KEPT_CLEARED_S[alarm.priority]
    is_over = kept_s is not None and clock_s - entry.cleared_at >= kept_s
    return replace(entry, alarm=None) if is_over or not alarm.is_new else entry


def _is_kept(entry: WatchedAlarm, clock_s: float) -> bool:
    if entry.alarm is not None:
        return True
    is_recent = clock_s - entry.observed_at <= FLAPPING_WINDOW_S
    return is_recent and (bool(entry.raises) or entry.true_samples > 0)


def _hide(entries: Watched, groups: Mapping[DeviceId, AlarmKey], now: float, events: Events) -> None:
    """Which open alarm hides which. One is revealed only when its condition is observed to be there."""
    open_alarms = {
        key: entry.alarm for key, entry in entries.items() if entry.alarm is not None and entry.alarm.is_open
    }
    for key, alarm in open_alarms.items():
        entry = entries[key]
        group = groups.get(key.device_id) if groups and key.device_id is not None else None
        sources = list_sources(key) if group is None else (group, *list_sources(key))
        source = next((source for source in sources if source in open_alarms), None)
        if source == alarm.hidden_by or (source is None and not entry.condition):
            continue
        hidden = replace(alarm, hidden_by=source)
        entries[key] = replace(entry, alarm=hidden)
        if source is None:
            events.append(AlarmEvent(AlarmEventKind.REVEALED, hidden, now))
        elif alarm.hidden_by is None:
            events.append(AlarmEvent(AlarmEventKind.HIDDEN, hidden, now))


def _worsen(entries: Watched, now: float, events: Events) -> None:
    """An alarm is at least as urgent as what it hides, and is unacknowledged again when that goes up."""
    for entry in list(entries.values()):
        hidden = entry.alarm
        if hidden is None or not hidden.is_open or hidden.hidden_by not in entries:
            continue
        source = entries[hidden.hidden_by]
        if source.alarm is None or not source.alarm.is_open or source.alarm.priority <= hidden.priority:
            continue
        worse = replace(source.alarm, priority=hidden.priority, acknowledged_by=None, acknowledged_at=None)
        entries[worse.key] = replace(source, alarm=worse)
        events.append(AlarmEvent(AlarmEventKind.WORSENED, worse, now))


def _bound(entries: Watched) -> None:
    """At most ``MAX_CLEARED`` cleared ones: the least urgent, and of these the oldest, leave."""
    cleared = [
        entry.alarm for entry in entries.values() if entry.alarm is not None and not entry.alarm.is_open
    ]
    if len(cleared) <= MAX_CLEARED:
        return
    cleared.sort(key=lambda alarm: (alarm.priority, -alarm.raised_at))
    for alarm in cleared[MAX_CLEARED:]:
        entries[alarm.key] = replace(entries[alarm.key], alarm=None)


def _update_raised(entries: Watched, events: Events) -> Events:
    """A raise tells at once what hides the alarm; that it was hidden is then no event of its own."""
    raised = {event.alarm.key for event in events if event.kind is AlarmEventKind.RAISED}
    updated = []
    for event in events:
        alarm = entries[event.alarm.key].alarm if event.alarm.key in raised else None
        if event.kind is AlarmEventKind.RAISED and alarm is not None:
            updated.append(replace(event, alarm=alarm))
        elif alarm is None or event.kind not in {AlarmEventKind.HIDDEN, AlarmEventKind.WORSENED}:
            updated.append(event)
    return updated
