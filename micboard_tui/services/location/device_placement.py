"""Where a device stands: at which location, and at which place in rack order. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.location import Location
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.location.location_tree import find_location, new_location
from micboard_tui.services.not_found import unknown_device_id
from micboard_tui.services.steps import PlannedStep


@dataclass(frozen=True, slots=True)
class Target:
    """Where devices are to stand."""

    location: Location | None
    """None: at no location."""
    is_new: bool = False

    @property
    def changes(self) -> list[Change]:
        """What makes the location when it is new: the first changes of the step that uses it."""
        return [Change(None, self.location)] if self.is_new else []


NOWHERE = Target(None)


def target_named(known: Sequence[Location], name: str) -> Target:
    """The location of that name, a new one at the top when there is none; an empty name is nowhere.

    Raises MicboardError INVALID_VALUE.
    """
    if not name.strip():
        return NOWHERE
    if (location := find_location(known, name)) is not None:
        return Target(location)
    return Target(new_location(known, name), is_new=True)


def place_devices(
    rack: Sequence[DeviceSnapshot], device_ids: Sequence[DeviceId], target: Target
) -> PlannedStep:
    """Put the devices at ``target``. Raises MicboardError DEVICE_NOT_FOUND."""
    chosen = [require_device(rack, device_id) for device_id in dict.fromkeys(device_ids)]
    devices = [snapshot.device for snapshot in chosen]
    location_id = None if target.location is None else target.location.id
    moves = [
        Change(device.placement, replace(device.placement, location_id=location_id))
        for device in devices
        if device.location_id != location_id
    ]
    is_one = len(devices) == 1
    title = visible(chosen[0].title) if is_one else f"{len(devices)} devices"
    if target.location is not None:
        end = f"moved to {target.location.name}"
    else:
        end = f"taken out of {'its location' if is_one else 'their locations'}"
    return PlannedStep(f"{title} {end}", [*target.changes, *moves] if devices else [])


def move_in_rack(rack: Sequence[DeviceSnapshot], device_id: DeviceId, by: int) -> tuple[PlannedStep, int]:
    """Move a device among those of its location; the others keep their positions in rack order.

    Returns the step and its new index among them. Raises MicboardError DEVICE_NOT_FOUND.
    """
    moved, devices = require_device(rack, device_id), [snapshot.device for snapshot in rack]
    device = moved.device
    indices = [index for index, other in enumerate(devices) if other.location_id == device.location_id]
    neighbours = [devices[index] for index in indices]
    old = neighbours.index(device)
    new = max(0, min(len(neighbours) - 1, old + by))
    if new == old:
        return PlannedStep("", ()), old
    neighbours.insert(new, neighbours.pop(old))
    arranged = list(devices)
    for index, neighbour in zip(indices, neighbours, strict=True):
        arranged[index] = neighbour
    # Devices may share a position until one is moved; from then on each has its own.
    changes = [
        Change(other.placement, replace(other.placement, position=position))
        for position, other in enumerate(arranged, 1)
        if other.position != position
    ]
    return PlannedStep(f"{visible(moved.title)} moved {'up' if new < old else 'down'}", changes), new


def require_device(rack: Sequence[DeviceSnapshot], device_id: DeviceId) -> DeviceSnapshot:
    """Raises MicboardError DEVICE_NOT_FOUND."""
    for snapshot in rack:
        if snapshot.device.id == device_id:
            return snapshot
    raise unknown_device_id(device_id)
