"""Steps, one after the other: made, taken back, and made again. Who shows them is told at once."""

from collections.abc import Sequence
from dataclasses import replace

import anyio
import structlog

from micboard_tui.contracts.assignment import AssignmentRepository, Change, Step
from micboard_tui.contracts.ports import WallClock
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.device import Device
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.assignment.assignment_changes import removed
from micboard_tui.services.location_service import Changed, nobody_waits

MAX_WORDS = 200

log = structlog.get_logger(__name__)


class Journal:
    def __init__(
        self, records: AssignmentRepository, clock: WallClock, changed: Changed = nobody_waits
    ) -> None:
        self._records, self._changed = records, changed
        self.clock = clock
        self.turn = anyio.Lock()
        """To be held from reading what is there to making a step of it."""

    async def do(self, words: str, changes: Sequence[Change]) -> None:
        """Make a step; one that changes nothing is none. Raises StorageError, all or nothing is made."""
        if changes:
            await self._records.do(Step(visible(words)[:MAX_WORDS], self.clock()), changes)
            log.info("step_made", step=visible(words)[:MAX_WORDS])
            await self._changed()

    async def undo(self) -> Step:
        """Raises StorageError NOTHING_TO_UNDO, CHANGED_SINCE."""
        async with self.turn:
            step = await self._records.undo()
            log.info("step_taken_back", step=step.words)
            await self._changed()
        return step

    async def redo(self) -> Step:
        """Raises StorageError NOTHING_TO_UNDO, CHANGED_SINCE."""
        async with self.turn:
            step = await self._records.redo()
            log.info("step_made_again", step=step.words)
            await self._changed()
        return step

    async def said(self) -> Sequence[Assignment]:
        """What is said of channels now."""
        return await self._records.assignments()

    async def remove(self, device: Device, title: str) -> None:
        """Forget a device with what is said of its channels, so that it can be brought back."""
        async with self.turn:
            now = self.clock()
            theirs = [each for each in await self.said() if each.channel.device_id == device.id]
            changes = [change for each in theirs for change in removed(each, now)]
            await self.do(f"{title} is removed", [*changes, Change(device, None)])

    async def trust(self, device: Device, fingerprint: str | None, title: str) -> None:
        """Take a certificate for the device's own, so that this can be taken back."""
        async with self.turn:
            trusting = replace(device, fingerprint=fingerprint)
            await self.do(f"The certificate of {title} is trusted", [Change(device, trusting)])
