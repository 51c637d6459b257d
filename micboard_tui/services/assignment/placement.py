"""What changes when devices move: to a location, or up and down the rack. Pure."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from micboard_tui.contracts.assignment import Change
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.location import Location
from micboard_tui.domain.safe_text import folded, visible
from micboard_tui.services.device.lookup import not_found
from micboard_tui.services.field_validation import clean_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Move(Generic[T]):
    words: str
    changes: Sequence[Change]
    answer: T


def located(
    rack: Sequence[Device], locations: Sequence[Location], devices: Sequence[DeviceId], name: str
) -> Move[str]:
    """Put ``devices`` at the location of that name, made at the top when there is none; empty: nowhere.

    Raises MicboardError DEVICE_NOT_FOUND, INVALID_VALUE.
    """
    chosen = [_with_id(rack, each) for each in dict.fromkeys(devices)]
    place, made = None, False
    if name.strip():
        wanted = folded(name)
        place = next((each for each in locations if folded(each.name) == wanted), None)
        made = place is None
        place = place or _new_location(locations, name)
    where = None if place is None else place.id
    changes = [Change(None, place)] if made and chosen else []
    changes += [
        Change(each.placement, replace(each.placement, location_id=where))
        for each in chosen
        if each.location_id != where
    ]
    called = "" if place is None else place.name
    who = _title(chosen[0]) if len(chosen) == 1 else f"{len(chosen)} devices"
    return Move(f"{who} to {called or 'no location'}", changes, called)


def moved(rack: Sequence[Device], device_id: DeviceId, by: int) -> Move[int]:
    """Move a device among those of its location; the others keep their places in the rack.

    Raises MicboardError DEVICE_NOT_FOUND.
    """
    device = _with_id(rack, device_id)
    slots = [at for at, each in enumerate(rack) if each.location_id == device.location_id]
    siblings = [rack[at] for at in slots]
    old = siblings.index(device)
    new = max(0, min(len(siblings) - 1, old + by))
    if new == old:
        return Move("", (), old)
    siblings.insert(new, siblings.pop(old))
    arranged = list(rack)
    for slot, each in zip(slots, siblings, strict=True):
        arranged[slot] = each
    # Devices may share a place until somebody moves one; then everyone gets its own.
    changes = [
        Change(each.placement, replace(each.placement, position=at))
        for at, each in enumerate(arranged, 1)
        if each.position != at
    ]
    return Move(f"{_title(device)} moves {'up' if new < old else 'down'}", changes, new)


def _new_location(locations: Sequence[Location], name: str) -> Location:
    last = max((each.position for each in locations if each.parent_id is None), default=-1)
    return Location(LocationId(secrets.token_hex(4)), clean_name(name, "A location"), None, last + 1)


def _title(device: Device) -> str:
    return visible(device.name or device.host)


def _with_id(rack: Sequence[Device], device_id: DeviceId) -> Device:
    for device in rack:
        if device.id == device_id:
            return device
    raise not_found(f"No device has the id '{visible(device_id)}'")
