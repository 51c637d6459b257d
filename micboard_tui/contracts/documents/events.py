"""Events as the JSON documents of docs/reference/events.schema.json."""

from collections.abc import Mapping

from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp, round_timestamp
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import channel_label


def event_entry(event: Event, titles: Mapping[str, str]) -> JsonObject:
    """An event; ``titles``: what registered devices are called now, by id."""
    return {
        "id": event.id,
        "at": round_timestamp(event.at),
        "time": format_timestamp(event.at),
        "kind": event.kind.value,
        "text": event.text,
        "device_id": event.device_id,
        "channel": event.channel,
        "about": describe_subject(event, titles),
        "actor": event.actor,
        "details": dict(event.details),
    }


def describe_subject(event: Event, titles: Mapping[str, str]) -> str | None:
    """What it is about, as the device is called now, or was then where it is registered no more."""
    title = titles.get(event.device_id or "")
    if title is None:
        return event.subject
    return title if event.channel is None else channel_label(title, event.channel)
