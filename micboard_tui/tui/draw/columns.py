"""The columns of a table: one entry each, from which widths, heads and drawing follow. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit

Row = TypeVar("Row")
"""What one row shows."""
Draw: TypeAlias = Callable[[Row, int], Sequence[Cell]]
"""Draws a column; the number is the room for its name or bar."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column, and how it takes part in dividing the width."""

    name: str
    heads: tuple[str, ...]
    """Its names above the rows, the longest first; the first one that fits is shown."""
    draw: Draw[Row]
    fixed: int
    """Cells that never give way: a space before it, and numbers."""
    least: int = 0
    """Cells for a name or a bar where the width is short."""
    good: int = 0
    """So many cells it takes before those after it take any."""
    most: int = 0
    priority: int = 0
    """In which order columns take spare cells; 0: it takes none."""
    divisor: int = 1
    """It takes one of so many spare cells."""
    from_spare: int = 0
    """It is left out where the width is not so many cells more than the least one."""
    is_shared: bool = False
    """It takes what all others leave, in equal parts with others of its kind."""


class Placed(NamedTuple, Generic[Row]):
    """A column with the room for its name or bar."""

    column: Column[Row]
    room: int

    @property
    def width(self) -> int:
        return self.column.fixed + self.room


class PlacedColumns(Generic[Row]):
    """The columns that are shown in some width."""

    def __init__(self, placed: Sequence[Placed[Row]]) -> None:
        self._placed = placed
        self.head = "".join(map(_head, placed))
        """The names of the columns, above the rows."""
        self.total = sum(entry.width for entry in placed)
        """Cells of a row."""
        self._rooms = {entry.column.name: entry.room for entry in placed}

    def room(self, name: str) -> int:
        """Cells for the name or bar of this column; 0 where it is left out."""
        return self._rooms.get(name, 0)

    def name_at(self, x: int) -> str:
        """The column at this cell; empty beside them."""
        for column, room in self._placed:
            x -= column.fixed + room
            if x < 0:
                return column.name
        return ""

    def cells(self, row: Row, last: str = "") -> list[Cell]:
        """One row; its columns up to ``last`` where something else stands in place of the others."""
        cells: list[Cell] = []
        for column, room in self._placed:
            cells += column.draw(row, room)
            if column.name == last:
                break
        return cells


def least_width(columns: Sequence[Column[Row]]) -> int:
    """Of all that are never left out, with the shortest names and bars."""
    return sum(_least_cells(column) for column in columns if not column.from_spare)


def place(columns: Sequence[Column[Row]], rooms: Mapping[str, int]) -> list[Placed[Row]]:
    """Those that have a room, from left to right."""
    return [Placed(column, rooms[column.name]) for column in columns if column.name in rooms]


def divide(columns: Sequence[Column[Row]], width: int) -> dict[str, int]:
    """The rooms in ``width`` cells by name: first the least ones, then what grows, then what is shared."""
    more = spare = max(0, width - least_width(columns))
    rooms = {column.name: column.least for column in columns if not column.from_spare}
    ordered = sorted((column for column in columns if column.priority), key=lambda column: column.priority)
    coming = _find_coming(ordered, more)
    reserved = sum(map(_least_cells, coming))
    for column in ordered:
        if column.from_spare:
            if column not in coming:
                continue
            spare -= _least_cells(column)
            reserved -= _least_cells(column)
            rooms[column.name] = column.least
        share = max(min(spare, column.good - column.least), -(-spare // column.divisor))
        taken = min(column.most - column.least, share, spare - reserved)
        if taken > 0:
            spare -= taken
            rooms[column.name] += taken
    shared = [column.name for column in columns if column.is_shared and column.name in rooms]
    for name in shared:
        rooms[name] += max(0, spare) // len(shared)
    return rooms


def _find_coming(ordered: Sequence[Column[Row]], more: int) -> Sequence[Column[Row]]:
    """Those that come in with so many spare cells; what grows leaves them their room."""
    coming, left = list[Column[Row]](), more
    for column in ordered:
        if column.from_spare and more >= column.from_spare and left >= _least_cells(column):
            coming.append(column)
            left -= _least_cells(column)
    return coming


def _least_cells(column: Column[Row]) -> int:
    return column.fixed + column.least


def columns_in(columns: Sequence[Column[Row]], width: int) -> PlacedColumns[Row]:
    """Divide ``width`` cells among them."""
    return PlacedColumns(place(columns, divide(columns, width)))


def text_cells(text: str, room: int) -> Sequence[Cell]:
    """A column of text, after a space."""
    return (Cell(f" {fit(text, room)}"),)


def _head(entry: Placed[Row]) -> str:
    width, heads = entry.width, entry.column.heads
    text = next((head for head in heads if len(head) <= width), heads[-1])
    return text[:width].ljust(width)
