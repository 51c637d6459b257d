"""Tables: no row is wider than the window, and what is cut says so."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from micboard_tui.tui.draw import (
    alarm_row,
    bay_row,
    channel_columns,
    device_row,
    found_device_row,
    line_check_row,
    plan_row,
    scene_row,
)
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, columns_in, least_width, text_cells

TABLES: Mapping[str, Sequence[Column[Any]]] = {
    "alarms": alarm_row.COLUMNS,
    "bays": bay_row.COLUMNS,
    "devices": device_row.COLUMNS,
    "found devices": found_device_row.COLUMNS,
    "line check": line_check_row.COLUMNS,
    "battery plan": plan_row.COLUMNS,
    "scenes": scene_row.COLUMNS,
}
WIDEST = 240


@pytest.mark.parametrize("table", TABLES)
def test_no_table_is_wider_than_its_window(table: str) -> None:
    columns = TABLES[table]
    for width in range(least_width(columns), WIDEST):
        assert columns_in(columns, width).total <= width


@pytest.mark.parametrize("has_show", [False, True])
def test_the_board_is_not_wider_while_a_show_is_on(*, has_show: bool) -> None:
    for width in range(channel_columns.BARLESS_WIDTH + 1, WIDEST):
        shown = channel_columns.columns_for(width, has_show=has_show, has_next_users=True)
        assert shown.total <= width


def test_what_grows_leaves_room_for_what_comes_in() -> None:
    def draw(_: None, room: int) -> Sequence[Cell]:
        return text_cells("", room)

    columns = (
        Column("name", ("",), draw, 1, least=4, most=20, priority=1),
        Column("more", ("",), draw, 1, least=5, priority=2, from_spare=8),
        Column("last", ("",), draw, 1, least=5, priority=3, from_spare=8),
    )
    rooms = [
        {name: columns_in(columns, 5 + spare).room(name) for name in ("name", "more", "last")}
        for spare in (7, 8, 12)
    ]
    assert rooms == [
        {"name": 11, "more": 0, "last": 0},
        # There is room for one of the two.
        {"name": 6, "more": 5, "last": 0},
        {"name": 4, "more": 5, "last": 5},
    ]
