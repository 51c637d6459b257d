"""Alarms as the JSON documents of docs/reference/alarms.schema.json."""

from collections.abc import Collection

from micboard_tui.contracts.alarm_groups import AlarmGroup, group_of
from micboard_tui.contracts.alarm_listing import AlarmListing
from micboard_tui.contracts.alarm_texts import AlarmPlaces, describe_alarm
from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.alarm_suppression import SuppressedCondition


def alarms_document(listing: AlarmListing, groups: Collection[AlarmGroup]) -> JsonObject:
    """The alarms of these groups, and what is none by design."""
    places = listing.places
    return {
        "schema": SCHEMA,
        "alarms": [alarm_entry(alarm, places) for alarm in listing.alarms if group_of(alarm) in groups],
        "by_design": [_suppressed_entry(condition, places) for condition in listing.suppressed],
        "out_of_service": [
            {"device_id": device.device.id, "device": device.title} for device in listing.out_of_service
        ],
        "closed_locations": [
            {"location_id": location.id, "location": location.name} for location in listing.closed_locations
        ],
    }


def subject_entry(key: AlarmKey, places: AlarmPlaces) -> JsonObject:
    """Cause and subject, with the texts that people read."""
    text = describe_alarm(key, places)
    return {
        **key_entry(key),
        "title": text.title,
        "about": text.place,
        "mic_number": text.number or None,
        "name": text.name or None,
    }


def alarm_entry(alarm: Alarm, places: AlarmPlaces) -> JsonObject:
    """An alarm: since when, how urgent, and what was done about it."""
    return {
        **subject_entry(alarm.key, places),
        "cure": describe_alarm(alarm.key, places).cure,
        "priority": alarm.priority.name.lower(),
        "status": alarm.status.value,
        "is_new": alarm.is_new,
        "raised_at": format_timestamp(alarm.raised_at),
        "last_seen_at": format_timestamp(alarm.last_seen_at),
        "cleared_at": format_timestamp(alarm.cleared_at),
        "count": alarm.count,
        "is_flapping": alarm.is_flapping,
        "acknowledged_by": alarm.acknowledged_by,
        "acknowledged_at": format_timestamp(alarm.acknowledged_at),
        "is_shelved": alarm.is_shelved,
        "shelved_by": alarm.shelved_by,
        "shelved_until": format_timestamp(alarm.shelved_until),
        "shelved_profile": alarm.shelved_profile,
        "shelved_moment": None if alarm.shelved_show is None else alarm.shelved_show.end.value,
        "hidden_by": None if alarm.hidden_by is None else key_entry(alarm.hidden_by),
        "note": alarm.note or None,
    }


def key_entry(key: AlarmKey) -> JsonObject:
    """Cause and subject as ids."""
    return {
        "cause": key.cause.value,
        "device_id": key.device_id,
        "channel": key.channel,
        "part": key.part or None,
        "location_id": key.location_id,
    }


def alarm_event_entry(event: AlarmEvent, places: AlarmPlaces) -> JsonObject:
    """What happened to an alarm, and the alarm as it was then."""
    return {
        "at": format_timestamp(event.at),
        "event": event.kind.value,
        "actor": event.by,
        "alarm": alarm_entry(event.alarm, places),
    }


def _suppressed_entry(condition: SuppressedCondition, places: AlarmPlaces) -> JsonObject:
    return {**subject_entry(condition.key, places), "reason": condition.reason.value}
