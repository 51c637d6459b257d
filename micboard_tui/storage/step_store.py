"""Writes steps and remembers them: rows before and after, compared and written in the caller's transaction.

``AssignmentRepository`` calls ``write_rows`` and then ``add_step`` for a new step. For undo and redo it takes
``next_step``, writes its rows (reversed for undo) and calls ``mark_undone``; a step that can never be written
again is dropped.

A stored step is done or undone, and each person has an order of their own: of the steps of one person the
undone ones are the newest, and a new step of that person deletes them. A step of an unknown actor, made by
the program or by a release that did not keep the name, counts as anyone's until a person undoes or redoes it;
from then on it is theirs. So a step that is undone can be redone by the one who undid it, and by no other.

That steps of several persons may be undone in any order is safe because ``write_rows`` compares each row with
what is stored: a step on whose rows another person has built is refused.

A row is stored with the name of its record type and all its values, so steps that an earlier release
stored can still be undone.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, insert, or_, select, update

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.undo_steps import (
    MAX_ALL_STEPS,
    MAX_STEPS,
    Change,
    CommandStep,
    CommandValue,
    PlainRecord,
    Step,
    TurnedStep,
)
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.device import Device, Placement
from micboard_tui.domain.location import Location
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show import ShowRecord
from micboard_tui.domain.threshold_set import ChosenProfile, ThresholdOverride
from micboard_tui.storage.assignment_rows import (
    ASSIGNMENTS,
    PAST,
    PERFORMERS,
    assignment_values,
    past_values,
    performer_values,
    placement_values,
)
from micboard_tui.storage.command_rows import (
    COMMAND,
    command_key,
    command_values,
    parse_command_changes,
    parse_command_value,
)
from micboard_tui.storage.device_rows import device_values, location_values
from micboard_tui.storage.pack_rows import cell_type_values
from micboard_tui.storage.pack_tables import CellTypeRow
from micboard_tui.storage.show_rows import SHOWS, show_values
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import (
    ChannelRow,
    DeviceRow,
    DeviceStateRow,
    LocationRow,
    ReadingRow,
    StepRow,
)
from micboard_tui.storage.threshold_rows import (
    CHOSEN_PROFILE,
    THRESHOLDS,
    profile_values,
    threshold_values,
)

STEPS, DEVICES, LOCATIONS = table_of(StepRow), table_of(DeviceRow), table_of(LocationRow)
READ_FROM_DEVICE = (table_of(ReadingRow), table_of(ChannelRow), table_of(DeviceStateRow))
MAX_BYTES = 8_000_000
"""All steps together; the newest one is kept also where it alone is larger."""
MAX_PAST_ROWS = 20_000

Values: TypeAlias = Mapping[str, object]


class _RecordType(NamedTuple):
    table: Table
    keys: tuple[str, ...]
    title: str


_CHANNEL = ("device_id", "number")
_FOLDED = "folded_name"
_RECORD_TYPES = {
    "performer": _RecordType(PERFORMERS, ("id",), "The performer"),
    "assignment": _RecordType(ASSIGNMENTS, _CHANNEL, "The assignment of the channel"),
    "past": _RecordType(PAST, (*_CHANNEL, "since", "until"), "The history of the channel"),
    "device": _RecordType(DEVICES, ("id",), "The device"),
    "placement": _RecordType(DEVICES, ("id",), "The location of the device"),
    "location": _RecordType(LOCATIONS, ("id",), "The location"),
    "show": _RecordType(SHOWS, ("id",), "The show"),
    "cell_type": _RecordType(table_of(CellTypeRow), ("model",), "The type of cells"),
    "threshold": _RecordType(THRESHOLDS, ("scope", "profile", "name"), "The threshold"),
    "profile": _RecordType(CHOSEN_PROFILE, ("id",), "The profile"),
}


class Row(NamedTuple):
    """A change as it is stored: the values of a row before and after."""

    record_type: str
    before: Values | None
    after: Values | None


class StoredStep(NamedTuple):
    """A step as it is stored."""

    id: int
    step: Step
    changes: str
    """Its rows as JSON; ``parse_rows`` reads them."""


_VALUES: Mapping[type, tuple[str, Callable[[Any], Values]]] = {
    Performer: ("performer", performer_values),
    Assignment: ("assignment", assignment_values),
    PastAssignment: ("past", past_values),
    Device: ("device", device_values),
    Placement: ("placement", placement_values),
    Location: ("location", location_values),
    ShowRecord: ("show", show_values),
    CellType: ("cell_type", cell_type_values),
    ThresholdOverride: ("threshold", threshold_values),
    ChosenProfile: ("profile", profile_values),
    CommandValue: (COMMAND, command_values),
}


def row_of(change: Change) -> Row:
    record_type, values_of = _VALUES[type(change.before or change.after)]
    before = None if change.before is None else values_of(change.before)
    after = None if change.after is None else values_of(change.after)
    return Row(record_type, before, after)


def write_rows(connection: Connection, rows: Sequence[Row]) -> None:
    """Write ``rows`` in their order. Raises StorageError CHANGED_SINCE, or what the database refuses."""
    for row in rows:
        if row.record_type != COMMAND:
            _write_row(connection, row)
    if any(row.record_type == "past" for row in rows):
        newest = select(PAST.c.until).order_by(PAST.c.until.desc()).offset(MAX_PAST_ROWS).limit(1)
        connection.execute(delete(PAST).where(PAST.c.until <= newest.scalar_subquery()))


def reverse(rows: Sequence[Row]) -> list[Row]:
    """The rows that undo ``rows``."""
    return [Row(row.record_type, row.after, row.before) for row in reversed(rows)]


def add_step(connection: Connection, step: Step, rows: Sequence[Row]) -> None:
    """Keep a step; those that the same person has undone and the oldest are deleted."""
    connection.execute(delete(STEPS).where(STEPS.c.undone, _belongs_to(step.actor)))
    connection.execute(
        insert(STEPS).values(
            words=step.text, at=step.at, actor=step.actor, undone=False, changes=json.dumps(rows)
        )
    )
    sizes = connection.execute(
        select(STEPS.c.id, STEPS.c.actor, func.length(STEPS.c.changes)).order_by(STEPS.c.id.desc())
    ).all()
    total_bytes, by_actor = 0, Counter[str | None]()
    surplus = []
    for count, (number, actor, size) in enumerate(sizes):
        total_bytes += size
        by_actor[actor] += 1
        is_too_much = by_actor[actor] > MAX_STEPS or count >= MAX_ALL_STEPS or total_bytes > MAX_BYTES
        if count and is_too_much:
            surplus.append(number)
    if surplus:
        connection.execute(delete(STEPS).where(STEPS.c.id.in_(surplus)))


def _belongs_to(actor: str | None) -> ColumnElement[bool]:
    """Whether a step is this person's, or of an unknown actor."""
    return or_(STEPS.c.actor.is_(None), STEPS.c.actor == actor)


