"""The unit of everything that is drawn: some text with a tone."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len

from micboard_tui.tui.draw.formats import fit


class Cell(NamedTuple):
    """Some text, what it means, and whether it stands on the track of a bar."""

    text: str
    tone: str = "text"
    is_bar: bool = False


@lru_cache(512)
def blank_cell(width: int) -> Cell:
    """So many blanks."""
    return Cell(" " * width)


Line: TypeAlias = list[Cell]


def fit_line(line: Iterable[Cell], width: int) -> Line:
    """The same, exactly ``width`` cells wide."""
    left, out = width, []
    for cell in line:
        size = cell_len(cell.text)
        if size > left:
            out.append(cell._replace(text=fit(cell.text, left, "")))
            left = 0
            break
        out.append(cell)
        left -= size
    return [*out, blank_cell(left)] if left else out
