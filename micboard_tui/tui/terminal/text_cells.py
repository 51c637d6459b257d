"""A text in the cells that it takes on a terminal, and where two texts differ. Pure."""

from functools import lru_cache
from typing import TypeAlias

from rich.cells import cell_len

_SPLIT_CACHE = 16_384
SPACE = " "
SECOND_HALF = ""
"""What stands in the cell right of a wide character."""
Cells: TypeAlias = tuple[str, ...]
Span: TypeAlias = tuple[int, int]


@lru_cache(_SPLIT_CACHE)
def split(text: str) -> Cells:
    """``text`` in cells: what stands in each, and nothing in the second one of a wide character.

    What has no width of its own belongs to the cell before it; where there is none it is left out.
    """
    if text.isascii():
        return tuple(text)
    cells: list[str] = []
    cluster = ""
    for character in text:
        own = cell_len(character)
        if cluster and not (own and cell_len(cluster + character) == cell_len(cluster) + own):
            cluster += character
            continue
        cells += _cell(cluster)
        cluster = character if own else ""
    return (*cells, *_cell(cluster))


@lru_cache(_SPLIT_CACHE)
def difference(old: str, new: str) -> Span | None:
    """From which cell to which one two texts of equal width differ.

    None when they are not equally wide, or when wide characters make it hard to say.
    """
    before, after = split(old), split(new)
    size = len(before)
    if size != len(after) or SECOND_HALF in before or SECOND_HALF in after:
        return None
    first = next((index for index in range(size) if before[index] != after[index]), size)
    last = next((index for index in range(size, first, -1) if before[index - 1] != after[index - 1]), first)
    return first, last


def cut(cells: Cells, room: int) -> Cells:
    """The first ``room`` cells; a wide character that has room for one half only is a blank."""
    if len(cells) > room and cells[room] is SECOND_HALF:
        return (*cells[: room - 1], SPACE)
    return cells[:room]


def _cell(cluster: str) -> list[str]:
    width = cell_len(cluster)
    return [cluster, *[SECOND_HALF] * (width - 1)] if width else []
