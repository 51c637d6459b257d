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

What becomes of each alarm is ``domain.alarm_life``, which hides which ``domain.alarm_hiding``. What a program
leaves behind is stored; its successor begins with ``recall``, and takes up what people do in other programs
with ``take_over``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_hiding import (
    NO_GROUPS,
    Groups,
    MainSources,
    Watched,
    drop_surplus,
    hide_alarms,
    join_events,
)
from micboard_tui.domain.alarm_life import (
    NO_PRIORITIES,
    NO_STEPS,
    NOT_WATCHED,
    ActiveShow,
    Condition,
    Events,
    Moment,
    WatchedAlarm,
    follow_alarm,
    is_step_passed,
    leave,
    take_off_shelf,
)
from micboard_tui.domain.alarm_rules import (
    LONGEST_STEP_S,
    MAX_NOTE,
    AlarmKey,
    AlarmPriority,
)
from micboard_tui.domain.shelf_end import ShowShelf, find_latest_end, find_longest
from micboard_tui.domain.show import ShowProfile

DeskChange: TypeAlias = "tuple[AlarmDesk, tuple[AlarmEvent, ...]]"


@dataclass(frozen=True, slots=True)
class AlarmDesk:
    """All alarms at one moment; every method returns the next desk and what happened."""

    at: float | None = None
    """When conditions were followed last; None: never."""
    clock_s: float = 0.0
    """The desk's own clock, which never runs back."""
    observed_s: float = 0.0
    """A clock that goes on by ``LONGEST_STEP_S`` at most in each step."""
    watched: Mapping[AlarmKey, WatchedAlarm] = field(default_factory=dict)
    alarms: tuple[Alarm, ...] = ()
    """All open and kept ones by their rank; the same object while none changed."""
    groups: Groups = field(default_factory=dict)
    """As they were at ``at``."""
    priorities: Mapping[AlarmKey, AlarmPriority] = field(default_factory=dict)
    """The same of those that were less urgent than their rules."""

    def find(self, key: AlarmKey) -> Alarm | None:
        entry = self.watched.get(key)
        return None if entry is None else entry.alarm

    def follow(
        self,
        conditions: Mapping[AlarmKey, Condition],
        now: float,
        groups: Groups = NO_GROUPS,
        priorities: Mapping[AlarmKey, AlarmPriority] = NO_PRIORITIES,
        minutes_steps: Mapping[AlarmKey, int] = NO_STEPS,
        active: ActiveShow | None = None,
    ) -> "DeskChange":
        """What becomes of all alarms when these are the conditions at ``now``.

        ``groups``: for devices that became unreachable together the one alarm that stands for all of them.
        ``priorities``: those of alarms that are less urgent now than their rules say.
        ``minutes_steps``: how far batteries went down (``domain.battery_steps``). ``active``: the profile and
        the show, if they are known.
        """
        step_s = 0.0 if self.at is None else max(0.0, now - self.at)
        moment = Moment(
            now,
            self.clock_s + step_s,
            self.observed_s + min(step_s, LONGEST_STEP_S),
            (self.clock_s, self.observed_s),
            priorities,
            minutes_steps,
            active,
        )
        watched = self.watched
        keys = [
            key
            for key, entry in watched.items()
            if entry.due_s <= moment.clock_s
            or conditions.get(key) is not entry.condition
            or (self.priorities and priorities.get(key) != self.priorities.get(key))
            or (minutes_steps and is_step_passed(entry.alarm, minutes_steps.get(key)))
        ]
        keys += [key for key, is_true in conditions.items() if is_true and key not in watched]
        if not keys and groups == self.groups:
            clocks = moment.clock_s, moment.observed_s
            return AlarmDesk(now, *clocks, watched, self.alarms, groups, priorities), ()
        return self._follow_keys(keys, conditions, moment, groups)

    def acknowledge(self, key: AlarmKey, by: str, now: float) -> "DeskChange":
        """It was seen. A cleared one leaves."""
        alarm = self.find(key)
        if alarm is None or alarm.acknowledged_at is not None:
            return self, ()
        seen = replace(alarm, acknowledged_by=by, acknowledged_at=max(now, alarm.raised_at))
        return self._put(seen, AlarmEventKind.ACKNOWLEDGED, now, by)

    def shelve(
        self,
        key: AlarmKey,
        until: float | None,
        by: str,
        now: float,
        *,
        end: ShowProfile | ShowShelf | None = None,
        latest: float | None = None,
    ) -> "DeskChange":
        """Put it aside until a time, also over a clearing and a raise; None: until it clears.

        ``end``: until another profile than this is active, or until a moment of the show; over clearings,
        too. ``latest``: the latest end (``find_latest_end``); None: that without a show. ValueError: not
        until then.
        """
        if until is not None and not now < until <= (latest or find_latest_end(None, now)):
            raise ValueError("an alarm is not shelved for so long")
        alarm = self.find(key)
        if alarm is None:
            return self, ()
        shelved = replace(
            take_off_shelf(alarm),
            shelved_by=by,
            shelved_until=until,
            shelved_profile=end if isinstance(end, ShowProfile) else None,
            shelved_show=end if isinstance(end, ShowShelf) else None,
        )
        return self._put(shelved, AlarmEventKind.SHELVED, now, by)

    def unshelve(self, key: AlarmKey, by: str, now: float) -> "DeskChange":
        alarm = self.find(key)
        if alarm is None or not alarm.is_shelved:
            return self, ()
        return self._put(take_off_shelf(alarm), AlarmEventKind.UNSHELVED, now, by)

    def note(self, key: AlarmKey, text: str, by: str, now: float) -> "DeskChange":
        """Replace its note; an empty one takes it away."""
        alarm = self.find(key)
        if alarm is None or alarm.note == (text := text.strip()[:MAX_NOTE]):
            return self, ()
        return self._put(replace(alarm, note=text), AlarmEventKind.NOTED, now, by)

    def restore(self, before: Alarm, after: Alarm, by: str, now: float) -> "DeskChange":
        """Take back what an operator did between the two; an alarm that left because of it is back."""
        alarm = self.find(before.key)
        if alarm is None:
            if before.is_open:
                return self, ()
            return self._put(before, AlarmEventKind.UNACKNOWLEDGED, now, by)
        former = _take_back(before, after, alarm)
        if former == alarm:
            return self, ()
        return self._put(former, _kind_of(alarm, former), now, by)

    def recall(self, stored: Iterable[Alarm], now: float) -> "AlarmDesk":
        """With the alarms that were stored: they stand until their end is observed."""
        entries = dict(self.watched)
        for alarm in stored:
            entries[alarm.key] = WatchedAlarm(
                alarm,
                acknowledged_s=self._clock_of(alarm.acknowledged_at, now),
                shelved_s=self.clock_s,
                shelf_s=find_longest(alarm.shelved_until, now),
                cleared_s=self._clock_of(alarm.cleared_at, now),
            )
        return replace(self, watched=entries, alarms=_sort(entries))

    def shift_clock(self, correction_s: float) -> "AlarmDesk":
        """With every stamp moved after the machine's clock was set; shelves end as much later or earlier."""
        entries = {
            key: entry if entry.alarm is None else entry._replace(alarm=_shift(entry.alarm, correction_s))
            for key, entry in self.watched.items()
        }
        at = None if self.at is None else self.at + correction_s
        return replace(self, at=at, watched=entries, alarms=_sort(entries))

    def drop(self, stored: Alarm) -> "AlarmDesk":
        """Without a cleared alarm that left the list of another program."""
        alarm = self.find(stored.key)
        if alarm is None or alarm.is_open or alarm.raised_at != stored.raised_at:
            return self
        entry = self.watched[alarm.key]._replace(alarm=None, due_s=0.0)
        entries = {**self.watched, alarm.key: entry}
        return replace(self, watched=entries, alarms=_sort(entries))

    def take_over(self, stored: Alarm, now: float) -> "AlarmDesk":
        """With what people did to an alarm in another program."""
        alarm = self.find(stored.key)
        if alarm is None or alarm == (taken := _copy_actions(stored, alarm)):
            return self
        return self._put(taken, _kind_of(alarm, taken), now, "")[0]

    def _follow_keys(
        self,
        keys: Iterable[AlarmKey],
        conditions: Mapping[AlarmKey, Condition],
        moment: Moment,
        groups: Groups,
    ) -> "DeskChange":
        entries = dict(self.watched)
        events: Events = []
        is_changed, is_hiding_due = False, groups != self.groups
        sources = MainSources(entries, groups)
        for key in sorted(keys, key=_is_of_channel):
            before = entries.get(key, NOT_WATCHED)
            source = sources.find(key) if before.alarm is None else None
            entry = follow_alarm(key, before, conditions.get(key), moment, events, source)
            if entry is None:
                entries.pop(key, None)
                is_changed |= before.alarm is not None
                continue
            entries[key] = entry
            is_changed |= entry.alarm is not before.alarm
            is_hidden = entry.alarm is not None and entry.alarm.hidden_by is not None
            is_hiding_due |= is_hidden and entry.condition is not before.condition
        if events or is_hiding_due:
            hide_alarms(entries, groups, moment.now, events)
            drop_surplus(entries)
            is_changed = True
        alarms = _sort(entries) if is_changed else self.alarms
        clocks = moment.clock_s, moment.observed_s
        desk = AlarmDesk(moment.now, *clocks, entries, alarms, groups, moment.priorities)
        return desk, tuple(join_events(entries, events))

    def _put(self, alarm: Alarm, kind: AlarmEventKind, now: float, by: str) -> "DeskChange":
        entry = self.watched.get(alarm.key, WatchedAlarm(cleared_s=self.clock_s))
        entry = entry._replace(alarm=alarm, due_s=0.0)
        if kind is AlarmEventKind.ACKNOWLEDGED:
            entry = entry._replace(acknowledged_s=self.clock_s)
        elif kind is AlarmEventKind.SHELVED:
            shelf_s = find_longest(alarm.shelved_until, now)
            entry = entry._replace(shelved_s=self.clock_s, shelf_s=shelf_s)
        entries = {**self.watched, alarm.key: leave(entry, self.clock_s)}
        desk = replace(self, watched=entries, alarms=_sort(entries))
        return desk, (AlarmEvent(kind, alarm, now, by),)

    def _clock_of(self, stamp: float | None, now: float) -> float:
        """The desk's own time of a moment in the past."""
        return self.clock_s - max(0.0, now - (now if stamp is None else stamp))


