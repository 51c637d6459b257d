"""Makes, undoes and redoes steps: the only way in which what people arrange is changed.

A step is a text and a list of changes, each of one record before and after. A service holds ``lock`` from
reading the records to ``make``, so that no other step of this process comes between; storage compares the
records before with what it has, which catches other processes, and writes all changes or none in one
transaction. Undo is the same step with before and after exchanged, so no kind of change has an inverse of
its own. Each person undoes and redoes their own steps; one on which another person has built is refused by
the same comparison, dropped, and the refusal names who changed it and when.

Every step that was made, undone or redone is followed by ``refresh``, which takes the records up again:
devices appear on the board or go, and their sessions open or end. It is an event, too, stored before ``make``
returns; where that fails, the step is made all the same and the event waits.

The text names what was done in the past tense and has no full stop: "Lead Vox assigned to Ada". It is read
in the log, and after "Undone:" and "Redone:".
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import anyio
import structlog

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.field_validation import clean_actor

MAX_TEXT = 200

Refresh: TypeAlias = Callable[[], Awaitable[None]]
"""Takes changed records up at once."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What a step would change. One without changes is not made."""

    text: str
    changes: Sequence[Change]
    details: Mapping[str, str] = field(default_factory=dict)
    """What its event says beside the text, for what reads it later."""


_UNPLANNED = PlannedStep("", ())


class Steps:
    def __init__(
        self,
        records: AssignmentRepository,
        clock: WallClock,
        refresh: Refresh,
        events: EventSink,
    ) -> None:
        self._records, self._refresh, self._events = records, refresh, events
        self.clock = clock
        self.lock = anyio.Lock()

    async def make(self, step: PlannedStep, actor: str | None) -> None:
        """Make a step; the caller holds the lock. ``actor`` None: the program makes it; anyone may undo it.

        Raises StorageError when nothing was changed.
        """
        if step.changes:
            by = None if actor is None else clean_actor(actor)
            made = Step(visible(step.text)[:MAX_TEXT], self.clock(), by)
            await self._records.make(made, step.changes)
            log.info("step_made", step=made.text, actor=by)
            await self._store_event(made.text, "made", by, step)
            await self._refresh()

    async def undo(self, actor: str) -> Step:
        """Undo the newest step of this person. Raises StorageError NOTHING_TO_UNDO, CHANGED_SINCE."""
        by = clean_actor(actor)
        async with self.lock:
            step = await self._records.undo(by)
            log.info("step_undone", step=step.text, actor=by)
            await self._store_event(f"Undone: {step.text}", "undone", by)
            await self._refresh()
        return step

    async def redo(self, actor: str) -> Step:
        """Redo the step that this person undid last. Raises StorageError NOTHING_TO_REDO, CHANGED_SINCE."""
        by = clean_actor(actor)
        async with self.lock:
            step = await self._records.redo(by)
            log.info("step_redone", step=step.text, actor=by)
            await self._store_event(f"Redone: {step.text}", "redone", by)
            await self._refresh()
        return step

    async def forget(self, actor: str) -> None:
        """Forget the steps of all persons; what they changed stays."""
        async with self.lock:
            await self._records.forget_steps()
            log.info("steps_forgotten", actor=clean_actor(actor))

    async def _store_event(
        self, text: str, outcome: str, actor: str | None, planned: PlannedStep = _UNPLANNED
    ) -> None:
        channels = channels_of(planned.changes)
        ref = channels[0] if len(channels) == 1 else None
        event = Event(
            self.clock(),
            EventKind.STEP,
            text[:MAX_EVENT_TEXT],
            None if ref is None else ref.device_id,
            None if ref is None else ref.number,
            actor=actor,
            details={**planned.details, "step": outcome},
        )
        await store_act(self._events, event)


def channels_of(changes: Sequence[Change]) -> Sequence[ChannelRef]:
    """The channels whose assignment is changed, each once."""
    records = (record for change in changes for record in (change.before, change.after))
    return list(dict.fromkeys(record.channel for record in records if isinstance(record, Assignment)))
