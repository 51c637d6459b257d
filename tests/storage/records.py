"""Changes records as steps, which is the only way, and around them, as no program does."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, text

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.undo_steps import Change, Record, Step
from micboard_tui.domain.device import Device
from micboard_tui.storage.database import BUSY_TIMEOUT_MS
from micboard_tui.storage.database_engine import make_engine, parse_address
from micboard_tui.storage.device_rows import device_values

Value = TypeVar("Value")
PREPARATION = Step("Prepared", 0.0, "Pia")


async def add(records: AssignmentRepository, *added: Record) -> None:
    await records.make(PREPARATION, [Change(None, record) for record in added])


async def change(records: AssignmentRepository, before: Record, after: Record) -> None:
    await records.make(PREPARATION, [Change(before, after)])


async def remove(records: AssignmentRepository, *removed: Record) -> None:
    await records.make(PREPARATION, [Change(record, None) for record in removed])


async def overwrite_row(url: URL | str, device: Device) -> None:
    """Change the row of a device without a step."""
    values = device_values(device)
    columns = ", ".join(f"{column} = :{column}" for column in values)
    await run_sql(url, f"UPDATE devices SET {columns} WHERE id = :id", values)  # noqa: S608 - our own columns


async def run_sql(
    url: URL | str, statement: str, *values: Mapping[str, object]
) -> Sequence[tuple[object, ...]]:
    """Run a statement once, or for each of ``values``, behind our back; the rows that it answers, if any."""

    def run(connection: Connection) -> Sequence[tuple[object, ...]]:
        answer = connection.execute(text(statement), list(values) or None)
        return [tuple(row) for row in answer] if answer.returns_rows else []

    return await run_in_transaction(url, run)


async def run_in_transaction(url: URL | str, work: Callable[[Connection], Value]) -> Value:
    """Run ``work`` in a transaction of its own, and return what it returns."""
    engine = make_engine(parse_address(url), BUSY_TIMEOUT_MS)
    if isinstance(engine, Engine):
        try:
            with engine.begin() as connection:
                return work(connection)
        finally:
            engine.dispose()
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
