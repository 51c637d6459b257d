"""Rows of alarms and back."""

from sqlalchemy import RowMapping

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_record import dump_key, load_key
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import load_show_shelf
from micboard_tui.domain.show import ShowProfile


def key_values(key: AlarmKey) -> dict[str, object]:
    """Its columns of the primary key, which hold no NULL."""
    return {
        "cause": key.cause.value,
        "device_id": key.device_id or "",
        "channel": key.channel or 0,
        "part": key.part,
        "location_id": key.location_id or "",
    }


def alarm_tuple(alarm: Alarm) -> tuple[object, ...]:
    """In the order of the table's columns."""
    return (
        *key_values(alarm.key).values(),
        int(alarm.priority),
        alarm.raised_at,
        alarm.last_seen_at,
        alarm.count,
        alarm.is_flapping,
        alarm.cleared_at,
        alarm.acknowledged_by,
        alarm.acknowledged_at,
        alarm.shelved_by,
        alarm.shelved_until,
        None if alarm.hidden_by is None else dump_key(alarm.hidden_by),
        alarm.note,
        alarm.minutes_step,
        alarm.shelved_profile,
        None if alarm.shelved_show is None else alarm.shelved_show.dump(),
    )


def alarm_of(row: RowMapping) -> Alarm | None:
    """None: its cause is one of a newer release."""
    try:
        cause = ProblemCode(row["cause"])
    except ValueError:
        return None
    key = AlarmKey(
        cause,
        DeviceId(row["device_id"]) if row["device_id"] else None,
        row["channel"] or None,
        row["part"],
        LocationId(row["location_id"]) if row["location_id"] else None,
    )
    return Alarm(
        key,
        AlarmPriority(row["priority"]),
        row["raised_at"],
        row["last_seen_at"],
        row["count"],
        bool(row["is_flapping"]),
        row["cleared_at"],
        row["acknowledged_by"],
        row["acknowledged_at"],
        row["shelved_by"],
        row["shelved_until"],
        None if row["hidden_by"] is None else load_key(row["hidden_by"]),
        row["note"],
        row["minutes_step"],
        None if row["shelved_profile"] is None else ShowProfile(row["shelved_profile"]),
        None if row["shelved_show"] is None else load_show_shelf(row["shelved_show"]),
    )
