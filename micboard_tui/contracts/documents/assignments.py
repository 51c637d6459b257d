"""Performers, assignments and imports of them as JSON."""

from collections.abc import Sequence

from micboard_tui.contracts.assignment import ImportPlan
from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.device import DeviceSnapshot


def performer_entry(
    performer: Performer, assignments: Sequence[Assignment], devices: Sequence[DeviceSnapshot]
) -> JsonObject:
    """A performer with their channels among ``assignments``."""
    theirs = assignments_of(performer, assignments)
    return {
        "performer_id": performer.id,
        "name": performer.name,
        # The document has called the part of a performer their role from the first.
        "role": performer.part,
        "note": performer.note,
        "channels": [_channel_entry(assignment, devices) for assignment in theirs],
    }


def assignment_entry(assignment: Assignment, devices: Sequence[DeviceSnapshot]) -> JsonObject:
    """A channel with its performer, None where it has none."""
    performer = assignment.performer.name if assignment.performer else None
    return {"performer": performer, **_channel_entry(assignment, devices)}


def import_plan_entry(plan: ImportPlan) -> JsonObject:
    """What an import would change, or has changed."""
    return {
        "added": list(plan.added),
        "changed": dict(plan.changed),
        "assigned": list(plan.assigned),
        "numbered": list(plan.numbered),
        "unchanged": plan.unchanged,
        "ignored": list(plan.ignored),
    }


def assignments_of(performer: Performer, assignments: Sequence[Assignment]) -> list[Assignment]:
    """Those of ``assignments`` that belong to the performer."""
    return [
        assignment
        for assignment in assignments
        if assignment.performer and assignment.performer.id == performer.id
    ]


def _channel_entry(assignment: Assignment, devices: Sequence[DeviceSnapshot]) -> JsonObject:
    ref = assignment.channel
    device = next((device for device in devices if device.device.id == ref.device_id), None)
    channels = device.channels if device else ()
    return {
        "device_id": ref.device_id,
        "device": device.title if device else None,
        "number": ref.number,
        "mic_number": assignment.mic_number,
        "channel": next((channel.facts.name for channel in channels if channel.number == ref.number), None),
        # The document has called the role of a channel its use from the first.
        "use": assignment.role.value,
        "shared_pack": assignment.shared_pack,
        "note": assignment.note,
        "since": format_timestamp(assignment.since) if assignment.performer else None,
        "expected_off": assignment.expected_off,
        "planned_model": assignment.planned_model,
        "planned_pack": assignment.planned_pack,
    }
