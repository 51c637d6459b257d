"""One line of the line check, and the lines above them. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from micboard_tui.contracts.line_check import describe_missing
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.line_check import CheckedLine, LineCheck, LinePart
from micboard_tui.domain.local_time import format_time_of_day
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, PlacedColumns, columns_in
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.glyphs import Glyphs

SEEN = "x"


class CheckRow(NamedTuple):
    """One channel, and what its picture needs."""

    state: ChannelState
    device_title: str
    line: CheckedLine
    glyphs: Glyphs
    is_selected: bool = False


def check_header(check: LineCheck | None, rows: Sequence[CheckRow], width: int) -> list[Cell]:
    """How many lines are good, and who started the check when."""
    if check is None:
        return [Cell(fit(" Line check   not started", width), "accent")]
    done = sum(row.line.is_checked for row in rows)
    started = f"started {format_time_of_day(check.started_at)} by {visible(check.started_by)}"
    tone = "live" if rows and done == len(rows) else "accent"
    return [Cell(fit(f" Line check   {done} of {len(rows)} good   {started}", width), tone)]


def _draw_tick(row: CheckRow, _: int) -> Sequence[Cell]:
    sign = row.glyphs.pointer if row.is_selected else " "
    tick = Cell(f"[{SEEN}] ", "live") if row.line.is_checked else Cell("[ ] ", "text")
    return Cell(sign, "accent"), tick


def _draw_who(row: CheckRow, room: int) -> Sequence[Cell]:
    state = row.state
    name = state.display_name or DASH
    text = f"{state.mic_number} {name}" if state.mic_number else name
    return (Cell(fit(visible(text), room, row.glyphs.ellipsis), "text"),)


def _draw_place(row: CheckRow, room: int) -> Sequence[Cell]:
    place = visible(channel_label(row.device_title, row.state.number))
    return (Cell(f" {fit(place, room, row.glyphs.ellipsis)}", "dim"),)


def _draw_parts(row: CheckRow, _: int) -> Sequence[Cell]:
    missing = row.line.missing if row.line.by_hand is None else ()
    return tuple(
        Cell(f" {DASH if part in missing else SEEN:^5}", "warning" if part in missing else "live")
        for part in LinePart
    )


def _draw_missing(row: CheckRow, room: int) -> Sequence[Cell]:
    line = row.line
    if line.by_hand is not None:
        text = f"by hand, {visible(line.by_hand.actor)} {format_time_of_day(line.by_hand.at)}"
        return (Cell(f"  {fit(text, room, row.glyphs.ellipsis)}", "dim"),)
    return (Cell(f"  {fit(describe_missing(line, row.state), room, row.glyphs.ellipsis)}", "warning"),)


COLUMNS = (
    Column("tick", ("     ",), _draw_tick, 5),
    Column("who", ("who",), _draw_who, 0, least=14, good=18, most=26, priority=1, divisor=2),
    Column("place", (" where",), _draw_place, 1, least=10, most=16, priority=3, from_spare=11),
    Column("parts", (" link  pack  sound",), _draw_parts, 18),
    Column("missing", ("  what is missing",), _draw_missing, 2, least=30, most=70, priority=2),
)
"""From left to right."""


@lru_cache(16)
def columns_for(width: int) -> PlacedColumns[CheckRow]:
    return columns_in(COLUMNS, width)
