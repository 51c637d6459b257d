"""What moves in a row: the meters of a channel that is on the air. Pure."""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.meter_cells import (
    antenna_cell,
    audio_bar,
    audio_number,
    hot_tone,
    quality_cell,
    rf_cells,
    trend_cell,
)
from micboard_tui.tui.draw.row_context import RowContext


class Meter(NamedTuple):
    """Cells that are the same whenever the key is."""

    key: Callable[[RowContext], Hashable]
    draw: Callable[[RowContext, int], Sequence[Cell]]
    """The number is the room for its bar."""
    fixed: int = 0
    """Cells beside its bar."""
    has_bar: bool = False
    """Whether it takes the room, too."""

    def width(self, room: int) -> int:
        """Its cells."""
        return self.fixed + (room if self.has_bar else 0)


class MeterGroup:
    """Draws a column that consists of these meters."""

    def __init__(self, *meters: Meter) -> None:
        self.meters = meters

    def __call__(self, row: RowContext, room: int) -> Sequence[Cell]:
        return [cell for meter in self.meters for cell in meter.draw(row, room)]


def rf_key(row: RowContext) -> Hashable:
    state = row.state
    meters = state.meters
    return meters.rf_dbm, meters.rf_dbm is None and meters.rf_percent, state.thresholds


def _draw_rf(row: RowContext, room: int) -> Sequence[Cell]:
    return rf_cells(row.state, room, row.glyphs)


def _audio_bar_key(row: RowContext) -> tuple[float | None, float | None, str]:
    state = row.state
    bar_dbfs = state.meters.audio_dbfs if row.bar_dbfs is None else row.bar_dbfs
    return bar_dbfs, state.audio_peak_dbfs, hot_tone(state)


def _draw_audio_bar(row: RowContext, room: int) -> Sequence[Cell]:
    return audio_bar(*_audio_bar_key(row), room, row.glyphs)


def _draw_quality(row: RowContext, _: int) -> Sequence[Cell]:
    return (quality_cell(row.state.meters.quality_percent, row.state.thresholds),)


ANTENNA = MeterGroup(
    Meter(lambda row: row.state.meters.antenna, lambda row, _: (antenna_cell(row.state.meters.antenna),), 3)
)
RF = MeterGroup(Meter(rf_key, _draw_rf, 5, has_bar=True))
TREND = MeterGroup(Meter(lambda row: row.trend, lambda row, _: (trend_cell(row.trend),), 1, has_bar=True))
AUDIO_BAR = Meter(_audio_bar_key, _draw_audio_bar, has_bar=True)
# Bar and number change at different moments: each is drawn for fewer values by itself.
AUDIO = MeterGroup(
    Meter(
        lambda row: row.state.meters.audio_dbfs,
        lambda row, _: (audio_number(row.state.meters.audio_dbfs),),
        6,
    ),
    AUDIO_BAR,
)
QUALITY = MeterGroup(
    Meter(lambda row: (row.state.meters.quality_percent, row.state.thresholds), _draw_quality, 4)
)
