"""What was recorded of a channel, who had it, and how its link changed, as JSON.

Nothing is interpolated: a column in which nothing was recorded has no levels, and 0 readings.
"""

from collections.abc import Iterable, Sequence

from micboard_tui.contracts.documents.json_value import SCHEMA, Json, JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.assignment import PastAssignment
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.reading import ReadingFlag, link_states_of
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary


def channel_history_document(
    ref: ChannelRef, span: RecordedSpan, past: Iterable[PastAssignment], links: Iterable[Event]
) -> JsonObject:
    """``past`` are assignments that ended, ``links`` the events of the channel's link, oldest first."""
    return {
        "schema": SCHEMA,
        "device_id": ref.device_id,
        "channel": ref.number,
        "start": format_timestamp(span.start),
        "end": format_timestamp(span.end),
        "step_s": round(span.column_s, 3),
        "recorded_step_s": span.step_s or None,
        "columns": _list_columns(span),
        "past_assignments": [
            past_assignment_entry(assignment) for assignment in past if assignment.until > span.start
        ],
        "link_changes": [link_change_entry(event) for event in links],
    }


def past_assignment_entry(assignment: PastAssignment) -> JsonObject:
    """Who had a channel once."""
    return {
        "performer": assignment.performer_name,
        "role": assignment.role.value,
        "since": format_timestamp(assignment.since),
        "until": format_timestamp(assignment.until),
        "note": assignment.note,
    }


def link_change_entry(event: Event) -> JsonObject:
    """The link state that a channel got, and the one that it had before."""
    return {
        "at": format_timestamp(event.at),
        "link_state": event.details.get("link"),
        "before": event.details.get("before"),
    }


def _list_columns(span: RecordedSpan) -> list[Json]:
    start, step_s = span.start, span.column_s
    return [_column_entry(start + index * step_s, column) for index, column in enumerate(span.columns)]


def _column_entry(at: float, column: ChannelSummary) -> JsonObject:
    flags, has_readings = column.flags, column.readings > 0
    dbm = flags & ReadingFlag.ANTENNA_DBM
    percent = flags & ReadingFlag.ANTENNA_PERCENT
    return {
        "at": format_timestamp(at),
        "readings": column.readings,
        "link_states": [*_list_link_states(flags)],
        # One kind of level in each column: where devices of two kinds were recorded there is none.
        "rf_dbm": _level_entry(column.rf_a) if flags & ReadingFlag.CHANNEL_DBM else None,
        "rf_a_dbm": _level_entry(column.rf_a) if dbm else None,
        "rf_b_dbm": _level_entry(column.rf_b) if dbm else None,
        "rf_a_percent": _level_entry(column.rf_a) if percent else None,
        "rf_b_percent": _level_entry(column.rf_b) if percent else None,
        "audio_dbfs": _level_entry(column.audio),
        "quality_percent": column.quality,
        "battery_percent": column.battery_percent,
        "battery_bars": column.battery_bars,
        "overload": bool(flags & ReadingFlag.OVERLOAD) if has_readings else None,
        "rf_overload": bool(flags & ReadingFlag.RF_OVERLOAD) if has_readings else None,
    }


def _list_link_states(flags: int) -> Sequence[str]:
    return [state.value for state in sorted(link_states_of(flags), key=lambda state: state.severity)]


def _level_entry(level: LevelSummary) -> Json:
    if level.mean is None:
        return None
    return {"low": level.lowest, "mean": round(level.mean, 1), "high": level.highest}
