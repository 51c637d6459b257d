"""What moves in a row: the meters of a channel that is on the air. Pure."""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.channel import ChannelState, Meters
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.meter_cells import (
    antenna_cell,
    audio_bar,
    audio_bar_shape,
    audio_number,
    hot_tone,
    quality_cell,
    rf_cells,
    trend_cell,
)
from micboard_tui.tui.draw.row_context import RowContext

MOST_METERS = 8
"""Keys of a row or a card."""
MeterKeys: TypeAlias = tuple[Hashable, ...]
"""What each of a channel's meters shows: while it is the same, by the same thresholds, it looks the same."""
FindKeys: TypeAlias = Callable[[ChannelState, float | None, str], MeterKeys]
"""Finds them from its state, from where its audio bar stands, and from how its RF has been."""


class Meter(NamedTuple):
    """Cells that are the same whenever the key is."""

    key: int
    """Its place among the keys of its kind."""
    draw: Callable[[RowContext, int], Sequence[Cell]]
    """The number is the room for its bar."""
    fixed: int = 0
    """Cells beside its bar."""
    has_bar: bool = False
    """Whether it takes the room, too."""
    find_shape: Callable[[RowContext, int], Hashable] | None = None
    """What of the values can be seen, quicker found than drawn, for those that have far more values."""

    def width(self, room: int) -> int:
        """Its cells."""
        return self.fixed + (room if self.has_bar else 0)


class MeterGroup:
    """Draws a column that consists of these meters."""

    def __init__(self, *meters: Meter) -> None:
        self.meters = meters

    def __call__(self, row: RowContext, room: int) -> Sequence[Cell]:
        return [cell for meter in self.meters for cell in meter.draw(row, room)]


def _draw_rf(row: RowContext, room: int) -> Sequence[Cell]:
    return rf_cells(row.state, room, row.glyphs)


def _draw_audio_bar(row: RowContext, room: int) -> Sequence[Cell]:
    state = row.state
    return audio_bar(_bar_dbfs(row), state.audio_peak_dbfs, hot_tone(state), room, row.glyphs)


def _find_audio_shape(row: RowContext, room: int) -> Hashable:
    state = row.state
    return hot_tone(state), *audio_bar_shape(_bar_dbfs(row), state.audio_peak_dbfs, room, row.glyphs)


def _bar_dbfs(row: RowContext) -> float | None:
    return row.state.meters.audio_dbfs if row.bar_dbfs is None else row.bar_dbfs


def _draw_quality(row: RowContext, _: int) -> Sequence[Cell]:
    return (quality_cell(row.state.meters.quality_percent, row.state.thresholds),)


def row_keys(state: ChannelState, bar_dbfs: float | None, trend: str) -> MeterKeys:
    """The keys of the meters of a row, all in one call: they are found for each channel in each frame."""
    meters = state.meters
    return (
        meters.antenna,
        rf_key(meters) if (rf_dbm := meters.rf_dbm) is None else rf_dbm,
        trend,
        meters.audio_dbfs,
        (bar_dbfs, state.audio_peak_dbfs, meters.overload, state.facts.device_warnings),
        meters.quality_percent,
    )


def rf_key(meters: Meters) -> Hashable:
    rf_dbm = meters.rf_dbm
    return (meters.rf_percent,) if rf_dbm is None else rf_dbm


ANTENNA = MeterGroup(Meter(0, lambda row, _: (antenna_cell(row.state.meters.antenna),), 3))
RF = MeterGroup(Meter(1, _draw_rf, 5, has_bar=True))
TREND = MeterGroup(Meter(2, lambda row, _: (trend_cell(row.trend),), 1, has_bar=True))
AUDIO_NUMBER = Meter(3, lambda row, _: (audio_number(row.state.meters.audio_dbfs),), 6)
AUDIO_BAR = Meter(4, _draw_audio_bar, has_bar=True, find_shape=_find_audio_shape)
# Bar and number change at different moments: each is drawn for fewer values by itself.
AUDIO = MeterGroup(AUDIO_NUMBER, AUDIO_BAR)
QUALITY = MeterGroup(Meter(5, _draw_quality, 4))
