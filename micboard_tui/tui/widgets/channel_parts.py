"""The parts of one channel's drawing in each layout: its meters, and what holds while only these change.

``ChannelDrawer`` remembers those that hold. What is remembered here is how each meter looks on some ground,
for every value that it had (``MeterLooks``), and the parts of each channel's meters (``MovingParts``): a
meter that says the same as before is the same part. The first cell of every line is the pointer.
"""

from collections.abc import Hashable, Iterator
from typing import NamedTuple, Protocol, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment

from micboard_tui.domain.channel import ChannelState
from micboard_tui.tui.arrange.board_layout import Area
from micboard_tui.tui.draw import card_meters, channel_card
from micboard_tui.tui.draw.card_meters import CardKind, PlacedMeter
from micboard_tui.tui.draw.cell import Cell, Line
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.channel_columns import ChannelColumns
from micboard_tui.tui.draw.channel_row import cells_after_meters, cells_before_meters, row_cells
from micboard_tui.tui.draw.meter_cells import LEVELS_KEPT
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.wall_tile import tile_ground, wall_tile
from micboard_tui.tui.terminal.canvas import Part

Drawing: TypeAlias = tuple[Part, ...]
"""Cells of one channel, where they stand on the board."""


class Frame(NamedTuple):
    """What a channel is drawn with: its first cell, and the ground of all."""

    pointer: Cell
    ground: str


class MeterLooks:
    """One meter, and how it looks on one ground: drawn once for every value."""

    __slots__ = ("_draw", "_ground", "_shared", "_styler", "find_key", "looks", "width", "x", "y")

    def __init__(self, styler: CellStyler, placed: PlacedMeter, ground: str) -> None:
        self._styler, self._draw, self._ground = styler, placed.cells, ground
        self.looks: dict[Hashable, list[Segment]] = {}
        """By their keys."""
        self._shared: dict[tuple[Segment, ...], list[Segment]] = {}
        self.find_key, self.x, self.y, self.width = placed.meter.key, placed.x, placed.line, placed.width

    def draw(self, key: Hashable, row: RowContext) -> list[Segment]:
        """What it looks like in this row, whose key this is, and no other row had before."""
        if len(self.looks) >= LEVELS_KEPT:
            self.looks.clear()
            self._shared.clear()
        drawn = self._styler.segments(self._draw(row), self._ground)
        # Many values look the same, and what looks the same is compared by identity.
        look = self.looks[key] = self._shared.setdefault(tuple(drawn), drawn)
        return look


MeterSet: TypeAlias = tuple[MeterLooks, ...]
"""The meters of a channel, where they stand in its area."""


class MovingParts:
    """The meters of one channel from a cell on, as they were drawn last."""

    __slots__ = ("_keys", "_meters", "_x", "_y", "parts")

    def __init__(self, x: int, y: int) -> None:
        self._x, self._y = x, y
        self._meters: MeterSet = ()
        self._keys: list[Hashable] = []
        self.parts: list[Part] = []
        """From left to right, line by line."""

    def draw(self, meters: MeterSet, row: RowContext) -> list[Part]:
        """Draw them for this row; the parts that look different now."""
        if meters is not self._meters:
            self._meters = meters
            self._keys, self.parts = [_NOTHING] * len(meters), [_NO_PART] * len(meters)
        keys, parts, moved = self._keys, self.parts, list[Part]()
        for index, meter in enumerate(meters):
            key = meter.find_key(row)
            if key != keys[index]:
                keys[index] = key
                look = meter.looks.get(key) or meter.draw(key, row)
                if parts[index].segments is not look:
                    part = parts[index] = Part(self._x + meter.x, self._y + meter.y, look, meter.width)
                    moved.append(part)
        return moved


_NOTHING, _NO_PART = object(), Part(0, 0, (), 0)


class Beside(NamedTuple):
    """What stays of a channel while its meters move."""

    before: Drawing
    after: Drawing
    moving: MovingParts
    """Where its meters stand."""


class ChannelParts(Protocol):
    """A channel in one layout."""

    @property
    def trend_width(self) -> int:
        """Cells for how the RF has been."""
        ...

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        """All of it."""
        ...

    def steady_quality(self, state: ChannelState) -> int | None:
        """The quality of its link as far as its steady parts show it."""
        ...

    def beside(self, row: RowContext, frame: Frame, area: Area) -> Beside:
        """What stands beside its meters."""
        ...

    def meters(self, state: ChannelState, ground: str, width: int) -> MeterSet:
        """Its meters in an area of this width; the same ones for all channels that have these."""
        ...


