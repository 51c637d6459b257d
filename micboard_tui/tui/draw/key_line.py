"""Lines that fit a width: keys with what they do, and a line with something at each end. Pure."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.key_names import KeyPress, parse_key, split_keys

KEY_GAP = 3


def key_line(keys: Iterable[tuple[str, str]], width: int) -> list[Cell]:
    """Keys and what they do; where there is too little room the last ones are left out whole."""
    room, cells = width - 1, [Cell(" ")]
    for key, label in keys:
        room -= cell_len(key) + 1 + cell_len(label) + KEY_GAP
        if room >= -KEY_GAP:
            cells += [Cell(key, "accent"), Cell(f" {label}{' ' * KEY_GAP}", "dim")]
    return cells


def key_at(keys: Iterable[tuple[str, str]], width: int, x: int) -> KeyPress | None:
    """The key at the cell ``x`` of such a line; of two keys with one label, the second for the label."""
    start, end = 1, 0
    for key, label in keys:
        end = start + cell_len(key) + 1 + cell_len(label)
        if end > width or x < start:
            return None
        if x < end:
            shown = [text for at, text in split_keys(key) if at <= x - start]
            return parse_key(shown[-1]) if shown else None
        start = end + KEY_GAP
    return None


def spread(left: Sequence[Cell], right: Sequence[Cell], width: int) -> list[Cell]:
    """One line with something at each end; the left gives way when there is too little room."""
    taken = sum(len(cell.text) for cell in right)
    room = max(0, width - taken - 1)
    line: list[Cell] = []
    for cell in left:
        size = min(len(cell.text), room)
        if size:
            line.append(cell if size == len(cell.text) else Cell(fit(cell.text, size), cell.tone))
        room -= size
    return [*line, Cell(" " * (room + 1)), *right]
