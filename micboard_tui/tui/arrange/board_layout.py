"""Where every channel stands on the board: in rows, as cards, or large for a wall. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from textwrap import wrap
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.arrange.arrangement import Heading, Line

LEAST_WIDTH, LEAST_HEIGHT = 60, 15
"""Of a terminal that can show a board."""


class Layout(StrEnum):
    """How large a channel is."""

    ROWS = "rows"
    CARDS = "cards"
    WALL = "wall"


class Area(NamedTuple):
    """A rectangle of cells within the content of the board."""

    x: int
    y: int
    width: int
    height: int


class Size(NamedTuple):
    """What a channel takes at least, and the blank lines below it."""

    width: int
    height: int
    gap: int


LEAST_ROW = 76
"""Cells of a row where there are two beside each other."""
LEAST_PAGE = 4
"""Lines of a column of rows."""
CARDS_FRAME = 3
"""Lines around the cards: header, worst problem and keys."""
SIZES = {Layout.CARDS: Size(46, 5, 1), Layout.WALL: Size(39, 8, 1)}
COLUMN_GAP = 1
MOST_WIDTH = {Layout.CARDS: 72, Layout.WALL: 120}
Content: TypeAlias = Heading | tuple[Line | None, ...]
"""A heading as wide as the board; or what stands beside each other: channels, in columns also headings."""


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """All lines of the content, and where each channel stands in them."""

    lines: tuple[Content, ...] = ()
    areas: Mapping[ChannelRef, Area] = field(default_factory=dict)
    grid: tuple[tuple[ChannelRef, ...], ...] = ()
    """The channels as they stand beside and below each other; those in columns follow each other."""
    column_width: int = 0
    """Cells of one of several columns of rows."""
    page: int = 0
    """Lines of these columns, which are filled one after the other and go on a page further down."""

    def neighbour(self, ref: ChannelRef, columns: int, lines: int) -> ChannelRef:
        """The channel so many columns to the right, or so many lines of channels below; or the last one."""
        if self.page and columns:
            return self._neighbour_beside(ref, columns)
        line, column = next(
            (line, others.index(ref)) for line, others in enumerate(self.grid) if ref in others
        )
        if lines:
            line = min(len(self.grid) - 1, max(0, line + lines))
            return self.grid[line][min(column, len(self.grid[line]) - 1)]
        flat = [channel for others in self.grid for channel in others]
        index = flat.index(ref) + columns
        return flat[min(len(flat) - 1, max(0, index))]

    def _neighbour_beside(self, ref: ChannelRef, columns: int) -> ChannelRef:
        """The nearest channel so many columns of rows to the right; the same where there is none."""
        area = self.areas[ref]
        x, page = area.x + columns * (self.column_width + COLUMN_GAP), area.y // self.page
        lines = {
            other: place.y
            for other, place in self.areas.items()
            if place.x == x and place.y // self.page == page
        }
        return min(lines, key=lambda other: abs(lines[other] - area.y), default=ref)

    def channels_in(self, lines: range) -> frozenset[ChannelRef]:
        """The channels of which at least a line is among these."""
        content = self.lines
        return frozenset(
            part
            for y in lines
            if not isinstance(line := content[y], Heading)
            for part in line
            if isinstance(part, ChannelRef)
        )

    def is_heading(self, y: int) -> bool:
        """Whether a heading as wide as the board stands there."""
        return y >= 0 and isinstance(self.lines[y], Heading)

    def has_heading(self, y: int) -> bool:
        """Whether a heading stands there, also in one of several columns."""
        line = self.lines[y]
        return isinstance(line, Heading) or any(isinstance(part, Heading) for part in line)

    def top_to_show(self, ref: ChannelRef, top: int, height: int) -> int:
        """The first line of a window of ``height`` lines that shows the channel; ``top`` if it does already.

        It moves as little as possible, and a heading right above the channel comes along.
        """
        area = self.areas[ref]
        if self.page:
            return top if top <= area.y < top + height else self._page_top(ref)
        first = area.y - self.is_heading(area.y - 1)
        if first < top:
            return first
        return max(top, area.y + area.height - height)

    def top_to_keep(self, ref: ChannelRef, offset: int) -> int:
        """The first line of a window in which the channel is in its line ``offset``, or on its page."""
        if self.page:
            return self._page_top(ref)
        y = self.areas[ref].y
        # A heading that belongs to the first line on the screen comes along.
        return y - offset - (offset == 0 and self.is_heading(y - 1))

    def _page_top(self, ref: ChannelRef) -> int:
        return self.areas[ref].y // self.page * self.page

    def channel_at(self, x: int, y: int) -> ChannelRef | None:
        """The channel in whose area the cell is, or in the gap to the right of it."""
        for ref, area in self.areas.items():
            if area.y <= y < area.y + area.height and area.x <= x < area.x + area.width + COLUMN_GAP:
                return ref
        return None


def place_channels(lines: Sequence[Line], layout: Layout, width: int, height: int = 0) -> BoardPlan:
    """Place headings and channels from top to bottom in ``width`` cells.

    Rows of which one column does not hold all in ``height`` lines stand in several, where there is room.
    """
    if layout is Layout.ROWS:
        columns = min((width + COLUMN_GAP) // (LEAST_ROW + COLUMN_GAP), -(-len(lines) // max(1, height)))
        if columns > 1 and height >= LEAST_PAGE:
            return _place_in_columns(lines, columns, width, height)
        return BoardPlan(
            tuple(line if isinstance(line, Heading) else (line,) for line in lines),
            {line: Area(0, y, width, 1) for y, line in enumerate(lines) if isinstance(line, ChannelRef)},
            tuple((line,) for line in lines if isinstance(line, ChannelRef)),
        )
    least, card_height, gap = SIZES[layout]
    columns = max(1, (width + COLUMN_GAP) // (least + COLUMN_GAP))
    if layout is Layout.WALL:
        columns = _columns_of_tiles(lines, columns, width, height)
    card_width = min((width + COLUMN_GAP) // columns - COLUMN_GAP, MOST_WIDTH[layout])
    content: list[Content] = []
    areas: dict[ChannelRef, Area] = {}
    grid: list[tuple[ChannelRef, ...]] = []
    for heading, channels in _groups(lines):
        if heading is not None:
            content.append(heading)
        for first in range(0, len(channels), columns):
            beside = tuple(channels[first : first + columns])
            for column, ref in enumerate(beside):
                areas[ref] = Area(column * (card_width + COLUMN_GAP), len(content), card_width, card_height)
            grid.append(beside)
            content += [beside] * card_height + [()] * gap
    return BoardPlan(tuple(content), areas, tuple(grid))


def explain_lack_of_room(width: int, height: int) -> list[str]:
    """What a terminal of this size shows in place of the board, in its lines; none where there is room."""
    if width >= LEAST_WIDTH and height >= LEAST_HEIGHT:
        return []
    return wrap(f"{width}x{height} is too small, {LEAST_WIDTH}x{LEAST_HEIGHT} is needed", max(1, width - 1))


def fitting_layout(lines: Sequence[Line], width: int, height: int) -> Layout:
    """What a screen of this size shows best when the user has not chosen: cards where they show all."""
    if width < CARDS_FROM_WIDTH or height < CARDS_FROM_HEIGHT:
        return Layout.ROWS
    # Below the last cards no line stays blank.
    needed = len(place_channels(lines, Layout.CARDS, width).lines) - SIZES[Layout.CARDS].gap
    return Layout.CARDS if needed <= height - CARDS_FRAME else Layout.ROWS


def _place_in_columns(lines: Sequence[Line], columns: int, width: int, height: int) -> BoardPlan:
    column_width = (width + COLUMN_GAP) // columns - COLUMN_GAP
    filled = _fill_columns(lines, height)
    content: list[Content] = []
    areas: dict[ChannelRef, Area] = {}
    for first in range(0, len(filled), columns):
        beside = filled[first : first + columns]
        for index, column in enumerate(beside):
            x = index * (column_width + COLUMN_GAP)
            for y, line in enumerate(column, len(content)):
                if isinstance(line, ChannelRef):
                    areas[line] = Area(x, y, column_width, 1)
        content += [tuple(column[y] if y < len(column) else None for column in beside) for y in range(height)]
    return BoardPlan(tuple(content), areas, tuple((ref,) for ref in areas), column_width, height)


def _fill_columns(lines: Sequence[Line], height: int) -> list[list[Line]]:
    """Columns of at most ``height`` lines; a group that goes on in the next one has its heading there too."""
    columns: list[list[Line]] = [[]]
    heading: Heading | None = None
    for line in lines:
        starts_group = isinstance(line, Heading) and line.device is None
        if len(columns[-1]) >= height - starts_group:
            columns.append([heading] if heading is not None and not starts_group else [])
        columns[-1].append(line)
        if isinstance(line, Heading) and starts_group:
            heading = line
    return columns


CARDS_FROM_WIDTH, CARDS_FROM_HEIGHT = 3 * (46 + COLUMN_GAP), 48


def _columns_of_tiles(lines: Sequence[Line], most: int, width: int, height: int) -> int:
    """So few that tiles are as wide as they can be while all are seen at once, else the most."""
    _, tile_height, gap = SIZES[Layout.WALL]
    groups = [(heading is not None, len(channels)) for heading, channels in _groups(lines)]
    for columns in range(min(most, -(-width // (MOST_WIDTH[Layout.WALL] + COLUMN_GAP))), most):
        tiles = sum(-(-count // columns) for _, count in groups)
        if sum(has_heading for has_heading, _ in groups) + tiles * (tile_height + gap) - gap <= height:
            return columns
    return most


def _groups(lines: Sequence[Line]) -> list[tuple[Heading | None, list[ChannelRef]]]:
    groups: list[tuple[Heading | None, list[ChannelRef]]] = []
    for line in lines:
        if isinstance(line, Heading):
            groups.append((line, []))
            continue
        if not groups:
            groups.append((None, []))
        groups[-1][1].append(line)
    return groups
