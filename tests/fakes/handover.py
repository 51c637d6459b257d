"""Hand-over notes, in memory."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.domain.handover import HandoverNote


class InMemoryHandover:
    """Implements ``HandoverRepository``."""

    def __init__(self) -> None:
        self.kept: list[HandoverNote] = []

    async def notes(self) -> Sequence[HandoverNote]:
        return list(reversed(self.kept))

    async def add(self, note: HandoverNote) -> HandoverNote:
        self.kept.append(replace(note, id=len(self.kept) + 1))
        return self.kept[-1]

    async def mark_shown(self, ids: Sequence[int], at: float) -> None:
        self.kept = [replace(note, shown_at=at) if note.id in ids else note for note in self.kept]