class RowParts:
    def __init__(self, styler: CellStyler, columns: ChannelColumns, width: int) -> None:
        self._styler, self._columns, self._width = styler, columns, width
        self._meters: dict[str, MeterSet] = {}
        self.trend_width = columns.room("trend")

    def steady_quality(self, state: ChannelState) -> int | None:
        """None: it is among the meters."""
        del state
        return None

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        segments = self._styler.segments([frame.pointer, *row_cells(row, self._columns)], frame.ground)
        return (Part(area.x, area.y, [*segments, *self._filling(frame.ground)], area.width),)

    def beside(self, row: RowContext, frame: Frame, area: Area) -> Beside:
        styler, columns, ground = self._styler, self._columns, frame.ground
        before = styler.segments([frame.pointer, *cells_before_meters(row, columns)], ground)
        after = [*styler.segments(cells_after_meters(row, columns), ground), *self._filling(ground)]
        x = area.x + _width(before)
        return Beside(
            (Part(area.x, area.y, before, x - area.x),),
            (Part(x + columns.meters_width, area.y, after, _width(after)),),
            MovingParts(x, area.y),
        )

    def meters(self, state: ChannelState, ground: str, width: int) -> MeterSet:
        del state, width
        meters = self._meters.get(ground)
        if meters is None:
            meters = self._meters[ground] = tuple(
                MeterLooks(self._styler, placed, ground) for placed in self._place_meters()
            )
        return meters

    def _place_meters(self) -> Iterator[PlacedMeter]:
        x = 0
        for meter, room in self._columns.meters:
            yield PlacedMeter(meter, room, x, 0, meter.width(room))
            x += meter.width(room)

    def _filling(self, ground: str) -> list[Segment]:
        """What is left of the width right of the last column."""
        room = self._width - self._columns.total
        return [self._styler.blank(room, ground)] if room > 0 else []


class CardParts:
    trend_width = card_meters.TREND_WIDTH

    def __init__(self, styler: CellStyler) -> None:
        self._styler = styler
        self._meters: dict[tuple[CardKind, int, str], MeterSet] = {}

    def steady_quality(self, state: ChannelState) -> int | None:
        return state.meters.quality_percent

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        return self._place(channel_card.card(row, area.width - 1), frame, area)

    def beside(self, row: RowContext, frame: Frame, area: Area) -> Beside:
        width, styler = area.width - 1, self._styler
        head = self._place(channel_card.card_head(row, width), frame, area)
        meters = area._replace(y=area.y + len(head))
        foot = area._replace(y=area.y + area.height - 1)
        pointer = styler.segments([frame.pointer], frame.ground)
        return Beside(
            (*head, *(Part(area.x, y, pointer, 1) for y in range(meters.y, foot.y))),
            self._place([channel_card.card_foot(row, width)], frame, foot),
            MovingParts(area.x + 1, meters.y),
        )

    def meters(self, state: ChannelState, ground: str, width: int) -> MeterSet:
        kind = card_meters.find_kind(state)
        meters = self._meters.get((kind, width, ground))
        if meters is None:
            placed = card_meters.place_meters(kind, width - 1)
            meters = tuple(MeterLooks(self._styler, meter, ground) for meter in placed)
            self._meters[kind, width, ground] = meters
        return meters

    def _place(self, lines: list[Line], frame: Frame, area: Area) -> Drawing:
        return _place_lines(self._styler, lines, frame, area)


class TileParts:
    trend_width = 0

    def __init__(self, styler: CellStyler) -> None:
        self._styler = styler

    def steady_quality(self, state: ChannelState) -> int | None:
        """None: it does not show it."""
        del state
        return None

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        frame = frame._replace(ground=tile_ground(row.problems, frame.ground))
        return _place_lines(self._styler, wall_tile(row, area.width - 1), frame, area)

    def beside(self, row: RowContext, frame: Frame, area: Area) -> Beside:
        return Beside(self.whole(row, frame, area), (), MovingParts(area.x, area.y))

    def meters(self, state: ChannelState, ground: str, width: int) -> MeterSet:
        """It has none."""
        del state, ground, width
        return ()


def _place_lines(styler: CellStyler, lines: list[list[Cell]], frame: Frame, area: Area) -> Drawing:
    return tuple(
        Part(area.x, y, styler.segments([frame.pointer, *line], frame.ground), area.width)
        for y, line in enumerate(lines, area.y)
    )


def _width(segments: list[Segment]) -> int:
    return sum(cell_len(segment.text) for segment in segments)
