"""One pack of the battery plan in one line, and the lines above them. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len

from micboard_tui.contracts.plan_texts import (
    HOW_TO_PLAN,
    describe_replacement,
    describe_swap,
    next_wearers,
    row_name,
    write_headline,
)
from micboard_tui.domain.battery_forecast import Confidence, format_minutes_left
from micboard_tui.domain.battery_plan import BatteryPlan, PlanLevel, PlanRow
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.local_time import format_time_of_day
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show_needs import MARGIN_CELLS, format_margin
from micboard_tui.domain.units import DASH, format_charge, format_hours_minutes
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, PlacedColumns, columns_in
from micboard_tui.tui.draw.formats import charge_tone, fit
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.lasting import TIME_CELLS, margin_tone

LEVEL_TONES = {
    PlanLevel.NOW: "critical",
    PlanLevel.IN_SHOW: "warning",
    PlanLevel.AT_BREAK: "text",
    PlanLevel.UNKNOWN: "dim",
    PlanLevel.LASTS: "live",
    PlanLevel.NO_SHOW: "text",
}
HEADLINE_LINES = 2
AT_BREAK = "at the break"


class PlanLine(NamedTuple):
    """One pack, and what its picture needs."""

    row: PlanRow
    now: float
    glyphs: Glyphs
    is_selected: bool = False


def plan_header(plan: BatteryPlan, now: float, width: int) -> list[list[Cell]]:
    """What the show needs, and what is to be done first."""
    parts = ["Battery plan"]
    for what, minutes, at in (
        ("break", plan.needs.to_break, plan.break_at),
        ("end", plan.needs.to_end, plan.end_at),
    ):
        if minutes is not None and at is not None:
            time = format_hours_minutes(int(abs(minutes)))
            late = f"{what} {time} late" if minutes < 0 else f"{time} to the {what}"
            parts.append(f"{late} ({format_time_of_day(at)})")
    head = [Cell(fit(f" {'   '.join(parts)}", width), "accent")]
    text = write_headline(plan, now)
    if not plan.has_show:
        text = f"{text}. {HOW_TO_PLAN}"
    tone = _plan_tone(plan)
    folded = wrap(text, max(10, width - 2))[:HEADLINE_LINES]
    lines = [[Cell(fit(f" {line}", width), tone)] for line in folded]
    return [head, *lines, *([[]] * (HEADLINE_LINES - len(lines)))]


def _plan_tone(plan: BatteryPlan) -> str:
    """Of the most urgent pack; green where all last, and none of that is a guess."""
    if not plan.has_show or not plan.rows:
        return "dim"
    tones = [_level_tone(row) for row in plan.rows]
    return "text" if tones[0] == "live" and "text" in tones else tones[0]


def _level_tone(row: PlanRow) -> str:
    tone = LEVEL_TONES[row.level]
    is_guess = row.forecast is not None and row.forecast.confidence is Confidence.GUESS
    return "text" if tone == "live" and is_guess else tone


def _draw_who(line: PlanLine, room: int) -> Sequence[Cell]:
    sign = line.glyphs.pointer if line.is_selected else " "
    return Cell(sign, "accent"), Cell(f" {fit(row_name(line.row), room, line.glyphs.ellipsis)}")


def _draw_place(line: PlanLine, room: int) -> Sequence[Cell]:
    place = visible(channel_label(line.row.device_title, line.row.state.number))
    return (Cell(f" {fit(place, room, line.glyphs.ellipsis)}", "dim"),)


def _draw_charge(line: PlanLine, _: int) -> Sequence[Cell]:
    return (Cell(f" {format_charge(line.row.state.battery):>6}", charge_tone(line.row.state)),)


def _draw_left(line: PlanLine, _: int) -> Sequence[Cell]:
    forecast = line.row.forecast
    if forecast is None:
        return (Cell(f" {DASH:>{TIME_CELLS}}", "dim"),)
    text = format_minutes_left(forecast.p10, forecast.source)
    return (Cell(f" {text:>{TIME_CELLS}}", _level_tone(line.row)),)


def _draw_likely(line: PlanLine, _: int) -> Sequence[Cell]:
    forecast = line.row.forecast
    text = DASH if forecast is None else format_minutes_left(forecast.p50, forecast.source)
    return (Cell(f" {text:>{TIME_CELLS}}", "dim"),)


def _draw_break(line: PlanLine, _: int) -> Sequence[Cell]:
    return (_margin_cell(line.row, line.row.needs.to_break),)


def _draw_end(line: PlanLine, _: int) -> Sequence[Cell]:
    return (_margin_cell(line.row, line.row.needs.to_end),)


def _margin_cell(row: PlanRow, needed: float | None) -> Cell:
    if needed is None or row.forecast is None:
        return Cell(f" {DASH:>{MARGIN_CELLS + 1}}", "dim")
    margin = row.forecast.p10 - needed
    return Cell(f" {format_margin(margin):>{MARGIN_CELLS + 1}}", margin_tone(margin))


def _draw_swap(line: PlanLine, room: int) -> Sequence[Cell]:
    row = line.row
    text = describe_swap(row, line.now)
    if not text:
        text = "lasts" if row.level is PlanLevel.LASTS else ""
    elif row.level is PlanLevel.AT_BREAK and cell_len(text) > room:
        # The header has the time of the break.
        text = AT_BREAK
    tone = LEVEL_TONES[row.level] if row.swap_by is not None else "dim"
    return (Cell(f"  {fit(text, room, line.glyphs.ellipsis)}", tone),)


def _draw_ready(line: PlanLine, room: int) -> Sequence[Cell]:
    row = line.row
    text = describe_replacement(row.replacement)
    if not text and row.swap_by is not None:
        return (Cell(f" {fit('nothing ready', room, line.glyphs.ellipsis)}", "warning"),)
    if row.replacement is not None and cell_len(text) > room:
        text = describe_replacement(row.replacement._replace(percent=None))
    return (Cell(f" {fit(text, room, line.glyphs.ellipsis)}"),)


def _draw_next(line: PlanLine, room: int) -> Sequence[Cell]:
    return (Cell(f" {fit(visible(', '.join(next_wearers(line.row))), room, line.glyphs.ellipsis)}", "dim"),)


COLUMNS = (
    Column("who", ("  who",), _draw_who, 2, least=14, good=18, most=26, priority=1, divisor=8),
    Column("place", (" where",), _draw_place, 1, least=10, most=16, priority=5, from_spare=18),
    Column("charge", (" charge",), _draw_charge, 7, priority=4, from_spare=8),
    Column("left", ("   left",), _draw_left, TIME_CELLS + 1),
    Column("likely", (" likely",), _draw_likely, TIME_CELLS + 1, priority=6, from_spare=30),
    Column("break", ("  break",), _draw_break, MARGIN_CELLS + 2),
    Column("end", ("    end",), _draw_end, MARGIN_CELLS + 2),
    Column("swap", ("  change it",), _draw_swap, 2, least=12, good=19, most=19, priority=2),
    Column("ready", (" with",), _draw_ready, 1, least=16, most=40, priority=3),
    Column("next", (" next user",), _draw_next, 1, least=10, most=24, priority=7, from_spare=56),
)
"""From left to right."""


@lru_cache(16)
def columns_for(width: int) -> PlacedColumns[PlanLine]:
    return columns_in(COLUMNS, width)
