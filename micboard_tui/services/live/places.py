"""Where devices stand, in the live state: their locations, what these lie in, and their RF zones."""

from collections.abc import Iterable, Sequence

from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.location import Location, find_rf_zones
from micboard_tui.domain.out_of_service import find_closed_locations, is_out_of_service


class Places:
    """All locations at one moment; newer ones replace it."""

    def __init__(self, locations: Iterable[Location] = ()) -> None:
        self.locations = {location.id: location for location in locations}
        self._zones = find_rf_zones(self.locations.values())
        self._closed = find_closed_locations(self.locations.values())

    def name_of(self, device: Device) -> str | None:
        """What the location of a device is called; None: it has none."""
        location = self.locations.get(device.location_id) if device.location_id else None
        return None if location is None else location.name

    def zone_of(self, device: Device) -> LocationId | None:
        """Where the carriers of a device are heard; None: not known."""
        return None if device.location_id is None else self._zones.get(device.location_id)

    def is_out_of_service(self, device: Device) -> bool:
        """Whether a device is marked as out of service, or stands at a location that is."""
        return is_out_of_service(device, self._closed)

    def chain_of(self, device: Device) -> Sequence[LocationId]:
        """The location of a device and those that it lies in, the innermost first."""
        chain: list[LocationId] = []
        location_id = device.location_id
        while location_id is not None and location_id not in chain:
            chain.append(location_id)
            location = self.locations.get(location_id)
            location_id = None if location is None else location.parent_id
        return chain
