"""A recap as the JSON document of docs/reference/recap.schema.json."""

from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.timestamp import round_timestamp
from micboard_tui.domain.recap import Recap
from micboard_tui.domain.recap_channel import ChannelRecap
from micboard_tui.domain.recap_difference import RecapComparison
from micboard_tui.domain.recap_findings import list_findings
from micboard_tui.domain.recap_report import rf_unit


def recap_document(recap: Recap) -> JsonObject:
    """The recap for programs; moments are seconds since the epoch."""
    figures = recap.figures
    return {
        "schema": SCHEMA,
        "show": recap.show,
        "start": round_timestamp(recap.start),
        "end": round_timestamp(recap.end),
        "findings": [
            {
                "kind": finding.kind.value,
                "text": finding.text,
                "action": finding.action,
                "device_id": finding.device_id,
                "channel": finding.channel,
            }
            for finding in list_findings(recap)
        ],
        "comparison": None if recap.comparison is None else _comparison_entry(recap.comparison),
        "channels": [_channel_entry(channel) for channel in recap.channels],
        "devices": [
            {
                "device": device.title,
                "device_id": device.device_id,
                "disconnections": device.disconnections,
                "away_s": round(device.away_s, 1),
                "reasons": list(device.reasons),
            }
            for device in recap.devices
        ],
        "alarm_figures": {
            "count": figures.count,
            "per_ten_minutes": round(figures.per_ten_minutes, 2),
            "most_in_ten_minutes": figures.most_in_ten_minutes,
            "causes": {cause.value: count for cause, count in figures.causes},
            "chattering": figures.chattering,
            "median_reaction_s": figures.median_reaction_s,
            "unseen": figures.unseen,
            "standing": figures.standing,
        },
        "alarms": [
            {
                "cause": alarm.key.cause.value,
                "about": alarm.subject,
                "device_id": alarm.key.device_id,
                "channel": alarm.key.channel,
                "priority": alarm.priority.value,
                "raised_at": round_timestamp(alarm.raised_at),
                "cleared_at": round_timestamp(alarm.cleared_at),
                "seen_at": round_timestamp(alarm.seen_at),
                "seen_by": alarm.seen_by,
                "reaction_s": alarm.reaction_s,
                "is_flapping": alarm.is_flapping,
                "note": alarm.note,
            }
            for alarm in recap.alarms
        ],
        "markers": [
            {
                "at": round_timestamp(event.at),
                "kind": event.kind.value,
                "text": event.text,
                "about": event.subject,
                "actor": event.actor,
            }
            for event in recap.markers
        ],
        "handover": [
            {"at": round_timestamp(note.at), "text": note.text, "actor": note.actor}
            for note in recap.handover
        ],
        "not_measured": list(recap.not_measured),
    }


def _comparison_entry(comparison: RecapComparison) -> JsonObject:
    return {
        "show": comparison.show,
        "start": round_timestamp(comparison.start),
        "end": round_timestamp(comparison.end),
        "channels": comparison.channels,
        "differences": [
            {
                "verdict": difference.verdict.value,
                "figure": difference.figure,
                "earlier": difference.earlier,
                "now": difference.now,
                "about": difference.subject or None,
                "device_id": None if difference.ref is None else difference.ref.device_id,
                "channel": None if difference.ref is None else difference.ref.number,
            }
            for difference in comparison.differences
        ],
    }


def _channel_entry(channel: ChannelRecap) -> JsonObject:
    charge = channel.charge
    return {
        "mic_number": channel.title.mic_number,
        "name": channel.title.name or None,
        "label": channel.title.label,
        "device_id": channel.title.ref.device_id,
        "channel": channel.title.ref.number,
        "measured_s": round(channel.measured_s, 1),
        "on_air_s": round(channel.on_air_s, 1) if channel.measured_s else None,
        "rf_unit": rf_unit(channel) or None,
        "rf_a": channel.rf_a._asdict(),
        "rf_b": channel.rf_b._asdict(),
        "margin_db": None if channel.margin_db is None else round(channel.margin_db, 1),
        "drop_outs": channel.drop_outs,
        "outage_s": None if channel.outage_s is None else round(channel.outage_s, 1),
        "clips": channel.clips,
        "charge": None if charge is None else charge._asdict(),
        "swaps": channel.swaps,
        "alarms": channel.alarms,
    }
