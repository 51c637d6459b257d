"""Locations: stages, rooms and buildings, and which device stands where."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.battery import LOW_LEVELS, BatteryLevel
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from micboard_tui.domain.problem import judge_battery


@dataclass(frozen=True, slots=True)
class LocationSummary:
    """What stands at a location and everywhere below it."""

    location: Location
    devices: int = 0
    devices_online: int = 0
    channels: int = 0
    by_link_state: Mapping[LinkState, int] = field(default_factory=dict)
    low_battery: int = 0
    """Channels whose battery is low or critical now."""
    unknown_battery: int = 0
    """Channels with a transmitter whose battery is unknown, as of all whose device is not heard now."""


def count_devices(location: Location, devices: Iterable[DeviceSnapshot]) -> LocationSummary:
    """The counts over these devices, which are all at the location and everywhere below it."""
    found = list(devices)
    channels = [channel for device in found for channel in device.channels]
    levels = [
        # What was last known of a device that is not heard now is past.
        judge_battery(channel) if device.state.is_online else BatteryLevel.UNKNOWN
        for device in found
        for channel in device.channels
        if channel.battery is not None
    ]
    return LocationSummary(
        location,
        devices=len(found),
        devices_online=sum(device.state.is_online for device in found),
        channels=len(channels),
        by_link_state=Counter(channel.link_state for channel in channels),
        low_battery=sum(level in LOW_LEVELS for level in levels),
        unknown_battery=levels.count(BatteryLevel.UNKNOWN),
    )


class LocationContract(Protocol):
    """All answers are ServiceResults; the codes that a method can give stand in its docstring.

    Every change is one step, which ``AssignmentContract.undo`` undoes.
    """

    async def create(self, name: str, *, parent: str | None = None, actor: str) -> ServiceResult[Location]:
        """Add a location, below another by name. INVALID_VALUE, LOCATION_EXISTS, LOCATION_NOT_FOUND."""
        ...

    async def rename(self, location_id: LocationId, name: str, *, actor: str) -> ServiceResult[Location]:
        """LOCATION_NOT_FOUND, LOCATION_EXISTS, INVALID_VALUE."""
        ...

    async def move(
        self,
        location_id: LocationId,
        *,
        parent: LocationId | None,
        position: int | None = None,
        actor: str,
    ) -> ServiceResult[Location]:
        """Move it below another (None: to the top), to a position among its siblings (None: last).

        LOCATION_NOT_FOUND, INVALID_VALUE when it would stand within itself.
        """
        ...

    async def mark_rf_zone(
        self, location_id: LocationId, *, is_rf_zone: bool, actor: str
    ) -> ServiceResult[Location]:
        """Mark it as an RF zone, or take the mark away; at the top it is one in any case.

        Channels of two zones may use one frequency. LOCATION_NOT_FOUND.
        """
        ...

    async def mark_out_of_service(
        self, location_id: LocationId, *, out_of_service: bool, actor: str
    ) -> ServiceResult[Location]:
        """Mark it as out of service, or take the mark away: nothing of what stands there is an alarm.

        LOCATION_NOT_FOUND.
        """
        ...

    async def remove(self, location_id: LocationId, *, actor: str) -> ServiceResult[Location]:
        """Remove an empty location. LOCATION_NOT_FOUND, LOCATION_NOT_EMPTY."""
        ...

    async def find(self, name: str) -> ServiceResult[Location]:
        """The location of that name, capitals ignored. LOCATION_NOT_FOUND."""
        ...

    async def list_locations(self) -> ServiceResult[Sequence[Location]]:
        """All locations, parents before children, siblings in order."""
        ...

    async def assign_device(
        self, device_id: DeviceId, location_id: LocationId | None, *, actor: str
    ) -> ServiceResult[Device]:
        """Put a device at a location; None takes it out. DEVICE_NOT_FOUND, LOCATION_NOT_FOUND."""
        ...

    async def assign_devices(
        self, device_ids: Sequence[DeviceId], name: str, *, actor: str
    ) -> ServiceResult[str]:
        """Put devices at a location by name, made at the top when there is none; empty takes them out.

        Answers the location's name. DEVICE_NOT_FOUND, INVALID_VALUE.
        """
        ...

    async def move_device(self, device_id: DeviceId, by: int, *, actor: str) -> ServiceResult[int]:
        """Move a device in rack order, up (negative) or down, among those of its location.

        Answers its new place among them, from 0. DEVICE_NOT_FOUND.
        """
        ...

    async def get_location_summary(self, location_id: LocationId) -> ServiceResult[LocationSummary]:
        """Counts over the location and everything below. LOCATION_NOT_FOUND."""
        ...


class LocationRepository(Protocol):
    """Where locations are read; only steps change them. Raises StorageError, answers domain values."""

    async def all(self) -> Sequence[Location]:
        """All locations, in no order."""
        ...
