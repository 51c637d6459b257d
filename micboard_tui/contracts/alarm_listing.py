"""The alarms, and apart from them what is none by design, and why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from micboard_tui.contracts.stored_places import StoredPlaces
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_suppression import SuppressedCondition
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.location import Location
from micboard_tui.domain.out_of_service import find_out_of_service


@dataclass(frozen=True, slots=True)
class AlarmListing:
    """All that there is, with the names in it."""

    alarms: Sequence[Alarm]
    suppressed: Sequence[SuppressedCondition]
    places: StoredPlaces

    @property
    def out_of_service(self) -> Sequence[DeviceSnapshot]:
        """Those that are marked, or stand at a location that is."""
        marked = devices_out_of_service(self.places)
        return [device for device in self.places.devices if device.device.id in marked]

    @property
    def closed_locations(self) -> Sequence[Location]:
        """Those that are marked."""
        return [location for location in self.places.known_locations if location.out_of_service]


def devices_out_of_service(places: StoredPlaces) -> Collection[DeviceId]:
    """Those that are marked, or stand at a location that is."""
    return find_out_of_service((device.device for device in places.devices), places.known_locations)
