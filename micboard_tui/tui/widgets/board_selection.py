"""Which line of the board is selected, and which channels are marked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.arrange.arrangement import Arrangement, LineRef


class PointerMode(Enum):
    """How the pointer came to where it stands, and so what happens to it when lines move."""

    FIRST_LINE = auto()
    """The user has pressed no key yet: it stands on the first line, also when that becomes another."""
    PUT = auto()
    """It was put on the first line, at the start or with another order, and stays with what was there."""
    CHOSEN = auto()
    """The user has selected what it stands at, and it stays there."""


@dataclass(slots=True)
class BoardSelection:
    selected: LineRef | None = None
    """The channel or device at which the pointer stands."""
    mode: PointerMode = PointerMode.FIRST_LINE
    marked: frozenset[ChannelRef] = frozenset()
    """The channels that the next action is for."""
    lit: LineRef | None = None
    """The line on the ground of the selected one. The pointer is ahead of it by up to a frame: a few
    bytes answer a key at once, also on a slow line, and the ground follows."""

    def start_lines(self, before: Arrangement, after: Arrangement) -> bool:
        """Other lines are to be shown; whether they are to be shown from the top.

        ``selected`` is None until ``put_on`` where the pointer is to stand on the first of them.
        """
        if before.order and before.order != after.order:
            if after.is_from_top or self.mode is not PointerMode.CHOSEN:
                self.selected, self.mode = None, PointerMode.PUT
                return True
        elif self.mode is PointerMode.FIRST_LINE:
            self.selected = None
        return False

    def put_on(self, refs: Sequence[LineRef]) -> LineRef | None:
        """Put the pointer on the first line, where it stands on none of them; that line."""
        if self.selected is not None and self.selected in refs:
            return None
        self.selected = next(iter(refs), None)
        return self.selected
