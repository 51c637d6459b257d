"""Performers, assignments and steps in the database: implements ``AssignmentRepository``."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from micboard_tui.contracts.assignment import MAX_PAST, Change, Step
from micboard_tui.contracts.errors import ErrorCode, StorageError
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
from micboard_tui.storage.transactions import Sessions

LOST = frozenset(
    {
        ErrorCode.CHANGED_SINCE,
        ErrorCode.PERFORMER_EXISTS,
        ErrorCode.LOCATION_EXISTS,
        ErrorCode.DEVICE_EXISTS,
    }
)
"""Why a step can never be turned again."""


class SqlAssignments:
    """``gone`` is called when devices may have gone or come back."""

    def __init__(self, sessions: Sessions, gone: Callable[[], None]) -> None:
        self._sessions, self._gone = sessions, gone

    async def performers(self) -> Sequence[Performer]:
        async with self._sessions.reading() as connection:
            return [performer_of(row) for row in (await connection.execute(select(PERFORMERS))).mappings()]

    async def assignments(self) -> Sequence[Assignment]:
        async with self._sessions.reading() as connection:
            return await assignments_of(connection, select_assignments())

    async def past(self, channel: ChannelRef) -> Sequence[PastAssignment]:
        chosen = (
            select(PAST)
            .where(PAST.c.device_id == channel.device_id, PAST.c.number == channel.number)
            .order_by(PAST.c.until.desc(), PAST.c.since.desc())
            .limit(MAX_PAST)
        )
        async with self._sessions.reading() as connection:
            return [past_of(row) for row in (await connection.execute(chosen)).mappings()]

    async def do(self, step: Step, changes: Sequence[Change]) -> None:
        rows = [step_store.row_of(change) for change in changes]

        def write(connection: Connection) -> None:
            step_store.make(connection, rows)
            step_store.remember(connection, step, rows)

        await self._sessions.register_batch(write)
        self._gone()

    async def undo(self) -> Step:
        return await self._turn(undone=False)

    async def redo(self) -> Step:
        return await self._turn(undone=True)

    async def _turn(self, *, undone: bool) -> Step:
        """Take back the newest step, or make the oldest one that is ``undone`` again."""
        turned: list[step_store.Kept] = []

        def write(connection: Connection) -> None:
            kept = step_store.oldest_undone(connection) if undone else step_store.newest_done(connection)
            turned.append(kept)
            step_store.make(connection, kept.rows if undone else step_store.backwards(kept.rows))
            step_store.turn(connection, kept, undone=not undone)

        try:
            await self._sessions.register_batch(write)
        except StorageError as error:
            if error.code in LOST:
                # It will never be as it was; whoever goes on takes back the step before.
                await self._sessions.write_batch(
                    lambda connection: step_store.forget(connection, turned[0], undone=undone)
                )
            raise
        self._gone()
        return turned[0].step
