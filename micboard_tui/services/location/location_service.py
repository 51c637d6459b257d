"""Locations, and which device stands where; every change is a step. Implements ``LocationContract``."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.location import LocationRepository, LocationSummary, count_devices
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.location import Location, order_locations
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import format_count
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.location.device_placement import (
    NOWHERE,
    Target,
    move_in_rack,
    place_devices,
    require_device,
    target_named,
)
from micboard_tui.services.location.location_tree import (
    move_location,
    new_location,
    rename_location,
    require_location,
    require_location_named,
)
from micboard_tui.services.steps import PlannedStep, Steps


class LocationService:
    def __init__(self, locations: LocationRepository, stored: StoredDevices, steps: Steps) -> None:
        self._locations, self._stored, self._steps = locations, stored, steps
        self._devices = stored.devices

    @translate_errors
    async def create(self, name: str, *, parent: str | None = None, actor: str) -> ServiceResult[Location]:
        async with self._steps.lock:
            known = await self._locations.all()
            above = None if parent is None else require_location_named(known, parent)
            made = new_location(known, name, None if above is None else above.id)
            await self._steps.make(PlannedStep(f"Location {made.name} added", [Change(None, made)]), actor)
        return Success(made)

    @translate_errors
    async def rename(self, location_id: LocationId, name: str, *, actor: str) -> ServiceResult[Location]:
        async with self._steps.lock:
            known = await self._locations.all()
            before = require_location(known, location_id)
            after = rename_location(known, before, name)
            changes = [] if after == before else [Change(before, after)]
            await self._steps.make(
                PlannedStep(f"Location {before.name} renamed to {after.name}", changes), actor
            )
        return Success(after)

    @translate_errors
    async def move(
        self, location_id: LocationId, *, parent: LocationId | None, position: int | None = None, actor: str
    ) -> ServiceResult[Location]:
        async with self._steps.lock:
            known = await self._locations.all()
            location = require_location(known, location_id)
            arranged = move_location(known, location, parent, position)
            changes = [
                Change(before, after)
                for before in known
                if (after := arranged.get(before.id, before)) != before
            ]
            await self._steps.make(PlannedStep(f"Location {location.name} moved", changes), actor)
        return Success(arranged[location_id])

    @translate_errors
    async def mark_rf_zone(
        self, location_id: LocationId, *, is_rf_zone: bool, actor: str
    ) -> ServiceResult[Location]:
        async with self._steps.lock:
            before = require_location(await self._locations.all(), location_id)
            after = replace(before, is_rf_zone=is_rf_zone)
            changes = [] if after == before else [Change(before, after)]
            mark = "marked as an RF zone" if is_rf_zone else "no longer marked as an RF zone"
            await self._steps.make(PlannedStep(f"Location {before.name} {mark}", changes), actor)
        return Success(after)

    @translate_errors
    async def mark_out_of_service(
        self, location_id: LocationId, *, out_of_service: bool, actor: str
    ) -> ServiceResult[Location]:
        async with self._steps.lock:
            before = require_location(await self._locations.all(), location_id)
            after = replace(before, out_of_service=out_of_service)
            changes = [] if after == before else [Change(before, after)]
            mark = "out of service" if out_of_service else "back in service"
            await self._steps.make(PlannedStep(f"Location {before.name} {mark}", changes), actor)
        return Success(after)

    @translate_errors
    async def remove(self, location_id: LocationId, *, actor: str) -> ServiceResult[Location]:
        async with self._steps.lock:
            known = await self._locations.all()
            location = require_location(known, location_id)
            children = sum(other.parent_id == location_id for other in known)
            devices = sum(device.location_id == location_id for device in await self._devices.all())
            if children or devices:
                raise MicboardError(
                    ErrorCode.LOCATION_NOT_EMPTY,
                    f"'{visible(location.name)}' still holds {_describe_contents(devices, children)}",
                    hint="Move or remove them first",
                    devices=devices,
                    locations=children,
                )
            await self._steps.make(
                PlannedStep(f"Location {location.name} removed", [Change(location, None)]), actor
            )
        return Success(location)

    @translate_errors
    async def find(self, name: str) -> ServiceResult[Location]:
        return Success(require_location_named(await self._locations.all(), name))

    @translate_errors
    async def list_locations(self) -> ServiceResult[Sequence[Location]]:
        return Success([location for _, location in order_locations(await self._locations.all())])

    @translate_errors
    async def assign_device(
        self, device_id: DeviceId, location_id: LocationId | None, *, actor: str
    ) -> ServiceResult[Device]:
        async with self._steps.lock:
            rack = await self._devices.query(ALL_DEVICES)
            device, target = require_device(rack, device_id).device, NOWHERE
            if location_id is not None:
                target = Target(require_location(await self._locations.all(), location_id))
            await self._steps.make(place_devices(rack, [device_id], target), actor)
        return Success(replace(device, location_id=location_id))

    @translate_errors
    async def assign_devices(
        self, device_ids: Sequence[DeviceId], name: str, *, actor: str
    ) -> ServiceResult[str]:
        async with self._steps.lock:
            rack = await self._devices.query(ALL_DEVICES)
            target = target_named(await self._locations.all(), name)
            await self._steps.make(place_devices(rack, device_ids, target), actor)
        return Success("" if target.location is None else target.location.name)

    @translate_errors
    async def move_device(self, device_id: DeviceId, by: int, *, actor: str) -> ServiceResult[int]:
        async with self._steps.lock:
            step, index = move_in_rack(await self._devices.query(ALL_DEVICES), device_id, by)
            await self._steps.make(step, actor)
        return Success(index)

    @translate_errors
    async def get_location_summary(self, location_id: LocationId) -> ServiceResult[LocationSummary]:
        location = require_location(await self._locations.all(), location_id)
        devices = await self._stored.query(ALL_DEVICES.at(location_id))
        return Success(count_devices(location, devices))


def _describe_contents(devices: int, locations: int) -> str:
    counts = ((devices, "device"), (locations, "location"))
    return " and ".join(format_count(count, noun) for count, noun in counts if count)
