"""The parts of one channel's drawing in each layout: its meters, and what holds while only these change.

``ChannelDrawer`` remembers those that hold. What is remembered here is how each meter looks on some ground
and by some thresholds, for every value that it had (``MeterLooks``), and how the meters of each channel look
now (``MovingParts``): a meter that says the same as before has the same look. The first cell of every line is
the pointer.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

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
from micboard_tui.tui.draw.row_meters import MOST_METERS, FindKeys, row_keys
from micboard_tui.tui.draw.wall_tile import tile_ground, wall_tile
from micboard_tui.tui.terminal.canvas import Look, MovingPart, Part


class Frame(NamedTuple):
    """What a channel is drawn with: its first cell, and the ground of all."""

    pointer: Cell
    ground: str


class MeterLooks:
    """One meter, and how it looks on one ground by some thresholds: drawn once for every value."""

    __slots__ = ("_by_shape", "_ground", "_placed", "_shared", "_styler", "key", "looks", "width", "x", "y")

    def __init__(self, styler: CellStyler, placed: PlacedMeter, ground: str) -> None:
        self._styler, self._placed, self._ground = styler, placed, ground
        self.looks: dict[Hashable, Look] = {}
        """By their keys."""
        self._by_shape: dict[Hashable, Look] = {}
        self._shared: dict[tuple[int, ...], Look] = {}
        self.key, self.x, self.y, self.width = placed.meter.key, placed.x, placed.line, placed.width

    def draw(self, key: Hashable, state: ChannelState, bar_dbfs: float | None, trend: str) -> Look:
        """What it looks like with these values, whose key this is, and none had before."""
        if len(self.looks) >= LEVELS_KEPT:
            self.looks.clear()
            self._by_shape.clear()
            self._shared.clear()
        # No meter says what it is of, and how long ago.
        row = RowContext(state, "", trend, 0.0, self._styler.glyphs, bar_dbfs)
        shape = self._placed.shape(row)
        look = None if shape is None else self._by_shape.get(shape)
        if look is None:
            drawn = tuple(self._styler.segments(self._placed.cells(row), self._ground))
            # Many values look the same, and what looks the same is compared by identity, as its segments are.
            shared = tuple(map(id, drawn))
            look = self._shared.get(shared) or self._shared.setdefault(shared, Look(drawn))
            if shape is not None:
                self._by_shape[shape] = look
        self.looks[key] = look
        return look


class MeterSet:
    """The meters of a channel, where they stand in its area.

    One set for all channels that have these on the same ground, and are judged by the same thresholds.
    """

    __slots__ = ("find_keys", "looks")

    def __init__(self, find_keys: FindKeys, looks: Iterable[MeterLooks]) -> None:
        self.find_keys, self.looks = find_keys, tuple(looks)


class MeterSets:
    """Those of one layout. They are few, but thresholds can be changed without end."""

    def __init__(self) -> None:
        self._sets: dict[Hashable, MeterSet] = {}

    def find(self, key: Hashable, make: Callable[[], MeterSet]) -> MeterSet:
        """The one with this key, made when there is none."""
        meters = self._sets.get(key)
        if meters is None:
            if len(self._sets) >= MOST_SETS:
                self._sets.clear()
            meters = self._sets[key] = make()
        return meters


class MovingParts:
    """The meters of one channel from a cell on, as they were drawn last."""

    __slots__ = ("_by_key", "_keys", "_meters", "_parts", "x", "y")

    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y
        self._meters: MeterSet | None = None
        self._keys: Sequence[Hashable] = ()
        self._parts: Sequence[MovingPart] = ()
        self._by_key: Sequence[tuple[MeterLooks, MovingPart] | None] = ()
        """In the order of the keys; None: the channel has no such meter."""

    @property
    def parts(self) -> Iterator[Part]:
        """From left to right, line by line."""
        return (part.part for part in self._parts)

    def draw(
        self,
        meters: MeterSet,
        state: ChannelState,
        bar_dbfs: float | None,
        trend: str,
        moved: list[MovingPart],
    ) -> None:
        """Draw them with these values, and add those that look different now to ``moved``."""
        if meters is not self._meters:
            self._begin(meters)
        before, self._keys = self._keys, (keys := meters.find_keys(state, bar_dbfs, trend))
        # With "strict", a call takes twice as long, and there is one for each channel in each frame.
        for key, old, found in zip(keys, before, self._by_key):  # noqa: B905 - the last two may be longer
            if key is old or key == old or found is None:
                continue
            meter, part = found
            look = meter.looks.get(key) or meter.draw(key, state, bar_dbfs, trend)
            if look is not part.look:
                part.look = look
                moved.append(part)

    def _begin(self, meters: MeterSet) -> None:
        """Have these from now on."""
        self._meters, self._keys = meters, _NOTHING
        self._parts = [MovingPart(self.x + meter.x, self.y + meter.y, meter.width) for meter in meters.looks]
        pairs = zip(meters.looks, self._parts, strict=True)
        by_key = {meter.key: (meter, part) for meter, part in pairs}
        self._by_key = [by_key.get(key) for key in range(MOST_METERS)]


MOST_SETS = 64
_NOTHING = (object(),) * MOST_METERS


class Drawing(NamedTuple):
    """Cells of one channel, where they stand on the board."""

    before: tuple[Part, ...]
    after: tuple[Part, ...] = ()
    """What stands before its meters and after them: all of it, where it has none that move."""
    moving: MovingParts | None = None

    @property
    def steady(self) -> tuple[Part, ...]:
        """All but what moves."""
        return (*self.before, *self.after)

    @property
    def parts(self) -> tuple[Part, ...]:
        """All of it from left to right, line by line, as it was drawn last."""
        return (*self.before, *(() if self.moving is None else self.moving.parts), *self.after)


class Beside(NamedTuple):
    """What stays of a channel while its meters move."""

    before: tuple[Part, ...]
    after: tuple[Part, ...]
    x: int
    y: int
    """From which cell on its meters stand."""


class ChannelParts(Protocol):
    """A channel in one layout."""

    @property
    def trend_width(self) -> int:
        """Cells for how the RF has been."""
        ...

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        """All of it."""
        ...

    @property
    def find_variant(self) -> Callable[[ChannelState], Hashable] | None:
        """What of its meters decides which ones it has, and what stands beside them; None: nothing does."""
        ...

    def beside(self, row: RowContext, frame: Frame, area: Area) -> Beside:
        """What stands beside its meters."""
        ...

    def change_problems(self, beside: Beside, row: RowContext, frame: Frame) -> Beside | None:
        """The same where nothing but its problems is another; None: all of it may look different."""
        ...

    def meters(self, state: ChannelState, ground: str, width: int) -> MeterSet:
        """Its meters in an area of this width; the same ones for all channels that have these."""
        ...


class RowParts:
    find_variant = None

    def __init__(self, styler: CellStyler, columns: ChannelColumns, width: int) -> None:
        self._styler, self._columns, self._width = styler, columns, width
        self._meters = MeterSets()
        self.trend_width = columns.room("trend")

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        segments = self._styler.segments([frame.pointer, *row_cells(row, self._columns)], frame.ground)
        return Drawing((Part(area.x, area.y, [*segments, *self._filling(frame.ground)], area.width),))

    def beside(self, row: RowContext, frame: Frame, area: Area) -> Beside:
        styler, columns, ground = self._styler, self._columns, frame.ground
        before = styler.segments([frame.pointer, *cells_before_meters(row, columns)], ground)
        x = area.x + _width(before)
        after = self._after(row, ground, x, area.y)
        return Beside((Part(area.x, area.y, before, x - area.x),), after, x, area.y)

    def change_problems(self, beside: Beside, row: RowContext, frame: Frame) -> Beside | None:
        # Before the meters no column says what is wrong.
        return beside._replace(after=self._after(row, frame.ground, beside.x, beside.y))

    def _after(self, row: RowContext, ground: str, x: int, y: int) -> tuple[Part, ...]:
        """What stands after the meters, which begin at this cell."""
        columns = self._columns
        after = [*self._styler.segments(cells_after_meters(row, columns), ground), *self._filling(ground)]
        return (Part(x + columns.meters_width, y, after, _width(after)),)

    def meters(self, state: ChannelState, ground: str, width: int) -> MeterSet:
        del width
        return self._meters.find((ground, state.thresholds), lambda: self._make_meters(ground))

    def _make_meters(self, ground: str) -> MeterSet:
        return MeterSet(
            row_keys, (MeterLooks(self._styler, placed, ground) for placed in self._place_meters())
        )

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
        self._meters = MeterSets()

    @property
    def find_variant(self) -> Callable[[ChannelState], Hashable]:
        return lambda state: (state.meters.quality_percent, card_meters.find_kind(state))

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        return Drawing(self._place(channel_card.card(row, area.width - 1), frame, area))

    def beside(self, row: RowContext, frame: Frame, area: Area) -> Beside:
        width, styler = area.width - 1, self._styler
        head = self._place(channel_card.card_head(row, width), frame, area)
        meters = area._replace(y=area.y + len(head))
        foot = area._replace(y=area.y + area.height - 1)
        pointer = styler.segments([frame.pointer], frame.ground)
        return Beside(
            (*head, *(Part(area.x, y, pointer, 1) for y in range(meters.y, foot.y))),
            self._place([channel_card.card_foot(row, width)], frame, foot),
            area.x + 1,
            meters.y,
        )

    def change_problems(self, beside: Beside, row: RowContext, frame: Frame) -> None:
        del beside, row, frame

    def meters(self, state: ChannelState, ground: str, width: int) -> MeterSet:
        kind = card_meters.find_kind(state)
        key = kind, width, ground, state.thresholds
        return self._meters.find(key, lambda: self._make_meters(kind, width, ground))

    def _make_meters(self, kind: CardKind, width: int, ground: str) -> MeterSet:
        placed = card_meters.place_meters(kind, width - 1)
        return MeterSet(card_meters.card_keys, (MeterLooks(self._styler, meter, ground) for meter in placed))

    def _place(self, lines: list[Line], frame: Frame, area: Area) -> tuple[Part, ...]:
        return _place_lines(self._styler, lines, frame, area)


class TileParts:
    trend_width = 0
    find_variant = None

    def __init__(self, styler: CellStyler) -> None:
        self._styler = styler

    def whole(self, row: RowContext, frame: Frame, area: Area) -> Drawing:
        frame = frame._replace(ground=tile_ground(row.problems, frame.ground))
        return Drawing(_place_lines(self._styler, wall_tile(row, area.width - 1), frame, area))

    def beside(self, row: RowContext, frame: Frame, area: Area) -> Beside:
        return Beside(self.whole(row, frame, area).before, (), area.x, area.y)

    def change_problems(self, beside: Beside, row: RowContext, frame: Frame) -> None:
        del beside, row, frame

    def meters(self, state: ChannelState, ground: str, width: int) -> MeterSet:
        """It has none."""
        del state, ground, width
        return _NO_METERS


_NO_METERS = MeterSet(row_keys, ())


def _place_lines(styler: CellStyler, lines: list[list[Cell]], frame: Frame, area: Area) -> tuple[Part, ...]:
    return tuple(
        Part(area.x, y, styler.segments([frame.pointer, *line], frame.ground), area.width)
        for y, line in enumerate(lines, area.y)
    )


def _width(segments: list[Segment]) -> int:
    return sum(cell_len(segment.text) for segment in segments)
