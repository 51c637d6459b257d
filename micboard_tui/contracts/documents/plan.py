"""The battery plan as the JSON document of docs/reference/plan.schema.json."""

from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.timestamp import round_timestamp
from micboard_tui.contracts.plan_texts import describe_replacement, next_wearers, write_headline
from micboard_tui.domain.battery_plan import BatteryPlan, PlanRow
from micboard_tui.domain.units import round_minutes

PACK_FIELDS = (
    "mic_number",
    "name",
    "device",
    "channel",
    "minutes_left",
    "minutes_likely",
    "source",
    "confidence",
    "minutes_to_break",
    "minutes_to_end",
    "level",
    "swap_by",
    "replacement",
    "next_users",
)
"""The members of a pack, in their order; a CSV file has them as its columns."""


def plan_document(plan: BatteryPlan, now: float) -> JsonObject:
    """The plan for programs; moments are seconds since the epoch."""
    return {
        "schema": SCHEMA,
        "headline": write_headline(plan, now),
        "has_show": plan.has_show,
        "break_at": round_timestamp(plan.break_at),
        "end_at": round_timestamp(plan.end_at),
        "packs": [pack_entry(row) for row in plan.rows],
    }


def pack_entry(row: PlanRow) -> JsonObject:
    """One pack: whose it is, how long it lasts and has to, and what replaces it."""
    forecast = row.forecast
    return {
        "mic_number": row.state.mic_number,
        "name": row.state.display_name,
        "device": row.device_title,
        "channel": row.state.number,
        "minutes_left": None if forecast is None else round(forecast.p10, 1),
        "minutes_likely": None if forecast is None else round(forecast.p50, 1),
        "source": None if forecast is None else forecast.source.value,
        "confidence": None if forecast is None else forecast.confidence.value,
        "minutes_to_break": round_minutes(row.needs.to_break),
        "minutes_to_end": round_minutes(row.needs.to_end),
        "level": row.level.name.lower(),
        "swap_by": round_timestamp(row.swap_by),
        "replacement": describe_replacement(row.replacement) or None,
        "next_users": list(next_wearers(row)),
    }
