"""Walks in memory. Implements ``WalkRepository``."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.contracts.walks import MAX_WALKS
from micboard_tui.domain.walk_test import Walk


class InMemoryWalks:
    def __init__(self) -> None:
        self.kept: list[Walk] = []
        self._number = 0

    async def keep(self, walk: Walk) -> Walk:
        if walk.id is not None:
            self.kept = [walk if kept.id == walk.id else kept for kept in self.kept]
            return walk
        self._number += 1
        self.kept = [replace(walk, id=self._number), *self.kept][:MAX_WALKS]
        return self.kept[0]

    async def remove(self, number: int) -> None:
        self.kept = [walk for walk in self.kept if walk.id != number]

    async def list(self) -> Sequence[Walk]:
        return list(self.kept)
