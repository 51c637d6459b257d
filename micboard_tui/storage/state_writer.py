"""Writes many states at once: precompiled statements and plain tuples, no ORM object (docs/adr/0006).

Facts change now and then, readings all the time, so ``StateWriter`` remembers for each channel the facts that
are stored and writes only others. ``SqlDevices.store`` calls ``write`` within a transaction and ``remember``
with what was written once that is committed: facts of a transaction that failed, or of a device that was not
registered, are written again. ``forget`` is called whenever rows may have been deleted elsewhere. Channels of
devices that are no longer registered are dropped from memory with the next write, so that it never holds more
than the database does.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ScalarSelect, Table, delete, select
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import DeviceState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.problem_start import ProblemStart
from micboard_tui.storage.batch_writer import replace_rows
from micboard_tui.storage.device_rows import facts_tuple, problem_tuple, reading_tuple, state_tuple
from micboard_tui.storage.tables import ChannelRow, DeviceRow, DeviceStateRow, OpenProblemRow, ReadingRow


def table_of(row: type[SQLModel]) -> Table:
    """The table of a row class."""
    table = row.__table__  # type: ignore[attr-defined] # SQLModel does not declare what SQLAlchemy adds
    assert isinstance(table, Table)  # noqa: S101 - what SQLAlchemy makes of table=True
    return table


def last_to_go(table: Table, kept: int) -> ScalarSelect[int]:
    """The number of the newest row that goes where only the newest ``kept`` rows stay; NULL: none goes."""
    return select(table.c.id).order_by(table.c.id.desc()).offset(kept).limit(1).scalar_subquery()


def write_all(connection: Connection, row: type[SQLModel], values: Sequence[tuple[object, ...]]) -> None:
    """Insert or replace ``values``, tuples in the order of the table's columns."""
    replace_rows(connection, table_of(row), values)


class JudgedProblems(NamedTuple):
    problems: Sequence[ProblemStart]
    devices: Collection[str] | None = None
    """Those of which they are all problems; other processes judge the others. None: there are no others."""


class StateWriter:
    """Stores states of devices and channels; remembers which facts are stored already."""

    def __init__(self) -> None:
        self._registered: set[str] = set()
        self._stored: dict[ChannelRef, ChannelFacts] = {}

    def write(
        self,
        connection: Connection,
        devices: Sequence[DeviceState],
        channels: Sequence[ChannelState],
        judgement: JudgedProblems | None,
    ) -> Sequence[ChannelState]:
        """Write within the caller's transaction, and return the channels that were written.

        What is of devices that are no longer registered is skipped. ``judgement``: None leaves the problems
        that are stored.
        """
        known = set(connection.execute(select(table_of(DeviceRow).c.id)).scalars())
        if known != self._registered:
            self._registered = known
            self._stored = {ref: facts for ref, facts in self._stored.items() if ref.device_id in known}
        channels = [state for state in channels if state.device_id in known]
        changed = [state for state in channels if self._stored.get(state.ref) is not state.facts]
        write_all(
            connection, DeviceStateRow, [state_tuple(state) for state in devices if state.device_id in known]
        )
        write_all(connection, ChannelRow, [facts_tuple(state) for state in changed])
        write_all(connection, ReadingRow, [reading_tuple(state) for state in channels])
        if judgement is not None:
            _replace_problems(connection, judgement, known)
        return channels

    def remember(self, channels: Sequence[ChannelState]) -> None:
        """To be called once the transaction is committed, with the channels that were written."""
        self._stored.update((state.ref, state.facts) for state in channels)

    def forget(self) -> None:
        """Write all facts again the next time; to be called when rows may have been deleted."""
        self._stored.clear()


def _replace_problems(connection: Connection, judgement: JudgedProblems, known: Collection[str]) -> None:
    table = table_of(OpenProblemRow)
    replaced = delete(table)
    if judgement.devices is not None:
        replaced = replaced.where(table.c.device_id.in_(judgement.devices))
    connection.execute(replaced)
    rows = [problem_tuple(start) for start in judgement.problems if start.key.device_id in known]
    write_all(connection, OpenProblemRow, rows)
