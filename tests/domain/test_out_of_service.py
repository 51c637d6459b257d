"""Which devices are out of service: those that are marked, and all at locations that are, and below."""

from dataclasses import replace

from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.location import Location
from micboard_tui.domain.out_of_service import find_closed_locations, find_out_of_service

HALL, PIT, CLUB = (LocationId(name) for name in ("hall", "pit", "club"))


def device(name: str, location: LocationId | None = None) -> Device:
    return Device(DeviceId(name), "shure", "driver", f"{name}.example", 2202, location_id=location)


def test_a_location_closes_all_below_it_and_nothing_beside_it() -> None:
    hall, pit, club = Location(HALL, "Hall"), Location(PIT, "Pit", HALL), Location(CLUB, "Club")
    devices = [device("a", HALL), device("b", PIT), device("c", CLUB), device("d")]
    assert find_out_of_service(devices, [hall, pit, club]) == frozenset()
    closed = [replace(hall, out_of_service=True), pit, club]
    assert find_closed_locations(closed) == {HALL, PIT}
    assert find_out_of_service(devices, closed) == {"a", "b"}
    marked = [*devices[:3], replace(devices[3], out_of_service=True)]
    assert find_out_of_service(marked, [hall, replace(pit, out_of_service=True), club]) == {"b", "d"}
