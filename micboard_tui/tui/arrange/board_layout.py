"""Where everything stands on the board: channels in rows, as cards, or large for a wall. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from textwrap import wrap
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.arrange.arrangement import Heading, Line, LineRef

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
"""A heading as wide as the board; or what stands beside each other, in columns also headings."""


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """All lines of the content, and where each channel and device stands in them."""

    lines: tuple[Content, ...] = ()
    areas: Mapping[LineRef, Area] = field(default_factory=dict)
    grid: tuple[tuple[LineRef, ...], ...] = ()
    """What can be selected as it stands beside and below each other; columns of rows follow each other."""
    column_width: int = 0
    """Cells of one of several columns of rows."""
    page: int = 0
    """Lines of these columns, which are filled one after the other and go on a page further down."""

    def neighbour(self, ref: LineRef, columns: int, lines: int) -> LineRef:
        """What is so many columns to the right, or so many lines of the grid below; or the last one."""
        if self.page and columns:
            return self._neighbour_beside(ref, columns)
        line, column = next(
            (line, others.index(ref)) for line, others in enumerate(self.grid) if ref in others
        )
        if lines:
            line = min(len(self.grid) - 1, max(0, line + lines))
            return self.grid[line][min(column, len(self.grid[line]) - 1)]
        flat = [other for others in self.grid for other in others]
        index = flat.index(ref) + columns
        return flat[min(len(flat) - 1, max(0, index))]

    def _neighbour_beside(self, ref: LineRef, columns: int) -> LineRef:
        """What is nearest so many columns of rows to the right; the same where there is none."""
        area = self.areas[ref]
        x, page = area.x + columns * (self.column_width + COLUMN_GAP), area.y // self.page
        lines = {
            other: place.y
            for other, place in self.areas.items()
            if place.x == x and place.y // self.page == page
        }
        return min(lines, key=lambda other: abs(lines[other] - area.y), default=ref)

    def refs_in(self, lines: range) -> frozenset[LineRef]:
        """The channels and devices of which at least a line is among these."""
        content = self.lines
        return frozenset(
            part
            for y in lines
            if not isinstance(line := content[y], Heading)
            for part in line
            if part is not None and not isinstance(part, Heading)
        )

    def is_heading(self, y: int) -> bool:
        """Whether a heading as wide as the board stands there."""
        return y >= 0 and isinstance(self.lines[y], Heading)

    def has_heading(self, y: int) -> bool:
        """Whether a heading stands there, also in one of several columns."""
        line = self.lines[y]
        return isinstance(line, Heading) or any(isinstance(part, Heading) for part in line)

    def top_to_show(self, ref: LineRef, top: int, height: int) -> int:
        """The first line of a window of ``height`` lines that shows it whole; ``top`` if it does already.

        It moves as little as possible, a heading right above comes along, and no card is cut at the top.
        """
        area = self.areas[ref]
        if self.page:
            return top if top <= area.y < top + height else self._page_top(ref)
        first = area.y - self.is_heading(area.y - 1)
        if first < top:
            return first
        last = area.y + area.height - height
        return top if last <= top else self._first_whole(last)

    def top_to_keep(self, ref: LineRef, offset: int) -> int:
        """The first line of a window in which it is in the line ``offset``, or on its page."""
        if self.page:
            return self._page_top(ref)
        y = self.areas[ref].y
        # A heading that belongs to the first line on the screen comes along.
        return self._first_whole(y - offset - (offset == 0 and self.is_heading(y - 1)))

    def height_to_scroll(self, height: int) -> int:
        """The lines that a window of ``height`` lines is scrolled over; at their end it cuts no card."""
        lines = len(self.lines)
        if self.page or lines <= height:
            return lines
        return self._first_whole(lines - height) + height

    def _first_whole(self, top: int) -> int:
        """The first line from ``top`` on with which a heading, a channel or a device begins."""
        begins = {area.y for area in self.areas.values()}
        lines = range(max(0, top), len(self.lines))
        return next((y for y in lines if y in begins or self.is_heading(y)), top)

    def _page_top(self, ref: LineRef) -> int:
        return self.areas[ref].y // self.page * self.page

    def ref_at(self, x: int, y: int) -> LineRef | None:
        """The channel or device in whose area the cell is, or in the gap to the right of it."""
        for ref, area in self.areas.items():
            if area.y <= y < area.y + area.height and area.x <= x < area.x + area.width + COLUMN_GAP:
                return ref
        return None


def place_lines(lines: Sequence[Line], layout: Layout, width: int, height: int = 0) -> BoardPlan:
    """Place headings, channels and devices from top to bottom in ``width`` cells.

    A device takes a line of the whole width also among cards. Rows of which one column does not hold all in
    ``height`` lines stand in several, where there is room.
    """
    if layout is Layout.ROWS:
        return _place_rows(lines, width, height)
    return _place_cards(lines, layout, width, height)


def _place_rows(lines: Sequence[Line], width: int, height: int) -> BoardPlan:
    columns = min((width + COLUMN_GAP) // (LEAST_ROW + COLUMN_GAP), -(-len(lines) // max(1, height)))
    if columns > 1 and height >= LEAST_PAGE:
        return _place_in_columns(lines, columns, width, height)
    return BoardPlan(
        tuple(line if isinstance(line, Heading) else (line,) for line in lines),
        {line: Area(0, y, width, 1) for y, line in enumerate(lines) if not isinstance(line, Heading)},
        tuple((line,) for line in lines if not isinstance(line, Heading)),
    )


def _place_cards(lines: Sequence[Line], layout: Layout, width: int, height: int) -> BoardPlan:
    least, card_height, gap = SIZES[layout]
    columns = max(1, (width + COLUMN_GAP) // (least + COLUMN_GAP))
    if layout is Layout.WALL:
        columns = _columns_of_tiles(lines, columns, width, height)
    card_width = min((width + COLUMN_GAP) // columns - COLUMN_GAP, MOST_WIDTH[layout])
    content: list[Content] = []
    areas: dict[LineRef, Area] = {}
    grid: list[tuple[LineRef, ...]] = []
    for above, channels in _groups(lines):
        if isinstance(above, Heading):
            content.append(above)
        elif above is not None:
            areas[above] = Area(0, len(content), width, 1)
            grid.append((above,))
            content.append((above,))
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
    needed = len(place_lines(lines, Layout.CARDS, width).lines) - SIZES[Layout.CARDS].gap
    return Layout.CARDS if needed <= height - CARDS_FRAME else Layout.ROWS


def _place_in_columns(lines: Sequence[Line], columns: int, width: int, height: int) -> BoardPlan:
    column_width = (width + COLUMN_GAP) // columns - COLUMN_GAP
    filled = _fill_columns(lines, height)
    content: list[Content] = []
    areas: dict[LineRef, Area] = {}
    for first in range(0, len(filled), columns):
        beside = filled[first : first + columns]
        for index, column in enumerate(beside):
            x = index * (column_width + COLUMN_GAP)
            for y, line in enumerate(column, len(content)):
                if not isinstance(line, Heading):
                    areas[line] = Area(x, y, column_width, 1)
        content += [tuple(column[y] if y < len(column) else None for column in beside) for y in range(height)]
    return BoardPlan(tuple(content), areas, tuple((ref,) for ref in areas), column_width, height)


def _fill_columns(lines: Sequence[Line], height: int) -> list[list[Line]]:
    """Columns of at most ``height`` lines; a group that goes on in the next one has its heading there too."""
    columns: list[list[Line]] = [[]]
    heading: Heading | None = None
    for line in lines:
        starts_group = isinstance(line, Heading)
        if len(columns[-1]) >= height - starts_group:
            columns.append([heading] if heading is not None and not starts_group else [])
        columns[-1].append(line)
        if isinstance(line, Heading):
            heading = line
    return columns


CARDS_FROM_WIDTH, CARDS_FROM_HEIGHT = 3 * (46 + COLUMN_GAP), 48


def _columns_of_tiles(lines: Sequence[Line], most: int, width: int, height: int) -> int:
    """So few that tiles are as wide as they can be while all are seen at once, else the most."""
    _, tile_height, gap = SIZES[Layout.WALL]
    groups = [(above is not None, len(channels)) for above, channels in _groups(lines)]
    # Before the first size is known there is no width at all.
    fewest = max(1, -(-width // (MOST_WIDTH[Layout.WALL] + COLUMN_GAP)))
    for columns in range(min(most, fewest), most):
        tiles = sum(-(-count // columns) for _, count in groups)
        if sum(has_line for has_line, _ in groups) + tiles * (tile_height + gap) - gap <= height:
            return columns
    return most


def _groups(lines: Sequence[Line]) -> list[tuple[Heading | DeviceId | None, list[ChannelRef]]]:
    """Runs of channels, each with the heading or device above it."""
    groups: list[tuple[Heading | DeviceId | None, list[ChannelRef]]] = []
    for line in lines:
        if not isinstance(line, ChannelRef):
            groups.append((line, []))
            continue
        if not groups:
            groups.append((None, []))
        groups[-1][1].append(line)
    return groups
