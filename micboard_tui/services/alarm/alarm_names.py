"""How an event of an alarm reads: what it is about, and what happened."""

from collections.abc import Iterable, Mapping

from micboard_tui.contracts.problem_texts import PROBLEM_TEXTS
from micboard_tui.domain.alarm import AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_flood import AlarmFlood
from micboard_tui.domain.alarm_record import record_event
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import DeviceId, channel_label

_HAPPENED = {
    AlarmEventKind.RAISED: "raised",
    AlarmEventKind.CLEARED: "cleared",
    AlarmEventKind.WORSENED: "is more urgent",
    AlarmEventKind.RE_ALARMED: "lasts, and is new again",
    AlarmEventKind.HIDDEN: "suppressed",
    AlarmEventKind.REVEALED: "no longer suppressed",
    AlarmEventKind.ACKNOWLEDGED: "seen",
    AlarmEventKind.UNACKNOWLEDGED: "no longer seen",
    AlarmEventKind.SHELVED: "shelved",
    AlarmEventKind.UNSHELVED: "taken off the shelf",
}


def record_events(events: Iterable[AlarmEvent], devices: Iterable[DeviceSnapshot]) -> list[Event]:
    """Events to be kept, with the names that the devices have now."""
    titles = {device.device.id: device.title for device in devices}
    return [record_event(event, _describe(event), _find_subject(event.alarm.key, titles)) for event in events]


def record_flood(
    before: AlarmFlood | None, after: AlarmFlood | None, at: float, devices: Iterable[DeviceSnapshot]
) -> list[Event]:
    """That a flood began or ended; nothing while it goes on."""
    if before is None and after is not None:
        titles = {device.device.id: device.title for device in devices}
        text = f"Flood of alarms began, the first was {PROBLEM_TEXTS[after.first.cause].title}"
        subject = _find_subject(after.first, titles)
        return [
            Event(
                after.since,
                EventKind.ALARM,
                text,
                after.first.device_id,
                after.first.channel,
                subject=subject,
            )
        ]
    if before is not None and after is None:
        return [Event(at, EventKind.ALARM, f"Flood of alarms over, {before.count} came")]
    return []


def _describe(event: AlarmEvent) -> str:
    alarm = event.alarm
    title = PROBLEM_TEXTS[alarm.key.cause].title
    if event.kind is AlarmEventKind.NOTED:
        return f"{title}: {alarm.note}" if alarm.note else f"{title}: note removed"
    if event.kind is AlarmEventKind.UNSHELVED and event.by is None:
        return f"{title}: shelf ended"
    if event.kind is AlarmEventKind.RAISED and alarm.hidden_by is not None:
        return f"{title} raised behind {PROBLEM_TEXTS[alarm.hidden_by.cause].title}"
    return f"{title} {_HAPPENED[event.kind]}"


def _find_subject(key: AlarmKey, titles: Mapping[DeviceId, str]) -> str | None:
    title = None if key.device_id is None else titles.get(key.device_id)
    return title if title is None or key.channel is None else channel_label(title, key.channel)
