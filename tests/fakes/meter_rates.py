"""A memory of changed meter rates without a disk."""

from collections.abc import Mapping

import anyio

from micboard_tui.domain.changed_rate import ChangedRate


class InMemoryMeterRates:
    """Implements ``MeterRateMemory``: ``kept`` by the program that runs, ``left`` by one that was killed."""

    def __init__(self, left: Mapping[int, ChangedRate] | None = None) -> None:
        self.left: Mapping[int, ChangedRate] = left or {}
        self.kept: Mapping[int, ChangedRate] = {}
        self.writes = 0
        self.recall_s = 0.0
        """How long the disk takes."""

    async def recall(self) -> Mapping[int, ChangedRate]:
        await anyio.sleep(self.recall_s)
        return self.left

    async def keep(self, rates: Mapping[int, ChangedRate]) -> None:
        self.kept, self.left = dict(rates), {}
        self.writes += 1

    async def leave_behind(self) -> None:
        self.kept, self.left = {}, self.kept

    async def forget(self) -> None:
        self.kept, self.left = {}, {}
