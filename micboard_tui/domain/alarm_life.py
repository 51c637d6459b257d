"""What becomes of one alarm: its delays, its flapping, its shelf, and when it leaves. Pure.

``AlarmDesk.follow`` calls ``follow_alarm`` for each key whose condition changed or of which something is due
(``WatchedAlarm.due_s``), so that hundreds of alarms that stand cost nothing. An entry is in one of four
states:

* *watched*: no alarm yet; sums up how long its condition was observed.
* *open*: raised. Sums up how long the end of its condition was observed.
* *kept*: cleared and not seen. Its condition raises it again as the same alarm, with a higher count.
* *remembered*: its alarm left, but its last raises are known for ``FLAPPING_WINDOW_S``.

Sums are brought up to date only when an entry is followed: as long as its condition stays, the time since
then counts by the desk's clock of observed time, which goes on by ``LONGEST_STEP_S`` at most in each step.
That a rack vanishes begins and raises hundreds of alarms at once: these two ways are written out for speed.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import (
    FLAPPING_OFF_DELAY_S,
    FLAPPING_RAISES,
    FLAPPING_WINDOW_S,
    KEPT_CLEARED_S,
    LAST_SEEN_STEP_S,
    LONGEST_SHELF_S,
    MIN_SAMPLES,
    AlarmKey,
    AlarmPriority,
    AlarmRule,
    find_rule,
)
from micboard_tui.domain.shelf_end import is_end_to_come
from micboard_tui.domain.show import ShowProfile, ShowProgress

Condition: TypeAlias = bool | None
"""None: it was not observed whether it is there."""
Events: TypeAlias = list[AlarmEvent]
NO_PRIORITIES: Mapping[AlarmKey, AlarmPriority] = {}
NO_STEPS: Mapping[AlarmKey, int] = {}


class ActiveShow(NamedTuple):
    """What shelves may end with."""

    profile: ShowProfile
    show: ShowProgress | None = None
    """The current one; None: there is none."""


class WatchedAlarm(NamedTuple):
    """What is remembered of one key. All but ``alarm`` is in seconds of the desk's own clock."""

    alarm: Alarm | None = None
    """None: it is not raised, or has left the list."""
    condition: Condition = None
    """What was observed last."""
    true_s: float = 0.0
    true_samples: int = 0
    false_s: float = 0.0
    summed_s: float = 0.0
    """Up to when the sums go, by the clock of observed time."""
    seen_s: float = 0.0
    """When its condition became what it is; of one that is not observed: when it was observed last."""
    raises: tuple[float, ...] = ()
    """The last raises, at most as many as make it flap."""
    acknowledged_s: float = 0.0
    shelved_s: float = 0.0
    shelf_s: float = LONGEST_SHELF_S
    """How long its shelf lasts at most, also when the machine's clock is set."""
    cleared_s: float = 0.0
    due_s: float = 0.0
    """Until then nothing becomes of it while its condition stays as it is."""


class Moment(NamedTuple):
    now: float
    """Seconds since the epoch."""
    clock_s: float
    """The same by the desk's own clock."""
    observed_s: float
    """By the clock of observed time."""
    before: tuple[float, float]
    """What both clocks showed at the moment before."""
    priorities: Mapping[AlarmKey, AlarmPriority] = NO_PRIORITIES
    """Of alarms that are less urgent now than their rules say."""
    minutes_steps: Mapping[AlarmKey, int] = NO_STEPS
    """The steps of minutes left that batteries have passed."""
    active: ActiveShow | None = None
    """Which profile and show are active; None: not known yet."""


NOT_WATCHED = WatchedAlarm()


def follow_alarm(
    key: AlarmKey,
    entry: WatchedAlarm,
    condition: Condition,
    moment: Moment,
    events: Events,
    source: AlarmKey | None = None,
) -> WatchedAlarm | None:
    """What becomes of an alarm at a moment; None: nothing of it has to be remembered.

    ``source``: the open alarm that hides it from its first moment on, where that is known already.
    """
    rule = find_rule(key)
    if (priority := moment.priorities.get(key)) is not None:
        rule = rule._replace(priority=priority)
    if entry is NOT_WATCHED:
        due_s = moment.clock_s + rule.on_delay_s
        return WatchedAlarm(None, condition, 0.0, 1, 0.0, moment.observed_s, moment.clock_s, due_s=due_s)
    if entry.alarm is None and condition and entry.condition:
        true_s = entry.true_s + moment.observed_s - entry.summed_s
        if true_s >= rule.on_delay_s:
            return _raise_first(key, entry, rule, moment, events, source)
    return _follow_others(key, entry, condition, rule, moment, events)


