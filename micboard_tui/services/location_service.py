"""Locations: a tree that people arrange by hand. Implements ``LocationContract``."""

import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from micboard_tui.contracts.device import ALL_DEVICES, DeviceRepository
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.location import LocationRepository, LocationSummary
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.location import Location, in_order, is_within
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.device.lookup import not_found
from micboard_tui.services.error_translation import answers
from micboard_tui.services.field_validation import clean_name

MAX_DEPTH = 16
"""Locations within each other; more is a mistake and no building."""
LOW_PERCENT = 20
PERCENT_A_BAR = 20

Changed: TypeAlias = Callable[[], Awaitable[None]]
"""Called after every change, so that whoever shows locations takes it up at once."""


async def nobody_waits() -> None:
    """A ``Changed`` for when nobody shows locations."""


class LocationService:
    def __init__(
        self, locations: LocationRepository, devices: DeviceRepository, changed: Changed = nobody_waits
    ) -> None:
        self._locations, self._devices, self._changed = locations, devices, changed

    @answers
    async def create(self, name: str, *, parent: str | None = None) -> ServiceResult[Location]:
        known = await self._locations.all()
        called = clean_name(name, "A location")
        _check_free(known, called)
        above = None if parent is None else _named(known, parent).id
        made = Location(LocationId(secrets.token_hex(4)), called, above, _next_position(known, above))
        _check_depth([*known, made])
        await self._locations.add(made)
        await self._changed()
        return Success(made)

    @answers
    async def rename(self, location_id: LocationId, name: str) -> ServiceResult[Location]:
        known = await self._locations.all()
        renamed = replace(_with_id(known, location_id), name=clean_name(name, "A location"))
        _check_free([each for each in known if each.id != location_id], renamed.name)
        await self._locations.save(renamed)
        await self._changed()
        return Success(renamed)

    @answers
    async def move(
        self, location_id: LocationId, *, parent: LocationId | None, position: int | None = None
    ) -> ServiceResult[Location]:
        known = await self._locations.all()
        moved = replace(_with_id(known, location_id), parent_id=parent)
        if parent is not None:
            above = _with_id(known, parent)
            if is_within(parent, location_id, {each.id: each.parent_id for each in known}):
                raise _invalid(
                    f"'{visible(above.name)}' stands within '{visible(moved.name)}' itself",
                    "Move it below another location, or to the top",
                )
        others = [each for each in known if each.id != location_id]
        _check_depth([*others, moved])
        left = _siblings(others, _with_id(known, location_id).parent_id)
        joined = _siblings(others, parent)
        joined.insert(_place(position, len(joined)), moved)
        arranged = {each.id: each for each in [*_numbered(left), *_numbered(joined)]}
        for location in known:
            if (now := arranged.get(location.id, location)) != location:
                await self._locations.save(now)
        await self._changed()
        return Success(arranged[location_id])

    @answers
    async def remove(self, location_id: LocationId) -> ServiceResult[Location]:
        known = await self._locations.all()
        location = _with_id(known, location_id)
        below = sum(each.parent_id == location_id for each in known)
        devices = sum(each.location_id == location_id for each in await self._devices.all())
        if below or devices:
            raise MicboardError(
                ErrorCode.LOCATION_NOT_EMPTY,
                f"'{visible(location.name)}' still holds {devices} device(s) and {below} location(s)",
                hint="Move or remove them first",
                devices=devices,
                locations=below,
            )
        await self._locations.remove(location_id)
        await self._changed()
        return Success(location)

    @answers
    async def find(self, name: str) -> ServiceResult[Location]:
        return Success(_named(await self._locations.all(), name))

    @answers
    async def list_locations(self) -> ServiceResult[Sequence[Location]]:
        return Success([location for _, location in in_order(await self._locations.all())])

    @answers
    async def assign_device(
        self, device_id: DeviceId, location_id: LocationId | None
    ) -> ServiceResult[Device]:
        device = await self._devices.get(device_id)
        if device is None:
            raise not_found(f"No device has the id '{visible(device_id)}'")
        if location_id is not None:
            _with_id(await self._locations.all(), location_id)
        placed = replace(device, location_id=location_id)
        await self._devices.save(placed)
        await self._changed()
        return Success(placed)

    @answers
    async def get_location_summary(self, location_id: LocationId) -> ServiceResult[LocationSummary]:
        location = _with_id(await self._locations.all(), location_id)
        devices = await self._devices.query(ALL_DEVICES.at(location_id))
        channels = [channel for device in devices for channel in device.channels]
        batteries = [channel.battery for channel in channels if channel.battery is not None]
        return Success(
            LocationSummary(
                location,
                devices=len(devices),
                devices_online=sum(device.state.is_online for device in devices),
                channels=len(channels),
                by_link_state=Counter(channel.link_state for channel in channels),
                low_battery=sum(map(_is_low, batteries)),
                unknown_battery=sum(not battery.known for battery in batteries),
            )
        )


def _is_low(battery: Battery) -> bool:
    """By the measure of ``DeviceQuery.low_battery``; what tells minutes only is not low by percent."""
    if battery.percent is not None:
        return battery.percent <= LOW_PERCENT
    return battery.bars is not None and battery.bars * PERCENT_A_BAR <= LOW_PERCENT


def _siblings(locations: Sequence[Location], parent: LocationId | None) -> list[Location]:
    return [each for _, each in in_order(each for each in locations if each.parent_id == parent)]


def _numbered(siblings: Sequence[Location]) -> list[Location]:
    return [replace(each, position=at) for at, each in enumerate(siblings)]


def _place(position: int | None, last: int) -> int:
    if position is not None and position < 0:
        raise _invalid(f"{position} is no place", "Count from 0, the first")
    return last if position is None else min(position, last)


def _next_position(known: Sequence[Location], parent: LocationId | None) -> int:
    return max((each.position for each in known if each.parent_id == parent), default=-1) + 1


def _check_depth(locations: Sequence[Location]) -> None:
    if max(depth for depth, _ in in_order(locations)) >= MAX_DEPTH:
        raise _invalid(f"More than {MAX_DEPTH} locations within each other", "Put it further up")


def _check_free(known: Sequence[Location], name: str) -> None:
    for location in known:
        if location.name.casefold() == name.casefold():
            raise MicboardError(
                ErrorCode.LOCATION_EXISTS,
                f"There is a location '{visible(location.name)}' already",
                hint="Choose another name; capitals make no difference",
            )


def _with_id(known: Sequence[Location], location_id: LocationId) -> Location:
    for location in known:
        if location.id == location_id:
            return location
    raise _unknown(f"No location has the id '{visible(location_id)}'")


def _named(known: Sequence[Location], name: str) -> Location:
    wanted = name.strip().casefold()
    for location in known:
        if location.name.casefold() == wanted:
            return location
    raise _unknown(f"There is no location '{visible(name.strip())}'")


def _unknown(message: str) -> MicboardError:
    hint = "See all with: micboard-tui locations list"
    return MicboardError(ErrorCode.LOCATION_NOT_FOUND, message, hint=hint)


def _invalid(message: str, hint: str) -> MicboardError:
    return MicboardError(ErrorCode.INVALID_VALUE, message, hint=hint)
