"""Alarms for people: chosen by names, and as rows of a table."""

from collections.abc import Iterable

from micboard_tui.contracts.alarm_groups import group_of
from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.stored_places import StoredPlaces
from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.units import format_duration

ALL = "all"
HEADS = ("", "for", "cause", "about", "handling", "what to do", "note")


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
