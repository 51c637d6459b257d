"""A small table of texts, whose columns share the width. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from micboard_tui.domain.units import DASH
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit


class Field(NamedTuple):
    """A column."""

    head: str
    width: int
    """With the space before it; so many cells at least."""
    weight: int = 0
    """Its share of the cells that are left."""
    is_right: bool = False
    from_width: int = 0
    """In a narrower table it is left out."""


class Value(NamedTuple):
    """What stands in a column."""

    text: str
    tone: str = "text"


UNKNOWN = Value(DASH, "dim")


class TextTable:
    """The columns in a width."""

    def __init__(self, fields: Sequence[Field], width: int, ellipsis: str) -> None:
        self._ellipsis = ellipsis
        shown = [field for field in fields if field.from_width <= width]
        spare = max(0, width - sum(field.width for field in shown))
        weights = sum(field.weight for field in shown)
        self._widths = [
            (field.width + (spare * field.weight // weights if weights else 0) if field in shown else 0)
            for field in fields
        ]
        self._fields = fields

    @property
    def head(self) -> list[Cell]:
        """The names of the columns."""
        return self.row([Value(field.head, "dim") for field in self._fields])

    def row(self, values: Sequence[Value]) -> list[Cell]:
        """One line, with a value for each field."""
        return [
            Cell(self._fill(value.text, field, width), value.tone)
            for value, field, width in zip(values, self._fields, self._widths, strict=True)
            if width
        ]

    def _fill(self, text: str, field: Field, width: int) -> str:
        room = width - 1
        if field.is_right and cell_len(text) <= room:
            return " " * (width - cell_len(text)) + text
        return f" {fit(text, room, self._ellipsis)}"
