"""Devices of which nothing is an alarm: marked as out of service, or at a location that is. Pure."""

from collections.abc import Container, Iterable

from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.location import Location, order_locations


def find_closed_locations(locations: Iterable[Location]) -> frozenset[LocationId]:
    """The locations that are marked, with all below them."""
    closed: set[LocationId] = set()
    is_above_closed: list[bool] = []
    for depth, location in order_locations(locations):
        is_closed = location.out_of_service or (depth > 0 and is_above_closed[depth - 1])
        is_above_closed[depth:] = [is_closed]
        if is_closed:
            closed.add(location.id)
    return frozenset(closed)


def find_out_of_service(devices: Iterable[Device], locations: Iterable[Location]) -> frozenset[DeviceId]:
    """The devices that are marked, or stand at a location that is out of service."""
    known = list(locations)
    closed = find_closed_locations(known) if any(each.out_of_service for each in known) else frozenset()
    return frozenset(device.id for device in devices if is_out_of_service(device, closed))


def is_out_of_service(device: Device, closed: Container[LocationId | None]) -> bool:
    """Whether it is marked, or stands at one of the ``closed`` locations."""
    return device.out_of_service or device.location_id in closed
