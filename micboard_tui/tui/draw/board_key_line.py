"""The line of keys at the bottom of the board: the usual ones, or those of what is being done. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.key_line import key_line

KeyLabels: TypeAlias = tuple[tuple[str, str], ...]
"""Keys and what they do."""


@dataclass(frozen=True, slots=True)
class BoardKeyLine:
    """Where the line is short the last keys are left out."""

    usual: KeyLabels = ()
    marked: KeyLabels = ()
    """Stand there while channels are marked."""
    log_key: str = "L"
    """Opens the log."""

    def cells(self, width: int, *, has_marks: bool) -> list[Cell]:
        return key_line(self.marked if has_marks else self.usual, width)

    @staticmethod
    def while_finding(query: str, count: int, width: int) -> list[Cell]:
        """How many channels fit what was typed, and the keys of the search."""
        found = f"{count} found" if query.strip() else "type a few letters"
        return key_line(
            (("/", found), ("Enter", "stay here"), ("Esc", "back"), ("↑↓", "other matches")), width
        )
