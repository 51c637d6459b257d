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

Commands to devices are steps, too, without records: ``keep`` remembers one that was carried out. Undoing and
redoing it is left to ``CommandRestorer``, outside the lock, since a device may take seconds; the step is
turned once the devices confirmed it.

The text names what was done in the past tense and has no full stop: "Lead Vox assigned to Ada". It is read
in the log, and after "Undone:" and "Redone:".
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import anyio
import structlog

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.undo_steps import (
    Change,
    CommandStep,
    Step,
    TurnedStep,
    refused_step_error,
)
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.change_trail import note_changes
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
NEVER_AGAIN = frozenset({ErrorCode.CHANGED_SINCE, ErrorCode.DEVICE_NOT_FOUND})
"""Errors after which commands can never be taken back or repeated."""


class CommandRestorer(Protocol):
    async def restore(self, step: CommandStep, actor: str, *, is_redo: bool) -> None:
        """Have the devices take a step back, or do it again.

        Raises MicboardError: CONTROL_NOT_ARMED, CHANGED_SINCE where a device reports another value than the
        step left, and what a command to a device fails with.
        """
        ...


class NoCommands:
    """Where no device can be commanded. Implements ``CommandRestorer``."""

    async def restore(self, step: CommandStep, actor: str, *, is_redo: bool) -> None:
        del actor, is_redo
        raise MicboardError(
            ErrorCode.COMMAND_NOT_SUPPORTED,
            f"'{visible(step.text)}' was a command to a device, and none is commanded from here",
            hint="Undo it where the devices are controlled",
        )


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
        self.commands: CommandRestorer = NoCommands()
        self._taking_back = anyio.Lock()

    async def make(self, step: PlannedStep, actor: str | None) -> None:
        """Make a step; the caller holds the lock. ``actor`` None: the program makes it; anyone may undo it.

        Raises StorageError when nothing was changed.
        """
        if step.changes:
            by = None if actor is None else clean_actor(actor)
            made = Step(visible(step.text)[:MAX_TEXT], self.clock(), by)
            await self._records.make(made, step.changes)
            note_changes(step.changes)
            log.info("step_made", step=made.text, actor=by)
            await self._store_event(made.text, "made", by, step)
            await self._refresh()

    async def keep(self, text: str, changes: Sequence[Change], actor: str, *, has_event: bool) -> None:
        """Remember commands that devices carried out. Raises StorageError.

        Each is an event already; ``has_event``: all of them together are one more.
        """
        async with self.lock:
            step = Step(visible(text)[:MAX_TEXT], self.clock(), clean_actor(actor))
            await self._records.make(step, changes)
            note_changes(changes)
            log.info("commands_kept", step=step.text, actor=step.actor)
            if has_event:
                await self._store_event(step.text, "made", step.actor)

    async def undo(self, actor: str) -> Step:
        """Undo the newest step of this person.

        Raises StorageError NOTHING_TO_UNDO, CHANGED_SINCE, and what ``CommandRestorer`` raises.
        """
        return await self._turn(clean_actor(actor), is_redo=False)

    async def redo(self, actor: str) -> Step:
        """Redo the step that this person undid last. Raises as ``undo``, with NOTHING_TO_REDO."""
        return await self._turn(clean_actor(actor), is_redo=True)

    async def _turn(self, actor: str, *, is_redo: bool) -> Step:
        verb, outcome = ("Redone", "redone") if is_redo else ("Undone", "undone")
        async with self._taking_back:
            async with self.lock:
                records = self._records
                step = await (records.redo(actor) if is_redo else records.undo(actor))
                if not isinstance(step, CommandStep):
                    if isinstance(step, TurnedStep):
                        note_changes(step.changes)
                    await self._finish(step, f"{verb}: {step.text}", outcome, actor)
                    await self._refresh()
                    return Step(step.text, step.at, step.actor)
            await self._restore(step, actor, is_redo=is_redo)
            note_changes(_turned(step, is_redo=is_redo))
            await self._records.turn_commands(step, actor, undone=not is_redo)
            await self._finish(step, f"{verb}: {step.text}", outcome, actor)
            return step

    async def _restore(self, step: CommandStep, actor: str, *, is_redo: bool) -> None:
        """Where the devices can never do it, the step must not block those before it."""
        try:
            await self.commands.restore(step, actor, is_redo=is_redo)
        except MicboardError as error:
            if error.code not in NEVER_AGAIN:
                raise
            later = await self._records.drop_commands(step, actor, is_redo=is_redo)
            raise refused_step_error(error.info, step, later, is_redo=is_redo) from error

    async def _finish(self, step: Step, text: str, outcome: str, actor: str) -> None:
        log.info("step_turned", step=step.text, outcome=outcome, actor=actor)
        await self._store_event(text, outcome, actor)

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


def _turned(step: CommandStep, *, is_redo: bool) -> Sequence[Change]:
    """The values on devices before and after it was undone or redone."""
    if is_redo:
        return [Change(each.before, each.after) for each in step.changes]
    return [Change(each.after, each.before) for each in reversed(step.changes)]


def channels_of(changes: Sequence[Change]) -> Sequence[ChannelRef]:
    """The channels whose assignment is changed, each once."""
    records = (record for change in changes for record in (change.before, change.after))
    return list(dict.fromkeys(record.channel for record in records if isinstance(record, Assignment)))
