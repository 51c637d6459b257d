"""The parts of one channel's drawing in each layout: its meters, and what holds while only these change.

``ChannelDrawer`` remembers those that hold. What is remembered here is how each meter of a row looks on some
ground, for every value that it had. The first cell of every line is the pointer.
"""

from collections.abc import Hashable
from typing import NamedTuple, Protocol, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment

from micboard_tui.domain.channel import ChannelState
from micboard_tui.tui.arrange.board_layout import Area
from micboard_tui.tui.draw import channel_card
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.channel_columns import ChannelColumns
from micboard_tui.tui.draw.channel_row import cells_after_meters, cells_before_meters, row_cells
from micboard_tui.tui.draw.meter_cells import LEVELS_KEPT
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.wall_tile import tile_ground, wall_tile
from micboard_tui.tui.terminal.canvas import Part

_Looks: TypeAlias = dict[Hashable, list[Segment]]
"""How a meter looks, by its key."""
Drawing: TypeAlias = tuple[Part, ...]
"""Cells of one channel, where they stand on the board."""


class Frame(NamedTuple):
    """What a channel is drawn with: its first cell, and the ground of all."""

    pointer: Cell
    ground: str


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

    def steady(self, row: RowContext, frame: Frame, area: Area) -> tuple[Drawing, Drawing]:
        """What stands before its meters, and behind them."""
        ...

    def meters(self, row: RowContext, frame: Frame, before: Part) -> Drawing:
        """Its meters, behind the last part that stands before them."""
        ...


class RowMeters:
    """What moves in a row, on one ground."""

    def __init__(self, styler: CellStyler, columns: ChannelColumns, ground: str) -> None:
        self._styler, self._ground = styler, ground
        self._meters = [(meter.key, meter.draw, room, _Looks()) for meter, room in columns.meters]

    def segments(self, row: RowContext) -> list[Segment]:
        """All meters of a channel; each is drawn once for every value."""
        segments: list[Segment] = []
        for find_key, draw, room, looks in self._meters:
            key = find_key(row)
            look = looks.get(key)
            if look is None:
                if len(looks) >= LEVELS_KEPT:
                    looks.clear()
                look = looks[key] = self._styler.segments(draw(row, room), self._ground)
            segments += look
        return segments


class RowParts:
    def __init__(self, styler: CellStyler, columns: ChannelColumns, width: int) -> None:
        self._styler, self._columns, self._width = styler, columns, width
        self._meters: dict[str, RowMeters] = {}
        self.trend_width = columns.room("trend")

    def steady_quality(self, state: ChannelState) -> int | None:
        """None: it is among the meters."""
        del state
        return None

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        segments = self._styler.segments([frame.pointer, *row_cells(row, self._columns)], frame.ground)
        return (Part(area.x, area.y, [*segments, *self._filling(frame.ground)], area.width),)

    def steady(self, row: RowContext, frame: Frame, area: Area) -> tuple[Drawing, Drawing]:
        styler, columns, ground = self._styler, self._columns, frame.ground
        before = styler.segments([frame.pointer, *cells_before_meters(row, columns)], ground)
        after = [*styler.segments(cells_after_meters(row, columns), ground), *self._filling(ground)]
        x = area.x + _width(before)
        return (
            (Part(area.x, area.y, before, x - area.x),),
            (Part(x + columns.meters_width, area.y, after, _width(after)),),
        )

    def meters(self, row: RowContext, frame: Frame, before: Part) -> Drawing:
        meters = self._meters.get(frame.ground)
        if meters is None:
            meters = self._meters[frame.ground] = RowMeters(self._styler, self._columns, frame.ground)
        return (Part(before.x + before.width, before.y, meters.segments(row), self._columns.meters_width),)

    def _filling(self, ground: str) -> list[Segment]:
        """What is left of the width right of the last column."""
        room = self._width - self._columns.total
        return [self._styler.blank(room, ground)] if room > 0 else []


class CardParts:
    trend_width = channel_card.TREND_WIDTH

    def __init__(self, styler: CellStyler) -> None:
        self._styler = styler

    def steady_quality(self, state: ChannelState) -> int | None:
        return state.meters.quality_percent

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        return self._place(channel_card.card(row, area.width - 1), frame, area)

    def steady(self, row: RowContext, frame: Frame, area: Area) -> tuple[Drawing, Drawing]:
        width = area.width - 1
        foot = area._replace(y=area.y + area.height - 1)
        return (
            self._place(channel_card.card_head(row, width), frame, area),
            self._place([channel_card.card_foot(row, width)], frame, foot),
        )

    def meters(self, row: RowContext, frame: Frame, before: Part) -> Drawing:
        below = Area(before.x, before.y + 1, before.width, 0)
        return self._place(channel_card.card_meters(row, before.width - 1), frame, below)

    def _place(self, lines: list[channel_card.Line], frame: Frame, area: Area) -> Drawing:
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

    def steady(self, row: RowContext, frame: Frame, area: Area) -> tuple[Drawing, Drawing]:
        return self.whole(row, frame, area), ()

    def meters(self, row: RowContext, frame: Frame, before: Part) -> Drawing:
        """It has none."""
        del row, frame, before
        return ()


def _place_lines(styler: CellStyler, lines: list[list[Cell]], frame: Frame, area: Area) -> Drawing:
    return tuple(
        Part(area.x, y, styler.segments([frame.pointer, *line], frame.ground), area.width)
        for y, line in enumerate(lines, area.y)
    )


def _width(segments: list[Segment]) -> int:
    return sum(cell_len(segment.text) for segment in segments)
