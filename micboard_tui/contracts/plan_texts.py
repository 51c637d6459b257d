"""The texts of the battery plan, for the screen and the command. Pure."""

from collections.abc import Sequence

from micboard_tui.domain.battery_plan import BatteryPlan, PlanLevel, PlanRow, Replacement
from micboard_tui.domain.identity import bay_label, channel_label
from micboard_tui.domain.local_time import format_time_of_day
from micboard_tui.domain.safe_text import visible

HOW_TO_PLAN = 'Plan a show:  micboard-tui show new "Romeo" --start 20:00 --break 75+20 --end 170'


def row_name(row: PlanRow) -> str:
    """``7 Mercutio``: the mic number and who has it, else what the channel is called, else where it is."""
    state = row.state
    name = state.display_name or channel_label(row.device_title, state.number)
    return visible(f"{state.mic_number} {name}" if state.mic_number else name)


def describe_swap(row: PlanRow, now: float) -> str:
    """``now``, ``before 20:10``, ``at the break, 20:40``; empty: nothing is to be done."""
    if row.swap_by is None:
        return ""
    if row.level is PlanLevel.AT_BREAK:
        to_break = row.needs.to_break or 0.0
        return f"at the break, {format_time_of_day(now + max(0.0, to_break) * 60)}"
    return "now" if row.level is PlanLevel.NOW else f"before {format_time_of_day(row.swap_by)}"


def describe_replacement(replacement: Replacement | None) -> str:
    """``S2 in Charger 1 bay 3, 100 %``; empty: nothing is ready."""
    if replacement is None:
        return ""
    name = "" if replacement.spare is None else visible(replacement.spare.display_name or "")
    if replacement.spare is not None and not name:
        name = f"channel {replacement.spare.number}"
    where = ""
    if replacement.charger is not None and replacement.bay is not None:
        where = bay_label(visible(replacement.charger), replacement.bay)
    percent = "" if replacement.percent is None else f", {replacement.percent} %"
    return f"{name} in {where}{percent}" if name and where else f"{name or where}{percent}"


def write_headline(plan: BatteryPlan, now: float) -> str:
    """What is to be done first, in a sentence without a full stop."""
    if not plan.has_show:
        return "No show is on, so only the time left is known"
    goal = "the end" if plan.end_at is not None else "the break"
    unknown = len(plan.rows_of(PlanLevel.UNKNOWN))
    also = f"; of {unknown} it is not known" if unknown else ""
    if not plan.rows:
        return "No pack is on the air"
    urgent = plan.rows_of(PlanLevel.NOW, PlanLevel.IN_SHOW, PlanLevel.AT_BREAK)
    if not urgent:
        lasting = len(plan.rows_of(PlanLevel.LASTS))
        return f"Everything lasts to {goal}{also}" if lasting else "Of no pack it is known how long it lasts"
    count = f"{len(urgent)} packs: first " if len(urgent) > 1 else ""
    return f"Everything lasts, but {count}{_write_swap(urgent[0], now)}{also}"


def _write_swap(row: PlanRow, now: float) -> str:
    ready = _write_ready(row.replacement)
    return f"{row_name(row)}: swap {describe_swap(row, now)}, {ready}"


def _write_ready(replacement: Replacement | None) -> str:
    if replacement is None:
        return "nothing is ready for it"
    is_docked = replacement.bay is not None
    return f"{describe_replacement(replacement._replace(percent=None))} is {'full' if is_docked else 'ready'}"


def next_wearers(row: PlanRow) -> Sequence[str]:
    """Who has the mic next, where that is another person; nothing where no plot says so."""
    return () if row.next_user is None else [entry.wearer for entry in row.next_user.entries]
