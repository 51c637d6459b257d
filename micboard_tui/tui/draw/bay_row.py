"""One bay of a charger in one line: its pack, how full that is, and which channel uses it. Pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.docked_pack import OCCUPIED
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.domain.units import DASH, format_charge, format_hours_minutes
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, PlacedColumns, columns_in, text_cells
from micboard_tui.tui.draw.glyphs import Glyphs

BAR, CHARGE = 6, 6
ChannelsByBay: TypeAlias = Mapping[tuple[DeviceId, int], ChannelState]


class BayRow(NamedTuple):
    """One bay, and the channel that uses the pack in it."""

    bay: Bay
    owner: ChannelState | None
    glyphs: Glyphs
    thresholds: Thresholds
    """What its pack is judged by."""


def channels_by_bay(devices: Sequence[DeviceSnapshot]) -> ChannelsByBay:
    """The channel whose pack is in each bay."""
    return {
        (state.dock.device_id, state.dock.bay.number): state
        for device in devices
        for state in device.channels
        if state.dock is not None
    }


def row_cells(row: BayRow, columns: PlacedColumns[BayRow]) -> list[Cell]:
    """The line of one bay; what it says where there is no pack or the charger reports an error ends it."""
    bay = row.bay
    if bay.state is BayState.EMPTY or not (bay.state in OCCUPIED or _has_pack_facts(bay)):
        state = BayState.EMPTY if bay.state is BayState.EMPTY else BayState.UNKNOWN
        return [*columns.cells(row, "bay"), Cell(f" {formats.bay_name(state)}", formats.BAY_TONES[bay.state])]
    if bay.error:
        return [*columns.cells(row, "state"), Cell(f" {visible(bay.error)}", "critical")]
    return columns.cells(row)


def _has_pack_facts(bay: Bay) -> bool:
    """Whether something of a pack is known, though it may not be in the bay: servers report packs too."""
    return any((bay.pack_model, bay.pack_name, bay.pack_serial)) or bay.battery.is_known


def _to_full(bay: Bay) -> str:
    if bay.state is BayState.READY:
        return "full"
    return DASH if bay.minutes_to_full is None else format_hours_minutes(bay.minutes_to_full)


def _wear(battery: Battery) -> str:
    columns = ((battery.health_percent, " %", 6), (battery.cycles, "", 7), (battery.temperature_c, "°C", 7))
    return "".join(
        (DASH if value is None else f"{value}{unit}").rjust(width) for value, unit, width in columns
    )


def _draw_number(row: BayRow, _: int) -> Sequence[Cell]:
    return (Cell(f" {row.bay.number:>2} "),)


def _draw_pack(row: BayRow, room: int) -> Sequence[Cell]:
    return text_cells(row.bay.pack_model or DASH, room)


def _draw_name(row: BayRow, room: int) -> Sequence[Cell]:
    return text_cells(row.bay.pack_name or row.bay.pack_serial or DASH, room)


def _draw_state(row: BayRow, room: int) -> Sequence[Cell]:
    text, tone = formats.bay_state_text(row.bay, row.thresholds), formats.bay_tone(row.bay, row.thresholds)
    return (Cell(f" {text:<{room}}", tone),)


def _draw_charge(row: BayRow, _: int) -> Sequence[Cell]:
    battery = row.bay.battery
    share, percent = battery.share, battery.percent
    bar = " " * BAR if share is None else row.glyphs.bar(share, BAR)
    text = f"{percent} %" if percent is not None else format_charge(battery)
    return (
        Cell(" "),
        Cell(bar, formats.battery_tone(battery, row.thresholds.battery), is_bar=share is not None),
        Cell(f"{text:>{CHARGE}}"),
    )


def _draw_to_full(row: BayRow, room: int) -> Sequence[Cell]:
    return (Cell(f" {_to_full(row.bay):>{room}} "),)


def _draw_wear(row: BayRow, _: int) -> Sequence[Cell]:
    return (Cell(_wear(row.bay.battery), "dim"),)


def _draw_owner(row: BayRow, room: int) -> Sequence[Cell]:
    user = row.owner.display_name if row.owner else None
    return (Cell(f" {formats.fit(user or DASH, room)}", "accent" if user else "dim"),)


COLUMNS = (
    Column("bay", (" bay",), _draw_number, 4),
    Column("pack", (" pack",), _draw_pack, 1, least=9, most=14, priority=2, divisor=2),
    Column("name", (" name",), _draw_name, 1, least=12, is_shared=True),
    Column("state", (" state",), _draw_state, 1, least=9),
    Column("charge", (" charge",), _draw_charge, 1 + BAR + CHARGE),
    Column("to full", (" to full",), _draw_to_full, 2, least=7),
    Column("wear", (" health cycles temp",), _draw_wear, 20, priority=1, from_spare=28),
    Column("used by", (" used by",), _draw_owner, 1, least=12, is_shared=True),
)
"""From left to right."""


@lru_cache(16)
def columns_for(width: int) -> PlacedColumns[BayRow]:
    return columns_in(COLUMNS, width)
