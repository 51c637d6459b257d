"""Repositories in memory. The same tests hold for them and for the real ones (tests/storage)."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from micboard_tui.contracts.device import DeviceQuery
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.battery import LOW_LEVELS, battery_level
from micboard_tui.domain.channel import ChannelState, DeviceWarning
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.device_problem import find_assignments_without_channel, is_channel_count_known
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.location import Location, find_rf_zones, is_within
from micboard_tui.domain.out_of_service import find_out_of_service
from micboard_tui.domain.problem_start import ProblemStart
from tests.fakes.shows import InMemoryShows


class InMemoryLocations:
    def __init__(self, *locations: Location) -> None:
        self.kept = {location.id: location for location in locations}
        self.changes = 0

    async def all(self) -> Sequence[Location]:
        return list(self.kept.values())


class InMemoryDevices:
    def __init__(self, *devices: Device, locations: InMemoryLocations | None = None) -> None:
        self.kept = {device.id: device for device in devices}
        self.locations = locations or InMemoryLocations()
        self.shows = InMemoryShows()
        self.states: dict[DeviceId, DeviceState] = {}
        self.channels: dict[ChannelRef, ChannelState] = {}
        self.problems: list[ProblemStart] = []
        self.assigned: dict[ChannelRef, Assignment] = {}
        """What ``InMemoryAssignments`` keeps."""
        self.changes = 0

    def put(self, device: Device) -> None:
        """Add or replace a device, as another program may do."""
        self.kept[device.id] = device
        self.changes += 1

    def take(self, device_id: DeviceId) -> None:
        """Remove a device with all that is known of it, as another program may do."""
        self.kept.pop(device_id, None)
        for ref in [ref for ref in self.assigned if ref.device_id == device_id]:
            del self.assigned[ref]
        self.forget(device_id)
        self.changes += 1

    def forget(self, device_id: DeviceId) -> None:
        self.states.pop(device_id, None)
        self.channels = {ref: state for ref, state in self.channels.items() if ref.device_id != device_id}
        self.problems = [start for start in self.problems if start.key.device_id != device_id]

    async def get(self, device_id: DeviceId) -> Device | None:
        return self.kept.get(device_id)

    async def all(self) -> Sequence[Device]:
        return sorted(self.kept.values(), key=lambda each: (each.position, each.host, each.port))

    async def query(self, query: DeviceQuery) -> Sequence[DeviceSnapshot]:
        on_battery = query.low_battery_thresholds is not None or query.battery_unknown
        found = [self._snapshot(device, query) for device in await self.all() if self._matches(device, query)]
        return [snapshot for snapshot in found if snapshot.channels or not on_battery]

    async def store(
        self,
        devices: Sequence[DeviceState],
        channels: Sequence[ChannelState],
        problems: Sequence[ProblemStart] | None = None,
        judged: Collection[DeviceId] | None = None,
    ) -> None:
        for state in devices:
            if state.device_id in self.kept:
                self.states[state.device_id] = replace(state, version=0)
        for channel in channels:
            if channel.device_id in self.kept:
                self.channels[channel.ref] = replace(channel, version=0, assignment=None)

        if problems is not None:
            others = [] if judged is None else [x for x in self.problems if x.key.device_id not in judged]
            self.problems = [*(start for start in problems if start.key.device_id in self.kept), *others]

    async def open_problems(self) -> Sequence[ProblemStart]:
        return list(self.problems)

    async def drop_channels(self, refs: Sequence[ChannelRef]) -> None:
        for ref in refs:
            self.channels.pop(ref, None)

    async def revision(self) -> str:
        return str(self.changes + self.locations.changes)

    def _matches(self, device: Device, query: DeviceQuery) -> bool:
        state = self.states.get(device.id, DeviceState(device.id))
        parents = {location.id: location.parent_id for location in self.locations.kept.values()}
        return (
            (query.ids is None or device.id in query.ids)
            and (query.manufacturer is None or device.manufacturer == query.manufacturer)
            and (query.is_online is None or state.is_online is query.is_online)
            and (query.location is None or is_within(device.location_id, query.location, parents))
        )

    def _snapshot(self, device: Device, query: DeviceQuery) -> DeviceSnapshot:
        location = self.locations.kept.get(device.location_id) if device.location_id else None
        zones = find_rf_zones(self.locations.kept.values())
        zone = zones.get(device.location_id) if device.location_id else None
        channels = [
            replace(self.channels[ref], assignment=self.assigned.get(ref), rf_zone=zone)
            for ref in sorted(self.channels)
            if ref.device_id == device.id and _keeps(self.channels[ref], query)
        ]
        state = self.states.get(device.id, DeviceState(device.id))
        on_battery = query.low_battery_thresholds is not None or query.battery_unknown
        missing = find_assignments_without_channel(
            (assigned for ref, assigned in self.assigned.items() if ref.device_id == device.id),
            {channel.number for channel in channels},
            is_count_known=not on_battery and is_channel_count_known(state.kind, len(channels)),
        )
        where = location.name if location else None
        is_closed = bool(find_out_of_service([device], self.locations.kept.values()))
        return DeviceSnapshot(device, state, tuple(channels), where, missing, is_closed)


def _keeps(state: ChannelState, query: DeviceQuery) -> bool:
    battery = state.battery
    if query.battery_unknown and (battery is None or battery.is_known):
        return False
    limits = query.low_battery_thresholds
    is_warned = battery is not None and DeviceWarning.LOW_BATTERY in state.facts.device_warnings
    return limits is None or is_warned or battery_level(battery, limits) in LOW_LEVELS
