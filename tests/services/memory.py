"""Records in memory, as small as they can be."""

from collections.abc import Sequence

from micboard_tui.contracts.device import DeviceQuery
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.location import Location, is_within


class InMemoryLocations:
    def __init__(self, *locations: Location) -> None:
        self.known = {each.id: each for each in locations}

    async def add(self, location: Location) -> None:
        self.known[location.id] = location

    async def save(self, location: Location) -> None:
        self.known[location.id] = location

    async def remove(self, location_id: LocationId) -> None:
        self.known.pop(location_id, None)

    async def all(self) -> Sequence[Location]:
        return list(self.known.values())


class InMemoryDevices:
    def __init__(self, *devices: Device, locations: InMemoryLocations | None = None) -> None:
        self.known = {each.id: each for each in devices}
        self.states: dict[DeviceId, DeviceState] = {}
        self.channels: dict[ChannelRef, ChannelState] = {}
        self.locations = locations or InMemoryLocations()
        self.broken = False
        self.queries = 0
        self.stores = 0

    def _check(self) -> None:
        if self.broken:
            raise StorageError(ErrorCode.DATABASE_ERROR, "The disk is gone", hint="Look for it")

    async def add(self, device: Device) -> None:
        self._check()
        self.known[device.id] = device

    async def save(self, device: Device) -> None:
        self._check()
        self.known[device.id] = device

    async def remove(self, device_id: DeviceId) -> None:
        self._check()
        self.known.pop(device_id, None)

    async def get(self, device_id: DeviceId) -> Device | None:
        self._check()
        return self.known.get(device_id)

    async def all(self) -> Sequence[Device]:
        self._check()
        return sorted(self.known.values(), key=lambda each: (each.position, each.host, each.port))

    async def query(self, query: DeviceQuery) -> Sequence[DeviceSnapshot]:
        self.queries += 1
        return [
            self._snapshot(each)
            for each in await self.all()
            if (query.ids is None or each.id in query.ids)
            and query.manufacturer in {None, each.manufacturer}
            and query.is_online in {None, self._state(each).is_online}
            and (query.location is None or self._stands_at(each, query.location))
        ]

    async def store(self, devices: Sequence[DeviceState], channels: Sequence[ChannelState]) -> None:
        self._check()
        self.stores += 1
        self.states.update((each.device_id, each) for each in devices)
        self.channels.update((each.ref, each) for each in channels)

    async def drop_channels(self, refs: Sequence[ChannelRef]) -> None:
        for ref in refs:
            self.channels.pop(ref, None)

    async def revision(self) -> str:
        return str(sorted(map(repr, self.known.values())))

    def _state(self, device: Device) -> DeviceState:
        return self.states.get(device.id, DeviceState(device.id))

    def _stands_at(self, device: Device, location: LocationId) -> bool:
        parents = {each.id: each.parent_id for each in self.locations.known.values()}
        return is_within(device.location_id, location, parents)

    def _snapshot(self, device: Device) -> DeviceSnapshot:
        channels = sorted(each for each in self.channels if each.device_id == device.id)
        location = self.locations.known.get(device.location_id) if device.location_id else None
        return DeviceSnapshot(
            device,
            self._state(device),
            tuple(self.channels[ref] for ref in channels),
            location.name if location else None,
        )
