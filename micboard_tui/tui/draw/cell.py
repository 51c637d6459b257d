"""The unit of everything that is drawn: some text with a tone."""

from functools import lru_cache
from typing import NamedTuple


class Cell(NamedTuple):
    """Some text, what it means, and whether it stands on the track of a bar."""

    text: str
    tone: str = "text"
    is_bar: bool = False


@lru_cache(512)
def blank_cell(width: int) -> Cell:
    """So many blanks."""
    return Cell(" " * width)
