"""Performers, assignments and steps in the database: implements ``AssignmentRepository``."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from micboard_tui.contracts.assignment import MAX_PAST
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.undo_steps import (
    Change,
    CommandStep,
    Step,
    TurnedStep,
    refused_step_error,
)
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.storage import step_store
from micboard_tui.storage.assignment_rows import (
    PAST,
    PERFORMERS,
    assignments_of,
    past_of,
    performer_of,
    select_assignments,
)
from micboard_tui.storage.transactions import Transactions

NEVER_AGAIN = frozenset(
    {
        ErrorCode.CHANGED_SINCE,
        ErrorCode.STEP_UNREADABLE,
        ErrorCode.PERFORMER_EXISTS,
        ErrorCode.LOCATION_EXISTS,
        ErrorCode.DEVICE_EXISTS,
        ErrorCode.SHOW_EXISTS,
    }
)
"""Errors after which a step can never be undone or redone."""


class SqlAssignments:
    """``devices_changed`` is called when devices may have been removed or brought back."""

    def __init__(self, transactions: Transactions, devices_changed: Callable[[], None]) -> None:
        self._transactions, self._devices_changed = transactions, devices_changed

    async def performers(self) -> Sequence[Performer]:
        return await self._transactions.read_rows(
            lambda connection: [
                performer_of(row) for row in connection.execute(select(PERFORMERS)).mappings()
            ]
        )

    async def assignments(self) -> Sequence[Assignment]:
        return await self._transactions.read_rows(
            lambda connection: assignments_of(connection, select_assignments())
        )

    async def past(self, channel: ChannelRef) -> Sequence[PastAssignment]:
        statement = (
            select(PAST)
            .where(PAST.c.device_id == channel.device_id, PAST.c.number == channel.number)
            .order_by(PAST.c.until.desc(), PAST.c.since.desc())
            .limit(MAX_PAST)
        )
        return await self._transactions.read_rows(
            lambda connection: [past_of(row) for row in connection.execute(statement).mappings()]
        )

    async def make(self, step: Step, changes: Sequence[Change]) -> None:
        rows = [step_store.row_of(change) for change in changes]

        def write(connection: Connection) -> None:
            step_store.write_rows(connection, rows)
            step_store.add_step(connection, step, rows)

        await self._transactions.write_step(write)
        self._devices_changed()

    async def undo(self, actor: str) -> Step:
        return await self._undo_or_redo(actor, is_redo=False)

    async def redo(self, actor: str) -> Step:
        return await self._undo_or_redo(actor, is_redo=True)

    async def forget_steps(self) -> None:
        await self._transactions.write_step(step_store.delete_steps)

    async def turn_commands(self, step: CommandStep, actor: str, *, undone: bool) -> None:
        await self._transactions.write_step(
            lambda connection: step_store.mark_undone(connection, step.id, actor, undone=undone)
        )

    async def drop_commands(self, step: CommandStep, actor: str, *, is_redo: bool) -> Step | None:
        def drop(connection: Connection) -> Step | None:
            stored = step_store.find_step(connection, step.id)
            return stored and step_store.drop_step(connection, stored, actor, undone=is_redo)

        return await self._transactions.write_step(drop)

    async def _undo_or_redo(self, actor: str, *, is_redo: bool) -> Step:
        """Undo the newest step of a person that is done, or redo the oldest one that is undone."""
        steps: list[step_store.StoredStep] = []

        def write(connection: Connection) -> CommandStep | TurnedStep:
            stored = step_store.next_step(connection, actor, undone=is_redo)
            steps.append(stored)
            rows = step_store.parse_rows(stored)
            if (commands := step_store.find_commands(stored, rows)) is not None:
                return commands
            turned = rows if is_redo else step_store.reverse(rows)
            step_store.write_rows(connection, turned)
            step_store.mark_undone(connection, stored.id, actor, undone=not is_redo)
            return step_store.describe_turn(stored.step, turned)

        try:
            step = await self._transactions.write_step(write)
        except StorageError as error:
            if error.code not in NEVER_AGAIN:
                raise
            # The records will not be as the step needs them; it must not block the others of this person.
            later = await self._transactions.write_step(
                lambda connection: step_store.drop_step(connection, steps[0], actor, undone=is_redo)
            )
            if error.code is ErrorCode.STEP_UNREADABLE:
                raise
            raise refused_step_error(error.info, steps[0].step, later, is_redo=is_redo) from error
        if not isinstance(step, CommandStep):
            self._devices_changed()
        return step
