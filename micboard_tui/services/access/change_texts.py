"""What a step changed, before and after, as text: the fields of its records that differ.

The rules of each record stay where they are: a field is written by its own name, and what belongs to the
record's identity, or is long, is left out.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from micboard_tui.contracts.undo_steps import Change, CommandValue, PlainRecord, Record
from micboard_tui.domain.assignment import PastAssignment
from micboard_tui.domain.command_values import format_value
from micboard_tui.domain.command_words import control_title
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef, channel_label

MAX_VALUE = 60
HIDDEN = frozenset({"id", "since", "position", "fingerprint", "folded_name"})
"""What says nothing to people, or is too long."""

PLACE = frozenset({"device_id", "number"})
"""Of a channel: they are its title."""

FindTitle = Callable[[str], str | None]
"""What a device, performer or location is called now, by its id."""


def describe_changes(changes: Sequence[Change], find_title: FindTitle) -> tuple[str, str]:
    """Before and after; empty where there was nothing, or nothing that fits into words."""
    pairs = [pair for change in changes for pair in _describe(change, find_title)]
    before, after = ("; ".join(text for pair in pairs if (text := pair[side])) for side in (0, 1))
    return before, after


def _describe(change: Change, find_title: FindTitle) -> Iterator[tuple[str, str]]:
    record = change.after or change.before
    if record is None or isinstance(record, PastAssignment):
        return
    title = _title_of_new(record) if change.before is None else ""
    title = title or _title_of(record, find_title)
    before, after = _values_of(change.before, find_title), _values_of(change.after, find_title)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    texts = [
        ", ".join(f"{name} {values[name]}" for name in names if name in values) for values in (before, after)
    ]
    yield (
        _under(title, texts[0]) if change.before is not None else "",
        _under(title, texts[1]) if change.after is not None else "",
    )


def _under(title: str, text: str) -> str:
    return f"{title}: {text}" if title and text else title or text


def _title_of_new(record: Record) -> str:
    """Of a device that was added, which is not known by its id yet; empty: of another kind."""
    return record.name or record.host if isinstance(record, Device) else ""


def _title_of(record: Record, find_title: FindTitle) -> str:
    if isinstance(record, PlainRecord):
        return _title_of_fields(record.fields, find_title)
    if isinstance(record, CommandValue):
        number, title = getattr(record.command, "channel", None), find_title(record.device_id) or ""
        return channel_label(title, number) if number is not None else title
    channel = getattr(record, "channel", None)
    if isinstance(channel, ChannelRef):
        return channel_label(find_title(channel.device_id) or channel.device_id, channel.number)
    name = getattr(record, "name", None)
    return name if isinstance(name, str) else find_title(str(getattr(record, "id", ""))) or ""


def _title_of_fields(fields: Mapping[str, object], find_title: FindTitle) -> str:
    device_id, number, name = (fields.get(key) for key in ("device_id", "number", "name"))
    if isinstance(device_id, str):
        title = find_title(device_id) or device_id
        return channel_label(title, number) if isinstance(number, int) else title
    return name if isinstance(name, str) else find_title(str(fields.get("id", ""))) or ""


def _values_of(record: Record | None, find_title: FindTitle) -> dict[str, str]:
    """Each field that says something, in words."""
    if record is None:
        return {}
    if isinstance(record, PlainRecord):
        fields = record.fields.items()
        return {
            _label_of(name): text
            for name, value in fields
            if name not in HIDDEN | PLACE and value and (text := _format_field(name, value, find_title))
        }
    if isinstance(record, CommandValue):
        return {control_title(record.command).lower(): format_value(record.command)}
    values = {}
    for name, value, default in _fields_of(record):
        if name in HIDDEN or isinstance(value, ChannelRef) or value == default:
            continue
        if (text := _format_field(name, value, find_title)) is not None:
            values[_label_of(name)] = text
    return values


def _label_of(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


def _format_field(name: str, value: object, find_title: FindTitle) -> str | None:
    """None: it does not fit into a few words, as a list that is stored as text."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        return None
    return _format(value, find_title if name.endswith("_id") else _same)


def _same(text: str) -> str:
    return text


def _fields_of(record: Any) -> Iterator[tuple[str, object, object]]:  # noqa: ANN401 - a record of any kind
    """Each field with its name, its value, and its default; None: it has none."""
    if dataclasses.is_dataclass(record):
        for each in dataclasses.fields(record):
            default = None if each.default is dataclasses.MISSING else each.default
            yield each.name, getattr(record, each.name), default
    else:
        for name, value in record._asdict().items():
            yield name, value, record._field_defaults.get(name)


def _format(value: object, find_title: FindTitle) -> str | None:
    """None: it does not fit into a few words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return (find_title(value) or value)[:MAX_VALUE]
    if isinstance(value, int | float):
        return f"{value:g}"
    name = getattr(value, "name", None)
    return name[:MAX_VALUE] if isinstance(name, str) else None
