"""Performers and assignments as JSON, and channels as words. Pure."""

from collections.abc import Callable, Sequence

from micboard_tui.cli.devices_document import Json, moment
from micboard_tui.contracts.assignment import ImportPlan
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef


def performer_entry(
    performer: Performer, said: Sequence[Assignment], devices: Sequence[DeviceSnapshot]
) -> dict[str, Json]:
    """Somebody with those channels of ``said`` that are theirs."""
    theirs = [each for each in said if each.performer and each.performer.id == performer.id]
    return {
        "performer_id": performer.id,
        "name": performer.name,
        "role": performer.role,
        "note": performer.note,
        "channels": [_channel_entry(each, devices) for each in theirs],
    }


def assignment_entry(assignment: Assignment, devices: Sequence[DeviceSnapshot]) -> dict[str, Json]:
    """What is said of a channel."""
    performer = assignment.performer.name if assignment.performer else None
    return {"performer": performer, **_channel_entry(assignment, devices)}


def plan_entry(plan: ImportPlan) -> dict[str, Json]:
    return {
        "added": list(plan.added),
        "changed": dict(plan.changed),
        "assigned": list(plan.assigned),
        "unchanged": plan.unchanged,
    }


def titles(devices: Sequence[DeviceSnapshot]) -> Callable[[ChannelRef], str]:
    """What to call a channel: its device and number, and its name where it has one."""
    called = {each.device.id: each.title for each in devices}
    names = {channel.ref: channel.facts.name for each in devices for channel in each.channels}

    def title(ref: ChannelRef) -> str:
        place = f"{called.get(ref.device_id, ref.device_id)}/{ref.number}"
        return f"{place} ({name})" if (name := names.get(ref)) else place

    return title


def _channel_entry(assignment: Assignment, devices: Sequence[DeviceSnapshot]) -> dict[str, Json]:
    ref = assignment.channel
    device = next((each for each in devices if each.device.id == ref.device_id), None)
    states = device.channels if device else ()
    return {
        "device_id": ref.device_id,
        "device": device.title if device else None,
        "number": ref.number,
        "channel": next((each.facts.name for each in states if each.number == ref.number), None),
        "use": assignment.role.value,
        "note": assignment.note,
        "since": moment(assignment.since) if assignment.performer else None,
        "expected_off": assignment.expected_off,
        "planned_model": assignment.planned_model,
        "planned_pack": assignment.planned_pack,
    }
