"""A text in the cells that it takes on a terminal. Pure."""

from functools import lru_cache
from typing import TypeAlias

from rich.cells import cell_len

_SPLIT_CACHE = 16_384
SPACE = " "
SECOND_HALF = ""
"""What stands in the cell right of a wide character."""
_SINGLE = frozenset(map(chr, (*range(0x20, 0x7F), *range(0x2500, 0x25A0))))
"""Signs that stand alone in a cell, among them all of which bars and frames are made."""
Cells: TypeAlias = tuple[str, ...]


@lru_cache(_SPLIT_CACHE)
def split(text: str) -> Cells:
    """``text`` in cells: what stands in each, and nothing in the second one of a wide character.

    What has no width of its own belongs to the cell before it; where there is none it is left out.
    """
    if text.isascii() or _SINGLE.issuperset(text):
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


def _cell(cluster: str) -> list[str]:
    width = cell_len(cluster)
    return [cluster, *[SECOND_HALF] * (width - 1)] if width else []
