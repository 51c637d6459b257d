"""Events of alarms as they are kept in the list of all events, and back. Pure.

``Event.details`` holds the whole alarm as it was afterwards, as text by name; what is not set has no entry.
"""

import json
from collections.abc import Iterator, Mapping

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import load_show_shelf
from micboard_tui.domain.show import ShowProfile


def record_event(event: AlarmEvent, text: str, subject: str | None) -> Event:
    """The event to be kept; ``subject``: what the channel or device is called."""
    key = event.alarm.key
    return Event(
        event.at,
        EventKind.ALARM,
        text[:MAX_EVENT_TEXT],
        key.device_id,
        key.channel,
        event.by,
        dict(_list_details(event)),
        subject,
    )


def read_event(event: Event) -> AlarmEvent | None:
    """What was kept; None: it is no event of an alarm, or none that this release knows."""
    details = event.details
    try:
        location = details.get("location")
        key = AlarmKey(
            ProblemCode(details["cause"]),
            event.device_id,
            event.channel,
            int(details.get("part", "0")),
            None if location is None else LocationId(location),
        )
        kind = AlarmEventKind(details["event"])
        undoes = _read_stamp(details, "undoes")
        return AlarmEvent(kind, _read_alarm(key, details), event.at, event.actor, undoes)
    except (KeyError, ValueError, TypeError):
        return None


def dump_key(key: AlarmKey) -> str:
    return json.dumps([key.cause.value, *key[1:]])


def load_key(text: str) -> AlarmKey:
    """Raises ValueError or TypeError when it is none of ours."""
    cause, device_id, channel, part, location_id = json.loads(text)
    return AlarmKey(
        ProblemCode(cause),
        None if device_id is None else DeviceId(str(device_id)),
        None if channel is None else int(channel),
        int(part),
        None if location_id is None else LocationId(str(location_id)),
    )


def _list_details(event: AlarmEvent) -> Iterator[tuple[str, str]]:
    alarm, key = event.alarm, event.alarm.key
    yield "event", event.kind.value
    yield "cause", key.cause.value
    if key.part:
        yield "part", str(key.part)
    if key.location_id is not None:
        yield "location", key.location_id
    yield "priority", alarm.priority.name.lower()
    yield "raised_at", repr(alarm.raised_at)
    yield "last_seen_at", repr(alarm.last_seen_at)
    yield "count", str(alarm.count)
    if alarm.is_flapping:
        yield "flapping", "yes"
    for name, stamp in (
        ("undoes", event.undoes),
        ("cleared_at", alarm.cleared_at),
        ("acknowledged_at", alarm.acknowledged_at),
        ("shelved_until", alarm.shelved_until),
    ):
        if stamp is not None:
            yield name, repr(stamp)
    for name, text in (
        ("acknowledged_by", alarm.acknowledged_by),
        ("shelved_by", alarm.shelved_by),
        ("hidden_by", None if alarm.hidden_by is None else dump_key(alarm.hidden_by)),
        ("note", alarm.note or None),
        ("shelved_profile", alarm.shelved_profile),
        ("shelved_show", None if alarm.shelved_show is None else alarm.shelved_show.dump()),
        ("minutes_step", None if alarm.minutes_step is None else str(alarm.minutes_step)),
    ):
        if text is not None:
            yield name, text


def _read_alarm(key: AlarmKey, details: Mapping[str, str]) -> Alarm:
    hidden_by, minutes_step = details.get("hidden_by"), details.get("minutes_step")
    profile, show = details.get("shelved_profile"), details.get("shelved_show")
    return Alarm(
        key,
        AlarmPriority[details["priority"].upper()],
        float(details["raised_at"]),
        float(details["last_seen_at"]),
        int(details["count"]),
        "flapping" in details,
        _read_stamp(details, "cleared_at"),
        details.get("acknowledged_by"),
        _read_stamp(details, "acknowledged_at"),
        details.get("shelved_by"),
        _read_stamp(details, "shelved_until"),
        None if hidden_by is None else load_key(hidden_by),
        details.get("note", ""),
        None if minutes_step is None else int(minutes_step),
        None if profile is None else ShowProfile(profile),
        None if show is None else load_show_shelf(show),
    )


def _read_stamp(details: Mapping[str, str], name: str) -> float | None:
    text = details.get(name)
    return None if text is None else float(text)
