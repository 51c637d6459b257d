"""What moves on a card: the RF of each antenna, and the audio, of a channel that is on the air. Pure."""

from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from micboard_tui.domain.channel import ChannelState
from micboard_tui.tui.draw.cell import Cell, Line, fit_line
from micboard_tui.tui.draw.meter_cells import audio_number, rf_cells, rf_dbm_cells
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.row_meters import AUDIO_BAR, Meter, MeterKeys, rf_key

TREND_WIDTH = 12
LINES = 2
_BLANK, _B, _DBM, _OF_SCALE = Cell("  "), Cell("  B "), Cell(" dBm  ", "dim"), Cell(" of scale", "dim")
_LABEL, _NUMBER, _MARGIN = 3, 5, 2
"""Cells before the first level, of a level's number, and before the audio."""
_AUDIO_NUMBER = 6


class PlacedMeter(NamedTuple):
    """A meter with the room for its bar, and the cells where it stands."""

    meter: Meter
    room: int
    x: int
    line: int
    width: int

    def shape(self, row: RowContext) -> Hashable:
        """The same for values that look the same; None: that is not known before it is drawn."""
        find_shape = self.meter.find_shape
        return None if find_shape is None else find_shape(row, self.room)

    def cells(self, row: RowContext) -> Sequence[Cell]:
        """Exactly so many cells."""
        return fit_line(self.meter.draw(row, self.room), self.width)


class CardKind(NamedTuple):
    """Which meters a card has: that depends on what is known."""

    has_two_antennas: bool
    has_percent: bool


def find_kind(state: ChannelState) -> CardKind:
    """Those of a channel that is on the air."""
    meters = state.meters
    has_two_antennas = meters.rf_a_dbm is not None and meters.rf_b_dbm is not None
    return _KINDS[has_two_antennas, meters.rf_percent is not None]


@lru_cache(64)
def place_meters(kind: CardKind, width: int) -> tuple[PlacedMeter, ...]:
    """The meters of a card ``width`` cells wide, line by line."""
    bar = (width - 5) // 2 - 8
    first = _FIRST_ANTENNA if kind.has_two_antennas else _LEVEL
    second = _SECOND_ANTENNA if kind.has_two_antennas else _TREND
    rf = (first, bar, _LABEL + _NUMBER + max(0, bar)), (_SCALE if kind.has_percent else second, bar, width)
    audio = (_AUDIO, 0, _MARGIN + _AUDIO_NUMBER), (_AUDIO_BAR, width - 10, width)
    return (*_side_by_side(rf, 0, width), *_side_by_side(audio, 1, width))


def card_meter_lines(row: RowContext, width: int) -> list[Line]:
    """All of them."""
    lines: list[Line] = [[] for _ in range(LINES)]
    for placed in place_meters(find_kind(row.state), width):
        lines[placed.line] += placed.cells(row)
    return lines


def _side_by_side(meters: Sequence[tuple[Meter, int, int]], line: int, width: int) -> Iterator[PlacedMeter]:
    x = 0
    for meter, room, wanted in meters:
        taken = min(wanted, width - x)
        yield PlacedMeter(meter, room, x, line, taken)
        x += taken


def _draw_first(row: RowContext, room: int) -> Sequence[Cell]:
    state = row.state
    return Cell(" A "), *rf_dbm_cells(state.meters.rf_a_dbm, room, row.glyphs, state.thresholds)


def _draw_second(row: RowContext, room: int) -> Sequence[Cell]:
    state = row.state
    return _B, *rf_dbm_cells(state.meters.rf_b_dbm, room, row.glyphs, state.thresholds)


def _draw_level(row: RowContext, room: int) -> Sequence[Cell]:
    label = Cell(f" {(row.state.meters.antenna or ' ')[:1]} ")
    return label, *rf_cells(row.state, room, row.glyphs)


def _draw_audio_number(row: RowContext, _: int) -> Sequence[Cell]:
    return _BLANK, audio_number(row.state.meters.audio_dbfs)


def card_keys(state: ChannelState, bar_dbfs: float | None, trend: str) -> MeterKeys:
    """The keys of the meters of a card, whichever it has."""
    meters = state.meters
    return (
        meters.rf_a_dbm,
        meters.rf_b_dbm,
        (meters.antenna, rf_key(meters)),
        trend,
        None,
        meters.audio_dbfs,
        (bar_dbfs, state.audio_peak_dbfs, meters.overload, state.facts.device_warnings),
    )


_FIRST_ANTENNA, _SECOND_ANTENNA, _LEVEL = Meter(0, _draw_first), Meter(1, _draw_second), Meter(2, _draw_level)
_TREND = Meter(3, lambda row, _: (_DBM, Cell(row.trend, "dim")))
_SCALE = Meter(4, lambda _row, _room: (_OF_SCALE,))
_AUDIO = Meter(5, _draw_audio_number)
_AUDIO_BAR = AUDIO_BAR._replace(key=6)
_KINDS = {(two, percent): CardKind(two, percent) for two in (False, True) for percent in (False, True)}