def next_step(connection: Connection, actor: str, *, undone: bool) -> StoredStep:
    """Of this person's steps and those of an unknown one: the oldest undone, or the newest that is done.

    Raises StorageError: NOTHING_TO_REDO, NOTHING_TO_UNDO.
    """
    order = STEPS.c.id if undone else STEPS.c.id.desc()
    is_next = STEPS.c.undone.is_(undone), _belongs_to(actor)
    row = connection.execute(select(STEPS).where(*is_next).order_by(order).limit(1)).first()
    if row is None:
        if undone:
            raise StorageError(
                ErrorCode.NOTHING_TO_REDO,
                f"There is no step of {visible(actor)} to redo",
                hint="A step can be redone after an undo, until the same person changes something else",
            )
        raise StorageError(
            ErrorCode.NOTHING_TO_UNDO,
            f"There is no step of {visible(actor)} to undo",
            hint=f"Each person undoes their own steps; the last {MAX_STEPS} of each are kept",
        )
    return StoredStep(row.id, Step(row.words, row.at, row.actor), row.changes)


def parse_rows(stored: StoredStep) -> Sequence[Row]:
    """What a step changed. Raises StorageError STEP_UNREADABLE for what no release of ours has written."""
    try:
        rows = [Row(*change) for change in json.loads(stored.changes)]
        for row in rows:
            _check_row(row)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise StorageError(
            ErrorCode.STEP_UNREADABLE,
            f"The step '{stored.step.text}' is damaged and cannot be read",
            hint="It was dropped; the steps before it can be undone",
        ) from error
    return rows


def _check_row(row: Row) -> None:
    """Raise ValueError, TypeError or KeyError unless ``row`` can be written."""
    if row.record_type == COMMAND:
        parse_command_value(row.before)
        parse_command_value(row.after)
        return
    record_type = _RECORD_TYPES[row.record_type]
    if not row.before and not row.after:
        raise ValueError(row.record_type)
    for values in (row.before, row.after):
        if values is None:
            continue
        columns = record_type.table.columns
        if not isinstance(values, dict) or not set(record_type.keys) <= set(values) <= set(columns.keys()):
            raise ValueError(row.record_type)
        for name, value in values.items():
            expected = columns[name].type.python_type
            if value is not None and not isinstance(value, (int, float) if expected is float else expected):
                raise TypeError(name)


def find_commands(stored: StoredStep, rows: Sequence[Row]) -> CommandStep | None:
    """A step of commands, which the devices have to carry out; None: it is one of records."""
    if any(row.record_type != COMMAND for row in rows):
        return None
    step = stored.step
    return CommandStep(step.text, step.at, step.actor, stored.id, parse_command_changes(rows))


