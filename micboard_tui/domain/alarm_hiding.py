"""Which open alarms hide which others, and how urgent they are because of these. Pure.

All functions change the entries of the next desk, which nobody else has yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_life import Events, WatchedAlarm
from micboard_tui.domain.alarm_rules import MAX_CLEARED, AlarmKey, AlarmPriority, list_sources
from micboard_tui.domain.identity import DeviceId

Watched: TypeAlias = dict[AlarmKey, WatchedAlarm]
Groups: TypeAlias = Mapping[DeviceId, AlarmKey]
"""For devices that became unreachable together the one alarm that stands for all of them."""
NO_GROUPS: Groups = {}


def hide_alarms(entries: Watched, groups: Groups, now: float, events: Events) -> None:
    """Let open alarms hide others. One is revealed only when its condition is observed to be there.

    An alarm is at least as urgent as what it hides, and is unacknowledged again when that goes up.
    """
    alarms = dict(_list_open(entries))
    hidden = []
    for key, alarm in alarms.items():
        group = groups.get(key.device_id) if groups and key.device_id is not None else None
        sources = list_sources(key) if group is None else (group, *list_sources(key))
        source = next((source for source in sources if source in alarms), None)
        if source is not None:
            hidden.append((source, alarm.priority))
        if source != alarm.hidden_by and (source is not None or entries[key].condition):
            _hide(entries, alarm, source, now, events)
    for source, priority in hidden:
        _worsen(entries, source, priority, now, events)


def drop_surplus(entries: Watched) -> None:
    """At most ``MAX_CLEARED`` cleared ones: the least urgent, and of these the oldest, leave."""
    cleared = [
        entry.alarm for entry in entries.values() if entry.alarm is not None and not entry.alarm.is_open
    ]
    if len(cleared) <= MAX_CLEARED:
        return
    cleared.sort(key=lambda alarm: (alarm.priority, -alarm.raised_at))
    for alarm in cleared[MAX_CLEARED:]:
        entries[alarm.key] = entries[alarm.key]._replace(alarm=None, due_s=0.0)


def join_events(entries: Watched, events: Events) -> Events:
    """A raise tells at once what hides the alarm; that it was hidden is then no event of its own."""
    raised = {event.alarm.key for event in events if event.kind is AlarmEventKind.RAISED}
    if not raised:
        return events
    joined = []
    for event in events:
        alarm = entries[event.alarm.key].alarm if event.alarm.key in raised else None
        if event.kind is AlarmEventKind.RAISED and alarm is not None:
            joined.append(event if event.alarm is alarm else AlarmEvent(event.kind, alarm, event.at))
        elif alarm is None or event.kind not in {AlarmEventKind.HIDDEN, AlarmEventKind.WORSENED}:
            joined.append(event)
    return joined


def _hide(entries: Watched, alarm: Alarm, source: AlarmKey | None, now: float, events: Events) -> None:
    changed = replace(alarm, hidden_by=source)
    entries[alarm.key] = entries[alarm.key]._replace(alarm=changed)
    if source is None:
        events.append(AlarmEvent(AlarmEventKind.REVEALED, changed, now))
    elif alarm.hidden_by is None:
        events.append(AlarmEvent(AlarmEventKind.HIDDEN, changed, now))


def _worsen(entries: Watched, source: AlarmKey, priority: AlarmPriority, now: float, events: Events) -> None:
    entry = entries[source]
    if entry.alarm is None or entry.alarm.priority <= priority:
        return
    worse = replace(entry.alarm, priority=priority, acknowledged_by=None, acknowledged_at=None)
    entries[source] = entry._replace(alarm=worse)
    events.append(AlarmEvent(AlarmEventKind.WORSENED, worse, now))


def _list_open(entries: Watched) -> Iterator[tuple[AlarmKey, Alarm]]:
    for key, entry in entries.items():
        if entry.alarm is not None and entry.alarm.cleared_at is None:
            yield key, entry.alarm
