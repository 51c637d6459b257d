"""Makes steps and takes them back: rows before and after, compared and written in one transaction."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from micboard_tui.contracts.assignment import MAX_STEPS, Change, Step
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer
from micboard_tui.domain.device import Device, Placement
from micboard_tui.domain.location import Location
from micboard_tui.storage.assignment_rows import (
    ASSIGNMENTS,
    PAST,
    PERFORMERS,
    assignment_values,
    past_values,
    performer_values,
    placement_values,
)
from micboard_tui.storage.device_rows import device_values, location_values
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import (
    ChannelRow,
    DeviceRow,
    DeviceStateRow,
    LocationRow,
    ReadingRow,
    StepRow,
)

STEPS, DEVICES, LOCATIONS = table_of(StepRow), table_of(DeviceRow), table_of(LocationRow)
OF_DEVICE = (table_of(ReadingRow), table_of(ChannelRow), table_of(DeviceStateRow))
MAX_BYTES = 8_000_000
"""All steps together; the newest one is kept whatever its size."""
MAX_PAST_ROWS = 20_000

Values: TypeAlias = Mapping[str, object]


class _Kind(NamedTuple):
    table: Table
    keys: tuple[str, ...]
    title: str


_CHANNEL = ("device_id", "number")
_KINDS = {
    "performer": _Kind(PERFORMERS, ("id",), "The performer"),
    "assignment": _Kind(ASSIGNMENTS, _CHANNEL, "The assignment of the channel"),
    "past": _Kind(PAST, (*_CHANNEL, "since", "until"), "The history of the channel"),
    "device": _Kind(DEVICES, ("id",), "The device"),
    "placement": _Kind(DEVICES, ("id",), "The place of the device"),
    "location": _Kind(LOCATIONS, ("id",), "The location"),
}


class Row(NamedTuple):
    """A change as it is stored: of which kind, and the values of its row before and after."""

    kind: str
    before: Values | None
    after: Values | None


class Kept(NamedTuple):
    """A step as it is stored."""

    id: int
    step: Step
    rows: Sequence[Row]


_VALUES: Mapping[type, tuple[str, Callable[[Any], Values]]] = {
    Performer: ("performer", performer_values),
    Assignment: ("assignment", assignment_values),
    PastAssignment: ("past", past_values),
    Device: ("device", device_values),
    Placement: ("placement", placement_values),
    Location: ("location", location_values),
}


def row_of(change: Change) -> Row:
    kind, values = _VALUES[type(change.before or change.after)]
    before, after = (None if each is None else values(each) for each in (change.before, change.after))
    return Row(kind, before, after)


def make(connection: Connection, rows: Sequence[Row]) -> None:
    """Write ``rows`` in their order. Raises StorageError CHANGED_SINCE, or what the database refuses."""
    for row in rows:
        _make(connection, row)
    if any(row.kind == "past" for row in rows):
        newest = select(PAST.c.until).order_by(PAST.c.until.desc()).offset(MAX_PAST_ROWS).limit(1)
        connection.execute(delete(PAST).where(PAST.c.until <= newest.scalar_subquery()))


def backwards(rows: Sequence[Row]) -> list[Row]:
    return [Row(row.kind, row.after, row.before) for row in reversed(rows)]


def remember(connection: Connection, step: Step, rows: Sequence[Row]) -> None:
    """Keep a step; those that were taken back and the oldest go."""
    connection.execute(delete(STEPS).where(STEPS.c.undone))
    connection.execute(
        insert(STEPS).values(words=step.words, at=step.at, undone=False, changes=json.dumps(rows))
    )
    sizes = connection.execute(
        select(STEPS.c.id, func.length(STEPS.c.changes)).order_by(STEPS.c.id.desc())
    ).all()
    together = 0
    for count, (number, size) in enumerate(sizes):
        together += size
        if count and (count >= MAX_STEPS or together > MAX_BYTES):
            connection.execute(delete(STEPS).where(STEPS.c.id <= number))
            return


def newest_done(connection: Connection) -> Kept:
    """Raises StorageError NOTHING_TO_UNDO."""
    return _kept(connection, undone=False)


def oldest_undone(connection: Connection) -> Kept:
    """Raises StorageError NOTHING_TO_UNDO."""
    return _kept(connection, undone=True)


def turn(connection: Connection, kept: Kept, *, undone: bool) -> None:
    """Remember whether a step is taken back."""
    connection.execute(update(STEPS).where(STEPS.c.id == kept.id).values(undone=undone))


def forget(connection: Connection, kept: Kept, *, undone: bool) -> None:
    """A step that can never be turned goes; when it is to be made again, with those that came after it."""
    chosen = STEPS.c.undone if undone else STEPS.c.id == kept.id
    connection.execute(delete(STEPS).where(chosen))


def _kept(connection: Connection, *, undone: bool) -> Kept:
    order = STEPS.c.id if undone else STEPS.c.id.desc()
    found = connection.execute(
        select(STEPS).where(STEPS.c.undone.is_(undone)).order_by(order).limit(1)
    ).first()
    if found is None:
        raise StorageError(
            ErrorCode.NOTHING_TO_UNDO,
            "There is no step to do again" if undone else "There is no step to take back",
            hint=f"The last {MAX_STEPS} steps are kept",
        )
    return Kept(found.id, Step(found.words, found.at), [Row(*row) for row in json.loads(found.changes)])


def _make(connection: Connection, row: Row) -> None:
    kind = _KINDS[row.kind]
    key = row.before or row.after or {}
    same = [kind.table.c[name] == key[name] for name in kind.keys]
    present = connection.execute(select(kind.table).where(*same)).mappings().first()
    if present is None or row.before is None:
        _check(kind, present is None and row.before is None)
    else:
        _check(kind, all(present[name] == value for name, value in row.before.items()))
    if row.after is None:
        _check_unused(connection, row.kind, key)
        connection.execute(delete(kind.table).where(*same))
    elif present is None:
        connection.execute(insert(kind.table).values(**row.after))
    else:
        connection.execute(update(kind.table).where(*same).values(**row.after))


def _check_unused(connection: Connection, kind: str, gone: Values) -> None:
    """What hangs on a row by itself goes with it; what people hung on it keeps it."""
    if kind == "device":
        for table in OF_DEVICE:
            connection.execute(delete(table).where(table.c.device_id == gone["id"]))
    if kind == "location":
        there = select(DEVICES.c.id).where(DEVICES.c.location_id == gone["id"]).limit(1)
        _check(_KINDS[kind], connection.execute(there).first() is None)


def _check(kind: _Kind, as_it_was: bool) -> None:  # noqa: FBT001 - it is what is checked
    if not as_it_was:
        raise StorageError(
            ErrorCode.CHANGED_SINCE,
            f"{kind.title} was changed by somebody else since",
            hint="Look at it, and change it by hand",
        )
