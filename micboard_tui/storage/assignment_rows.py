"""Rows of performers, assignments and placements from domain values, and back."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, Select, select

from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.device import Placement
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.tables import AssignmentRow, PastAssignmentRow, PerformerRow

PERFORMERS, ASSIGNMENTS = table_of(PerformerRow), table_of(AssignmentRow)
PAST = table_of(PastAssignmentRow)


def select_assignments() -> Select[tuple[object, ...]]:
    """Assignments with their performers."""
    performer = [
        PERFORMERS.c.name.label("performer_name"),
        PERFORMERS.c.role.label("performer_role"),
        PERFORMERS.c.note.label("performer_note"),
    ]
    joined = ASSIGNMENTS.outerjoin(PERFORMERS, PERFORMERS.c.id == ASSIGNMENTS.c.performer_id)
    return select(ASSIGNMENTS, *performer).select_from(joined)


def assignments_of(connection: Connection, statement: Select[tuple[object, ...]]) -> Sequence[Assignment]:
    """The assignments that ``statement`` selects: ``select_assignments`` with conditions."""
    return [_assignment_of(row) for row in connection.execute(statement).mappings()]


def _assignment_of(row: RowMapping) -> Assignment:
    performer = None
    if row["performer_id"] is not None:
        performer = Performer(
            PerformerId(row["performer_id"]),
            row["performer_name"],
            row["performer_role"],
            row["performer_note"],
        )
    return Assignment(
        ChannelRef(DeviceId(row["device_id"]), row["number"]),
        performer,
        Role(row["role"]),
        row["note"],
        row["since"],
        bool(row["expected_off"]),
        row["planned_model"],
        row["planned_pack"],
        row["mic_number"],
        bool(row["shared_pack"]),
    )


def assignment_values(assignment: Assignment) -> dict[str, object]:
    return {
        "device_id": assignment.channel.device_id,
        "number": assignment.channel.number,
        "performer_id": assignment.performer.id if assignment.performer else None,
        "role": assignment.role.value,
        "note": assignment.note,
        "since": assignment.since,
        "expected_off": assignment.expected_off,
        "planned_model": assignment.planned_model,
        "planned_pack": assignment.planned_pack,
        "mic_number": assignment.mic_number,
        "shared_pack": assignment.shared_pack,
    }


def performer_of(row: RowMapping) -> Performer:
    return Performer(PerformerId(row["id"]), row["name"], row["role"], row["note"])


def performer_values(performer: Performer) -> dict[str, object]:
    return {
        "id": performer.id,
        "name": performer.name,
        "folded_name": fold_name(performer.name),
        "role": performer.part,
        "note": performer.note,
    }


def past_of(row: RowMapping) -> PastAssignment:
    return PastAssignment(
        ChannelRef(DeviceId(row["device_id"]), row["number"]),
        row["performer_name"],
        Role(row["role"]),
        row["since"],
        row["until"],
        row["note"],
    )


def past_values(past: PastAssignment) -> dict[str, object]:
    return {
        "device_id": past.channel.device_id,
        "number": past.channel.number,
        "since": past.since,
        "until": past.until,
        "performer_name": past.performer_name,
        "role": past.role.value,
        "note": past.note,
    }


def placement_values(placement: Placement) -> dict[str, object]:
    return {
        "id": placement.device_id,
        "location_id": placement.location_id,
        "position": placement.position,
    }
