"""One channel in one line: its columns while it is on the air, and else what is the matter. Pure."""

from collections.abc import Sequence

from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.units import format_number
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_columns import UNHEARD, ChannelColumns
from micboard_tui.tui.draw.columns import Draw
from micboard_tui.tui.draw.row_context import RowContext

_RF_NUMBER = (2 + 1) + (4 + 1)
"""Cells of the columns of antenna and RF up to its bar."""


def row_cells(row: RowContext, columns: ChannelColumns) -> list[Cell]:
    """The line of one channel, ``columns.total`` cells wide but for the pointer."""
    middle = meter_cells(row, columns) if row.link in ON_AIR else _trouble(row, columns)
    return [*cells_before_meters(row, columns), *middle, *cells_after_meters(row, columns)]


def cells_before_meters(row: RowContext, columns: ChannelColumns) -> list[Cell]:
    """Of a channel on the air the same until its facts change."""
    return _draw(row, columns.before)


def meter_cells(row: RowContext, columns: ChannelColumns) -> list[Cell]:
    """What moves: antenna, RF, audio and quality of a channel on the air."""
    return [cell for meter, room in columns.meters for cell in meter.draw(row, room)]


def cells_after_meters(row: RowContext, columns: ChannelColumns) -> list[Cell]:
    """Of a channel on the air the same until its facts or problems change, or it grows old."""
    return _draw(row, columns.after)


def _draw(row: RowContext, drawing: Sequence[tuple[Draw[RowContext], int]]) -> list[Cell]:
    return [cell for draw, room in drawing for cell in draw(row, room)]


def _trouble(row: RowContext, columns: ChannelColumns) -> list[Cell]:
    """What is the matter; where the receiver is heard, after what it still hears of the band."""
    tone, width = formats.STATE_TONES[row.link], columns.meters_width
    if row.link in UNHEARD:
        return [Cell(formats.fit(_trouble_text(row, width), width), tone)]
    width -= _RF_NUMBER
    return [
        Cell("   "),
        Cell(format_number(row.state.meters.rf_dbm, 4) + " ", "dim"),
        Cell(formats.fit(_trouble_text(row, width), width), tone),
    ]


def _trouble_text(row: RowContext, width: int) -> str:
    return status_lines.channel_trouble(row.state, row.now, width, row.lost_since)