def _is_of_channel(key: AlarmKey) -> bool:
    return key.channel is not None


def _sort(entries: Watched) -> tuple[Alarm, ...]:
    alarms = (entry.alarm for entry in entries.values() if entry.alarm is not None)
    return tuple(sorted(alarms, key=lambda alarm: alarm.rank))


def _shift(alarm: Alarm, correction_s: float) -> Alarm:
    def move(stamp: float | None) -> float | None:
        return None if stamp is None else stamp + correction_s

    return replace(
        alarm,
        raised_at=alarm.raised_at + correction_s,
        last_seen_at=alarm.last_seen_at + correction_s,
        cleared_at=move(alarm.cleared_at),
        acknowledged_at=move(alarm.acknowledged_at),
        shelved_until=move(alarm.shelved_until),
    )


def _copy_actions(source: Alarm, alarm: Alarm) -> Alarm:
    """An alarm with what people did to another one of its key."""
    return replace(
        alarm,
        acknowledged_by=source.acknowledged_by,
        acknowledged_at=source.acknowledged_at,
        shelved_by=source.shelved_by,
        shelved_until=source.shelved_until,
        shelved_profile=source.shelved_profile,
        shelved_show=source.shelved_show,
        note=source.note,
    )


def _take_back(before: Alarm, after: Alarm, alarm: Alarm) -> Alarm:
    """The alarm without what changed between two others; what was done beside it stays."""
    seen = alarm if before.acknowledged_at == after.acknowledged_at else before
    shelf = alarm if _shelf_of(before) == _shelf_of(after) else before
    return replace(
        alarm,
        acknowledged_by=seen.acknowledged_by,
        acknowledged_at=seen.acknowledged_at,
        shelved_by=shelf.shelved_by,
        shelved_until=shelf.shelved_until,
        shelved_profile=shelf.shelved_profile,
        shelved_show=shelf.shelved_show,
        note=alarm.note if before.note == after.note else before.note,
    )


def _shelf_of(alarm: Alarm) -> tuple[object, ...]:
    return alarm.shelved_by, alarm.shelved_until, alarm.shelved_profile, alarm.shelved_show


def _kind_of(before: Alarm, after: Alarm) -> AlarmEventKind:
    """What a person did when an alarm became another one."""
    if before.acknowledged_at != after.acknowledged_at:
        is_seen = after.acknowledged_at is not None
        return AlarmEventKind.ACKNOWLEDGED if is_seen else AlarmEventKind.UNACKNOWLEDGED
    if _shelf_of(before) != _shelf_of(after):
        return AlarmEventKind.SHELVED if after.is_shelved else AlarmEventKind.UNSHELVED
    return AlarmEventKind.NOTED