def _follow_others(
    key: AlarmKey,
    entry: WatchedAlarm,
    condition: Condition,
    rule: AlarmRule,
    moment: Moment,
    events: Events,
) -> WatchedAlarm | None:
    entry = _observe(entry, condition, moment)
    if entry.alarm is not None and entry.alarm.shelved_by is not None:
        entry = _end_shelf(entry, entry.alarm, moment, events)
    alarm = entry.alarm
    if alarm is None or not alarm.is_open:
        is_due = entry.condition and entry.true_samples >= MIN_SAMPLES and entry.true_s >= rule.on_delay_s
        entry = _raise(key, entry, rule, moment, events) if is_due else leave(entry, moment.clock_s)
    elif entry.condition:
        entry = _last(entry, _pass_step(alarm, moment, events), rule, moment, events)
    elif entry.condition is False:
        entry = _clear(entry, alarm, rule, moment, events)
    if entry.alarm is None and not _is_remembered(entry, moment.clock_s):
        return None
    return entry._replace(due_s=_find_due(entry, rule, moment.clock_s))


def leave(entry: WatchedAlarm, clock_s: float) -> WatchedAlarm:
    """Without its alarm, if that is cleared and has been seen, or was kept for long enough."""
    alarm = entry.alarm
    if alarm is None or alarm.is_open or alarm.is_shelved_over_clearing:
        return entry
    kept_s = KEPT_CLEARED_S[alarm.priority]
    is_over = kept_s is not None and clock_s - entry.cleared_s >= kept_s
    return entry._replace(alarm=None) if is_over or not alarm.is_new else entry


def is_step_passed(alarm: Alarm | None, step: int | None) -> bool:
    """Whether a battery has passed another step since; one that is hidden passes it when it is revealed."""
    if alarm is None or step is None or alarm.hidden_by is not None:
        return False
    return alarm.minutes_step is None or step < alarm.minutes_step


def take_off_shelf(alarm: Alarm) -> Alarm:
    return replace(alarm, shelved_by=None, shelved_until=None, shelved_profile=None, shelved_show=None)


def _observe(entry: WatchedAlarm, condition: Condition, moment: Moment) -> WatchedAlarm:
    """Time counts as observed between two samples that are the same."""
    before, until_s, seen_s = entry.condition, moment.observed_s, entry.seen_s
    if before is not condition:
        if condition is None:
            seen_s, until_s = moment.before
        else:
            seen_s = moment.clock_s
    elif condition is None:
        return entry
    true_s, samples, false_s = entry.true_s, entry.true_samples, entry.false_s
    if before is condition or condition is None:
        lasted_s = until_s - entry.summed_s
        true_s, false_s = (true_s + lasted_s, false_s) if before else (true_s, false_s + lasted_s)
    if condition:
        samples, false_s = min(samples + 1, MIN_SAMPLES), 0.0
    elif condition is False:
        samples, true_s = 0, 0.0
    return entry._replace(
        condition=condition,
        true_s=true_s,
        true_samples=samples,
        false_s=false_s,
        summed_s=until_s,
        seen_s=seen_s,
    )


def _raise_first(
    key: AlarmKey,
    entry: WatchedAlarm,
    rule: AlarmRule,
    moment: Moment,
    events: Events,
    source: AlarmKey | None,
) -> WatchedAlarm:
    """Of one that has no alarm."""
    raises: tuple[float, ...] = (moment.clock_s,)
    if entry.raises:
        raises = (*_recent(entry.raises, moment.clock_s), moment.clock_s)[-FLAPPING_RAISES:]
    count, now = len(raises), moment.now
    is_flapping = count == FLAPPING_RAISES
    alarm = Alarm(key, rule.priority, now, now, count, is_flapping, None, None, None, None, None, source)
    if moment.minutes_steps:
        alarm = replace(alarm, minutes_step=moment.minutes_steps.get(key))
    events.append(AlarmEvent(AlarmEventKind.RAISED, alarm, now))
    due_s = moment.clock_s + LAST_SEEN_STEP_S
    observed_s, seen_s = moment.observed_s, entry.seen_s
    return WatchedAlarm(
        alarm, entry.condition, entry.true_s, MIN_SAMPLES, 0.0, observed_s, seen_s, raises, due_s=due_s
    )


def _raise(
    key: AlarmKey, entry: WatchedAlarm, rule: AlarmRule, moment: Moment, events: Events
) -> WatchedAlarm:
    raises = (*_recent(entry.raises, moment.clock_s), moment.clock_s)[-FLAPPING_RAISES:]
    alarm = Alarm(
        key,
        rule.priority,
        moment.now,
        moment.now,
        len(raises),
        is_flapping=len(raises) == FLAPPING_RAISES,
        minutes_step=moment.minutes_steps.get(key),
    )
    if (before := entry.alarm) is not None:
        alarm = replace(
            alarm,
            priority=min(before.priority, alarm.priority),
            count=before.count + 1,
            shelved_by=before.shelved_by,
            shelved_until=before.shelved_until,
            shelved_profile=before.shelved_profile,
            shelved_show=before.shelved_show,
            note=before.note,
        )
    events.append(AlarmEvent(AlarmEventKind.RAISED, alarm, moment.now))
    return entry._replace(alarm=alarm, raises=raises)


