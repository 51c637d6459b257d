"""The devices of a zone, and how many channels each has, by which they are shared out among collectors."""

from collections.abc import Iterable, Mapping, Sequence

import structlog

from micboard_tui.contracts.device import ALL_DEVICES, DeviceRepository
from micboard_tui.contracts.errors import StorageError
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId

log = structlog.get_logger(__name__)


class ZoneDevices:
    """Of one zone. What was counted is remembered: a device seldom has others later."""

    def __init__(self, zone: str, live: LiveContract, devices: DeviceRepository) -> None:
        self._zone, self._live, self._devices = zone, live, devices
        self._channels: dict[DeviceId, int] = {}

    async def count(self, registered: Iterable[Device]) -> Mapping[DeviceId, int]:
        """How many channels each device of the zone has; 0 of one that nothing is known of."""
        ours = [device.id for device in registered if device.zone == self._zone]
        self._channels = {device_id: self._channels.get(device_id, 0) for device_id in ours}
        for device_id in ours:
            if (shown := self._live.device(device_id)) is not None and shown.channels:
                self._channels[device_id] = len(shown.channels)
        if unknown := [device_id for device_id, count in self._channels.items() if not count]:
            self._channels |= await self._read(unknown)
        return dict(self._channels)

    def load_of(self, held: Iterable[DeviceId]) -> int:
        """By how much a collector that holds these devices is loaded."""
        return sum(max(1, self._channels.get(device_id, 0)) for device_id in held)

    async def _read(self, devices: Sequence[DeviceId]) -> Mapping[DeviceId, int]:
        """As they were stored by who heard them."""
        try:
            stored = await self._devices.query(ALL_DEVICES.only(*devices))
        except StorageError as error:
            # They are shared out all the same; by how many channels they have it would be more even.
            log.info("channels_not_counted", code=error.code.value)
            return {}
        return {snapshot.device.id: len(snapshot.channels) for snapshot in stored}
