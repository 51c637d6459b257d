"""Alarms for people and programs: their names, their table, their JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from micboard_tui.cli.alarm_groups import AlarmGroup
from micboard_tui.cli.devices_document import format_timestamp
from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.units import format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from micboard_tui.domain.channel import ChannelState
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import ChannelRef, DeviceId
    from micboard_tui.domain.location import Location

ALL = "all"
HEADS = ("", "for", "cause", "about", "handling", "what to do", "note")


@dataclass(frozen=True)
class StoredPlaces:
    """Names of what is stored. Implements ``AlarmPlaces``."""

    devices: "Sequence[DeviceSnapshot]"
    known_locations: "Sequence[Location]"

    @cached_property
    def _by_id(self) -> "Mapping[DeviceId, DeviceSnapshot]":
        return {device.device.id: device for device in self.devices}

    def device(self, device_id: "DeviceId") -> "DeviceSnapshot | None":
        return self._by_id.get(device_id)

    def channel(self, ref: "ChannelRef") -> "ChannelState | None":
        device = self._by_id.get(ref.device_id)
        channels = () if device is None else device.channels
        return next((state for state in channels if state.number == ref.number), None)

    def locations(self) -> "Sequence[Location]":
        return self.known_locations


def group_of(alarm: Alarm) -> AlarmGroup:
    if alarm.hidden_by is not None:
        return AlarmGroup.SUPPRESSED
    if alarm.is_shelved:
        return AlarmGroup.SHELVED
    return AlarmGroup.NEW if alarm.acknowledged_at is None else AlarmGroup.SEEN


def choose_alarms(
    alarms: Iterable[Alarm], names: Iterable[str], causes: Iterable[str], places: StoredPlaces
) -> list[Alarm]:
    """Those of the channels, devices, bays or locations that are named, in their order.

    Raises MicboardError ALARM_NOT_FOUND when a name or a cause has none.
    """
    alarms = list(alarms)
    wanted = {_fold_cause(cause): cause for cause in causes}
    if unknown := wanted.keys() - {_fold_cause(alarm.key.cause) for alarm in alarms}:
        raise _not_found(f"No alarm has the cause '{wanted[min(unknown)]}'")
    chosen: dict[AlarmKey, Alarm] = {}
    for name in names:
        folded = fold_name(name)
        found = [alarm for alarm in alarms if folded == ALL or folded in _list_names(alarm.key, places)]
        found = [alarm for alarm in found if not wanted or _fold_cause(alarm.key.cause) in wanted]
        if not found and folded != ALL:
            raise _not_found(f"No alarm that is listed is about '{name}'")
        chosen.update((alarm.key, alarm) for alarm in found)
    return [alarm for alarm in alarms if alarm.key in chosen]


def subject_entry(key: AlarmKey, places: StoredPlaces) -> dict[str, object]:
    """Cause and subject, with the texts that people read."""
    text = describe_alarm(key, places)
    return {
        **key_entry(key),
        "title": text.title,
        "about": text.place,
        "mic_number": text.number or None,
        "name": text.name or None,
    }


def alarm_entry(alarm: Alarm, places: StoredPlaces) -> dict[str, object]:
    """As docs/reference/alarms.schema.json describes it."""
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


def key_entry(key: AlarmKey) -> dict[str, object]:
    return {
        "cause": key.cause.value,
        "device_id": key.device_id,
        "channel": key.channel,
        "part": key.part or None,
        "location_id": key.location_id,
    }


def alarm_event_entry(event: AlarmEvent, places: StoredPlaces) -> dict[str, object]:
    return {
        "at": format_timestamp(event.at),
        "event": event.kind.value,
        "actor": event.by,
        "alarm": alarm_entry(event.alarm, places),
    }


def alarm_cells(alarm: Alarm, places: StoredPlaces, now: float) -> tuple[str, ...]:
    """One row of the table under ``HEADS``."""
    text = describe_alarm(alarm.key, places)
    return (
        "*" * max(0, 4 - alarm.priority),
        format_duration(now - alarm.raised_at),
        text.title + (f" x{alarm.count}" if alarm.count > 1 else ""),
        text.subject,
        _describe_handling(alarm, now),
        text.cure if alarm.is_open else "",
        alarm.note,
    )


def describe_event(event: AlarmEvent, places: StoredPlaces) -> tuple[str, ...]:
    """What happened, to what, and who did it."""
    text = describe_alarm(event.alarm.key, places)
    happened = event.kind.value.replace("_", " ")
    if event.kind is AlarmEventKind.UNSHELVED and event.by is None:
        happened = "shelf ended"
    if event.alarm.note and event.kind is AlarmEventKind.NOTED:
        happened = f"noted: {event.alarm.note}"
    return text.title, happened, text.subject, event.by or ""


def _describe_handling(alarm: Alarm, now: float) -> str:
    what: str = group_of(alarm).value
    if alarm.is_shelved and alarm.hidden_by is None:
        what = f"shelved {alarm.shelved_by}"
        if alarm.shelved_until is not None:
            what += f", {format_duration(alarm.shelved_until - now)} left"
        elif alarm.shelved_profile is not None:
            what += f", in {alarm.shelved_profile}"
        elif alarm.shelved_show is not None:
            what += f", to {alarm.shelved_show.end}"
    elif alarm.acknowledged_at is not None and alarm.hidden_by is None:
        what = f"seen {format_duration(now - alarm.acknowledged_at)} {alarm.acknowledged_by}"
    return what if alarm.cleared_at is None else f"{what}, cleared"


def _list_names(key: AlarmKey, places: StoredPlaces) -> set[str]:
    """All by which people may mean what an alarm is about, folded."""
    names = {describe_alarm(key, places).place}
    device = None if key.device_id is None else places.device(key.device_id)
    if device is not None:
        titles = {device.title, device.device.id, device.device.host}
        names |= titles
        if key.channel is not None:
            names |= {f"{title}/{key.channel}" for title in titles}
    return {fold_name(name) for name in names}


def _fold_cause(cause: str) -> str:
    return fold_name(cause).replace("-", "_").replace(" ", "_")


def _not_found(message: str) -> MicboardError:
    return MicboardError(
        ErrorCode.ALARM_NOT_FOUND, message, hint="To see them all:  micboard-tui alarms list --all"
    )