def describe_turn(step: Step, rows: Sequence[Row]) -> TurnedStep:
    """A step whose ``rows`` were written, with what that changed."""
    changes = (
        Change(*(None if values is None else PlainRecord(dict(values)) for values in (row.before, row.after)))
        for row in rows
        if row.record_type != "past"
    )
    return TurnedStep(step.text, step.at, step.actor, tuple(changes))


def mark_undone(connection: Connection, step_id: int, actor: str, *, undone: bool) -> None:
    """A step of an unknown actor becomes that of ``actor``, so that the others leave it as it is."""
    connection.execute(update(STEPS).where(STEPS.c.id == step_id).values(undone=undone, actor=actor))


def find_step(connection: Connection, step_id: int) -> StoredStep | None:
    """None: it was dropped meanwhile."""
    row = connection.execute(select(STEPS).where(STEPS.c.id == step_id)).first()
    return None if row is None else StoredStep(row.id, Step(row.words, row.at, row.actor), row.changes)


def drop_step(connection: Connection, stored: StoredStep, actor: str, *, undone: bool) -> Step | None:
    """Delete a step that cannot be undone; one that cannot be redone goes with those that came after it.

    Answers the newest step that changed one of its records since; None: it is not known which did.
    """
    later = _find_later_step(connection, stored)
    condition = and_(STEPS.c.undone, _belongs_to(actor)) if undone else STEPS.c.id == stored.id
    connection.execute(delete(STEPS).where(condition))
    return later


def _find_later_step(connection: Connection, stored: StoredStep) -> Step | None:
    keys = _keys_of(stored)
    is_later = STEPS.c.id > stored.id, STEPS.c.undone.is_(False)
    for row in connection.execute(select(STEPS).where(*is_later).order_by(STEPS.c.id.desc())):
        step = StoredStep(row.id, Step(row.words, row.at, row.actor), row.changes)
        if keys & (_keys_of(step) | _references_of(step)):
            return step.step
    return None


def _keys_of(stored: StoredStep) -> frozenset[tuple[object, ...]]:
    """The rows that a step changed, each by its table and key; none of a step that cannot be read."""
    return frozenset(map(_key_of, _try_to_parse(stored)))


def _key_of(row: Row) -> tuple[object, ...]:
    values = row.before or row.after or {}
    if row.record_type == COMMAND:
        return command_key(values)
    record_type = _RECORD_TYPES[row.record_type]
    return (record_type.table.name, *(values[name] for name in record_type.keys))


def _references_of(stored: StoredStep) -> frozenset[tuple[object, ...]]:
    """The rows that the changed ones need, as ``_keys_of`` names them: the device of an assignment."""
    return frozenset(
        (foreign.column.table.name, values[column.name])
        for row in _try_to_parse(stored)
        if row.record_type != COMMAND
        for values in (row.before or {}, row.after or {})
        for column in _RECORD_TYPES[row.record_type].table.columns
        if values.get(column.name) is not None
        for foreign in column.foreign_keys
    )


def _try_to_parse(stored: StoredStep) -> Sequence[Row]:
    try:
        return parse_rows(stored)
    except StorageError:
        return ()


def delete_steps(connection: Connection) -> None:
    connection.execute(delete(STEPS))


def _write_row(connection: Connection, row: Row) -> None:
    record_type = _RECORD_TYPES[row.record_type]
    key = row.before or row.after or {}
    has_key = [record_type.table.c[name] == key[name] for name in record_type.keys]
    current = connection.execute(select(record_type.table).where(*has_key)).mappings().first()
    if current is None or row.before is None:
        _check_unchanged(record_type, current is None and row.before is None)
    else:
        # How names are folded may differ between releases; the name itself is compared.
        same = (current[name] == value for name, value in row.before.items() if name != _FOLDED)
        _check_unchanged(record_type, all(same))
    if row.after is None:
        _delete_dependents(connection, row.record_type, key)
        connection.execute(delete(record_type.table).where(*has_key))
    elif current is None:
        connection.execute(insert(record_type.table).values(**row.after))
    else:
        connection.execute(update(record_type.table).where(*has_key).values(**row.after))


def _delete_dependents(connection: Connection, record_type: str, removed: Values) -> None:
    """Delete the states of a removed device; refuse to remove a location that has devices.

    Other records that refer to the row prevent its removal by their foreign keys.
    """
    if record_type == "device":
        for table in READ_FROM_DEVICE:
            connection.execute(delete(table).where(table.c.device_id == removed["id"]))
    if record_type == "location":
        devices = select(DEVICES.c.id).where(DEVICES.c.location_id == removed["id"]).limit(1)
        _check_unchanged(_RECORD_TYPES[record_type], connection.execute(devices).first() is None)


def _check_unchanged(record_type: _RecordType, is_as_before: bool) -> None:  # noqa: FBT001 - it is what is checked
    if not is_as_before:
        raise StorageError(
            ErrorCode.CHANGED_SINCE,
            f"{record_type.title} was changed since",
            hint="Look at it, and change it by hand",
        )
