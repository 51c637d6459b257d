"""What the services of devices need of the live state."""

from collections.abc import Sequence
from typing import Protocol

from micboard_tui.domain.device import DeviceFault, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation


class LiveDevices(Protocol):
    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        """One device as it is now; None when it is not shown."""
        ...

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        """Take what was reported of a device."""
        ...

    def status(self, device_id: DeviceId, status: DeviceStatus, fault: DeviceFault | None = None) -> None:
        """A device came or went."""
        ...
