"""Where texts about alarms look up names when no board is at hand: what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.location import Location


@dataclass(frozen=True)
class StoredPlaces:
    """Names of what is stored. Implements ``AlarmPlaces``."""

    findings: ClassVar[Findings] = Findings()
    """None are stored."""
    devices: Sequence[DeviceSnapshot]
    known_locations: Sequence[Location]

    @cached_property
    def _by_id(self) -> Mapping[DeviceId, DeviceSnapshot]:
        return {device.device.id: device for device in self.devices}

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        """None: it is not stored."""
        return self._by_id.get(device_id)

    def channel(self, ref: ChannelRef) -> ChannelState | None:
        """None: it is not stored."""
        device = self._by_id.get(ref.device_id)
        channels = () if device is None else device.channels
        return next((state for state in channels if state.number == ref.number), None)

    def locations(self) -> Sequence[Location]:
        """All."""
        return self.known_locations
