"""Changes records as steps, which is the only way, and around them, as no program does."""

import sqlite3
from contextlib import closing
from pathlib import Path

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.undo_steps import Change, Record, Step
from micboard_tui.domain.device import Device
from micboard_tui.storage.device_rows import device_values

PREPARATION = Step("Prepared", 0.0, "Pia")


async def add(records: AssignmentRepository, *added: Record) -> None:
    await records.make(PREPARATION, [Change(None, record) for record in added])


async def change(records: AssignmentRepository, before: Record, after: Record) -> None:
    await records.make(PREPARATION, [Change(before, after)])


async def remove(records: AssignmentRepository, *removed: Record) -> None:
    await records.make(PREPARATION, [Change(record, None) for record in removed])


def overwrite_row(file: Path, device: Device) -> None:
    """Change the row of a device without a step."""
    values = device_values(device)
    columns = ", ".join(f"{column} = :{column}" for column in values)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute(f"UPDATE devices SET {columns} WHERE id = :id", values)  # noqa: S608 - our own columns
