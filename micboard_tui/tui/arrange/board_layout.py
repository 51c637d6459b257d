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


SIZES = {Layout.CARDS: Size(46, 5, 1), Layout.WALL: Size(58, 6, 1)}
COLUMN_GAP = 1
MOST_WIDTH = {Layout.CARDS: 72, Layout.WALL: 120}
Content: TypeAlias = Heading | tuple[ChannelRef, ...]


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """All lines of the content, and where each channel stands in them."""

    lines: tuple[Content, ...] = ()
    areas: Mapping[ChannelRef, Area] = field(default_factory=dict)
    grid: tuple[tuple[ChannelRef, ...], ...] = ()
    """The channels as they stand beside and below each other."""

    def neighbour(self, ref: ChannelRef, columns: int, lines: int) -> ChannelRef:
        """The channel so many columns to the right, or so many lines of channels below; or the last one."""
        line, column = next(
            (line, others.index(ref)) for line, others in enumerate(self.grid) if ref in others
        )
        if lines:
            line = min(len(self.grid) - 1, max(0, line + lines))
            return self.grid[line][min(column, len(self.grid[line]) - 1)]
        flat = [channel for others in self.grid for channel in others]
        index = flat.index(ref) + columns
        return flat[min(len(flat) - 1, max(0, index))]

    def channels_in(self, lines: range) -> frozenset[ChannelRef]:
        """The channels of which at least a line is among these."""
        content = self.lines
        return frozenset(ref for y in lines if not isinstance(line := content[y], Heading) for ref in line)

    def is_heading(self, y: int) -> bool:
        return y >= 0 and isinstance(self.lines[y], Heading)

    def top_to_show(self, ref: ChannelRef, top: int, height: int) -> int:
        """The first line of a window of ``height`` lines that shows the channel; ``top`` if it does already.

        It moves as little as possible, and a heading right above the channel comes along.
        """
        area = self.areas[ref]
        first = area.y - self.is_heading(area.y - 1)
        if first < top:
            return first
        return max(top, area.y + area.height - height)

    def channel_at(self, x: int, y: int) -> ChannelRef | None:
        """The channel in whose area the cell is, or in the gap to the right of it."""
        for ref, area in self.areas.items():
            if area.y <= y < area.y + area.height and area.x <= x < area.x + area.width + COLUMN_GAP:
                return ref
        return None


def place_channels(lines: Sequence[Line], layout: Layout, width: int) -> BoardPlan:
    """Place headings and channels from top to bottom in ``width`` cells."""
    if layout is Layout.ROWS:
        return BoardPlan(
            tuple(line if isinstance(line, Heading) else (line,) for line in lines),
            {line: Area(0, y, width, 1) for y, line in enumerate(lines) if isinstance(line, ChannelRef)},
            tuple((line,) for line in lines if isinstance(line, ChannelRef)),
        )
    least, height, gap = SIZES[layout]
    columns = max(1, (width + COLUMN_GAP) // (least + COLUMN_GAP))
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
                areas[ref] = Area(column * (card_width + COLUMN_GAP), len(content), card_width, height)
            grid.append(beside)
            content += [beside] * height + [()] * gap
    return BoardPlan(tuple(content), areas, tuple(grid))


def explain_lack_of_room(width: int, height: int) -> list[str]:
    """What a terminal of this size shows in place of the board, in its lines; none where there is room."""
    if width >= LEAST_WIDTH and height >= LEAST_HEIGHT:
        return []
    return wrap(f"{width}x{height} is too small, {LEAST_WIDTH}x{LEAST_HEIGHT} is needed", max(1, width - 1))


def layout_for_size(width: int, height: int) -> Layout:
    """What a board of this size shows best when the user has not chosen."""
    return Layout.CARDS if width >= CARDS_FROM_WIDTH and height >= CARDS_FROM_HEIGHT else Layout.ROWS


CARDS_FROM_WIDTH, CARDS_FROM_HEIGHT = 3 * (46 + COLUMN_GAP), 48


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
