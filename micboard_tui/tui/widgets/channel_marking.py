"""Marks channels for the next action. Pure."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.widgets.board_selection import BoardSelection

Marks: TypeAlias = frozenset[ChannelRef]


class ChannelMarking:
    """Changes the marks of a selection."""

    def __init__(self, selection: BoardSelection, show: Callable[[Marks], None]) -> None:
        """``show`` is called with the channels that are marked now and were not, or were and are not."""
        self._selection, self._show = selection, show

    @property
    def marks(self) -> Marks:
        return self._selection.marked

    def toggle(self, ref: ChannelRef) -> None:
        """Mark the channel, or take its mark away."""
        self._replace(self.marks ^ {ref})

    def extend(self, refs: Iterable[LineRef | None]) -> None:
        """Mark the channels among these lines too; nothing is unmarked."""
        self._replace(self.marks.union(ref for ref in refs if isinstance(ref, ChannelRef)))

    def toggle_all(self, channels: Iterable[ChannelRef]) -> None:
        """Mark exactly these; none where they are marked already."""
        wanted = frozenset(channels)
        self._replace(frozenset() if self.marks == wanted else wanted)

    def keep(self, shown: Collection[LineRef]) -> None:
        """Unmark what is not shown any more: an action must not change it."""
        self._replace(frozenset(ref for ref in self.marks if ref in shown))

    def clear(self) -> None:
        self._replace(frozenset())

    def _replace(self, marks: Marks) -> None:
        changed, self._selection.marked = marks ^ self.marks, marks
        if changed:
            self._show(changed)