def _last(entry: WatchedAlarm, alarm: Alarm, rule: AlarmRule, moment: Moment, events: Events) -> WatchedAlarm:
    """An open alarm whose condition is still there."""
    if moment.now - alarm.last_seen_at >= LAST_SEEN_STEP_S:
        alarm = replace(alarm, last_seen_at=moment.now)
    if rule.priority < alarm.priority:
        alarm = replace(alarm, priority=rule.priority, acknowledged_by=None, acknowledged_at=None)
        events.append(AlarmEvent(AlarmEventKind.WORSENED, alarm, moment.now))
    after_s = _find_re_alarm(alarm, rule)
    if after_s is not None and moment.clock_s - entry.acknowledged_s >= after_s:
        alarm = replace(alarm, acknowledged_by=None, acknowledged_at=None)
        events.append(AlarmEvent(AlarmEventKind.RE_ALARMED, alarm, moment.now))
    return entry if alarm is entry.alarm else entry._replace(alarm=alarm)


def _pass_step(alarm: Alarm, moment: Moment, events: Events) -> Alarm:
    """Less is left of a battery: that it was seen does not count any more."""
    step = moment.minutes_steps.get(alarm.key)
    if not is_step_passed(alarm, step):
        return alarm
    if alarm.acknowledged_at is None:
        return replace(alarm, minutes_step=step)
    alarm = replace(alarm, minutes_step=step, acknowledged_by=None, acknowledged_at=None)
    events.append(AlarmEvent(AlarmEventKind.RE_ALARMED, alarm, moment.now))
    return alarm


def _clear(
    entry: WatchedAlarm, alarm: Alarm, rule: AlarmRule, moment: Moment, events: Events
) -> WatchedAlarm:
    """An open alarm whose condition is no longer there: it clears once that was observed for long enough."""
    if entry.false_s < _find_off_delay(alarm, rule):
        return entry
    cleared = replace(alarm, cleared_at=max(moment.now, alarm.last_seen_at))
    events.append(AlarmEvent(AlarmEventKind.CLEARED, cleared, moment.now))
    return leave(entry._replace(alarm=cleared, cleared_s=moment.clock_s), moment.clock_s)


def _end_shelf(entry: WatchedAlarm, alarm: Alarm, moment: Moment, events: Events) -> WatchedAlarm:
    """Of one that is shelved."""
    active, profile, shelf = moment.active, alarm.shelved_profile, alarm.shelved_show
    is_over = alarm.shelved_until is not None and moment.now >= alarm.shelved_until
    if active is not None:
        is_over |= profile is not None and profile is not active.profile
        is_over |= shelf is not None and shelf.is_over(active.show)
    if moment.clock_s - entry.shelved_s >= entry.shelf_s:
        show = None if active is None else active.show
        is_over |= shelf is None or not is_end_to_come(show, moment.now)
    if not is_over:
        return entry
    alarm = take_off_shelf(alarm)
    events.append(AlarmEvent(AlarmEventKind.UNSHELVED, alarm, moment.now))
    return entry._replace(alarm=alarm)


def _find_off_delay(alarm: Alarm, rule: AlarmRule) -> float:
    return max(rule.off_delay_s, FLAPPING_OFF_DELAY_S) if alarm.is_flapping else rule.off_delay_s


def _find_re_alarm(alarm: Alarm, rule: AlarmRule) -> float | None:
    """After how long an acknowledged alarm is unacknowledged again; None: it is not."""
    return None if alarm.acknowledged_at is None else rule._replace(priority=alarm.priority).re_alarm_s


def _find_due(entry: WatchedAlarm, rule: AlarmRule, clock_s: float) -> float:
    """Until when nothing becomes of an entry while its condition stays; 0: each moment counts."""
    alarm, condition = entry.alarm, entry.condition
    if alarm is not None and alarm.shelved_by is not None:
        return 0.0
    if alarm is not None and alarm.is_open:
        return _find_due_of_open(entry, alarm, rule, clock_s)
    if condition:
        return clock_s + max(0.0, rule.on_delay_s - entry.true_s)
    if alarm is None:
        return max((*entry.raises, entry.seen_s)) + FLAPPING_WINDOW_S
    kept_s = KEPT_CLEARED_S[alarm.priority]
    return inf if kept_s is None else entry.cleared_s + kept_s


def _find_due_of_open(entry: WatchedAlarm, alarm: Alarm, rule: AlarmRule, clock_s: float) -> float:
    if entry.condition is None:
        return inf
    if not entry.condition:
        return clock_s + _find_off_delay(alarm, rule) - entry.false_s
    after_s = _find_re_alarm(alarm, rule)
    return min(clock_s + LAST_SEEN_STEP_S, inf if after_s is None else entry.acknowledged_s + after_s)


def _is_remembered(entry: WatchedAlarm, clock_s: float) -> bool:
    if _recent(entry.raises, clock_s):
        return True
    if entry.condition:
        return True
    return entry.true_samples > 0 and clock_s - entry.seen_s <= FLAPPING_WINDOW_S


def _recent(raises: tuple[float, ...], clock_s: float) -> tuple[float, ...]:
    return tuple(at for at in raises if clock_s - at <= FLAPPING_WINDOW_S)
