"""Which open alarms hide which others, and how urgent they are because of these. Pure.

All functions change the entries of the next desk, which nothing else has yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_life import Events, WatchedAlarm
from micboard_tui.domain.alarm_rules import (
    MAX_CLEARED,
    AlarmKey,
    AlarmPriority,
    is_unreadable,
    list_sources,
    list_unreadable,
)
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
    unreadable = _find_unreadable(alarms)
    hidden = []
    for key, alarm in alarms.items():
        source = _find_source(key, alarms, groups, unreadable)
        if source is not None:
            hidden.append((source, alarm.priority))
        if source != alarm.hidden_by and (source is not None or entries[key].condition):
            _hide(entries, alarm, source, now, events)
    for source, priority in hidden:
        _worsen(entries, source, priority, now, events)


class MainSources:
    """The open alarms that hide whole devices, found once for each device in a step."""

    def __init__(self, entries: Watched, groups: Groups) -> None:
        self._entries, self._groups = entries, groups
        self._found: dict[DeviceId, AlarmKey | None] = {}

    def find(self, key: AlarmKey) -> AlarmKey | None:
        """To be asked first for what is of no channel: that may hide the channels of its device."""
        device_id = key.device_id
        if device_id is None:
            return None
        if key.channel is None:
            return self._find_group(device_id) if is_unreadable(key) else None
        if device_id not in self._found:
            device = (source for source in list_unreadable(device_id) if self._is_open(source))
            self._found[device_id] = self._find_group(device_id) or next(device, None)
        return self._found[device_id]

    def _find_group(self, device_id: DeviceId) -> AlarmKey | None:
        group = self._groups.get(device_id)
        return group if group is not None and self._is_open(group) else None

    def _is_open(self, key: AlarmKey) -> bool:
        entry = self._entries.get(key)
        return entry is not None and entry.alarm is not None and entry.alarm.is_open


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


def _find_unreadable(alarms: Mapping[AlarmKey, Alarm]) -> Mapping[DeviceId, AlarmKey]:
    """The open alarms that a device cannot be read, the one that hides most if it has two."""
    found: dict[DeviceId, AlarmKey] = {}
    for key in alarms:
        if key.device_id is not None and is_unreadable(key):
            known = found.setdefault(key.device_id, key)
            found[key.device_id] = min(known, key, key=lambda alarm_key: alarm_key.cause.rank)
    return found


def _find_source(
    key: AlarmKey,
    alarms: Mapping[AlarmKey, Alarm],
    groups: Groups,
    unreadable: Mapping[DeviceId, AlarmKey],
) -> AlarmKey | None:
    """The open alarm that hides this one: of the whole group, of the device, or of the same channel."""
    if key.device_id is None:
        return None
    if groups and (group := groups.get(key.device_id)) is not None and group in alarms:
        return group
    if is_unreadable(key):
        return None
    if (device := unreadable.get(key.device_id)) is not None:
        return device
    for source in list_sources(key):
        if source in alarms:
            return source
    return None


def _hide(entries: Watched, alarm: Alarm, source: AlarmKey | None, now: float, events: Events) -> None:
    # Written out, since it is done for hundreds at once: ``replace`` takes five times as long.
    changed = Alarm(
        alarm.key,
        alarm.priority,
        alarm.raised_at,
        alarm.last_seen_at,
        alarm.count,
        alarm.is_flapping,
        alarm.cleared_at,
        alarm.acknowledged_by,
        alarm.acknowledged_at,
        alarm.shelved_by,
        alarm.shelved_until,
        source,
        alarm.note,
        alarm.minutes_step,
        alarm.shelved_profile,
        alarm.shelved_show,
    )
    entries[alarm.key] = WatchedAlarm(changed, *entries[alarm.key][1:])
    if source is None:
        events.append(AlarmEvent(AlarmEventKind.REVEALED, changed, now))
    elif alarm.hidden_by is None:
        events.append(AlarmEvent(AlarmEventKind.HIDDEN, changed, now))


def _worsen(entries: Watched, source: AlarmKey, priority: AlarmPriority, now: float, events: Events) -> None:
    entry = entries[source]
    # What is hidden itself is not seen; when it is revealed, this is judged anew.
    if entry.alarm is None or entry.alarm.hidden_by is not None or entry.alarm.priority <= priority:
        return
    worse = replace(entry.alarm, priority=priority, acknowledged_by=None, acknowledged_at=None)
    entries[source] = entry._replace(alarm=worse)
    events.append(AlarmEvent(AlarmEventKind.WORSENED, worse, now))


def _list_open(entries: Watched) -> Iterator[tuple[AlarmKey, Alarm]]:
    for key, entry in entries.items():
        if entry.alarm is not None and entry.alarm.cleared_at is None:
            yield key, entry.alarm
