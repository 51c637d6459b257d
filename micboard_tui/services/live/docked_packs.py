"""Which channels have their pack in a charger at present. Only ``LiveState`` asks."""

from collections.abc import Callable, Collection, Iterator, Mapping

from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.docked_pack import OCCUPIED, Dock, find_docks
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.services.live.tracked_channel import LiveChannel
from micboard_tui.services.live.tracked_device import LiveDevice


class DockedPacks:
    """Remembers what it found last, so that only what changed since is touched."""

    def __init__(self) -> None:
        self._docks: Mapping[ChannelRef, Dock] = {}
        self.has_bays = False
        """Whether any bay had a pack in it when it looked last."""
        self.elsewhere: Mapping[ChannelRef, Dock] = {}
        """Packs in chargers that other programs read, as the hub has found them."""

    def match(
        self, devices: Collection[LiveDevice], clock: Callable[[], float], next_version: Callable[[], int]
    ) -> None:
        """Find out which packs sit in a charger now. Channels for which that changed get a new version."""
        changed = list(self._set_docks(devices))
        if not changed:
            return
        now, version = clock(), next_version()
        for device, channel in changed:
            channel.version = device.version = version
            if device.state.status is DeviceStatus.ONLINE:
                channel.judge(now)

    def _set_docks(self, devices: Collection[LiveDevice]) -> Iterator[tuple[LiveDevice, LiveChannel]]:
        """Those for which it changed."""
        docks = [
            Dock(device.device.id, device.title, bay)
            for device in devices
            for bay in device.state.bays
            if bay.state in OCCUPIED
        ]
        self.has_bays = bool(docks or self.elsewhere)
        if not self.has_bays and not self._docks:
            return
        before = self._docks
        channels = {
            channel.ref: (device, channel) for device in devices for channel in device.channels.values()
        }
        found = find_docks((channel.known_pack for _, channel in channels.values()), docks)
        self._docks = {**self._find_elsewhere(devices, channels), **found}
        for ref in before.keys() | self._docks.keys():
            if ref in channels and before.get(ref) != self._docks.get(ref):
                device, channel = channels[ref]
                channel.dock = self._docks.get(ref)
                yield device, channel

    def _find_elsewhere(
        self, devices: Collection[LiveDevice], channels: Collection[ChannelRef]
    ) -> Mapping[ChannelRef, Dock]:
        """Those of channels that are there. What our own chargers hold we know better."""
        if not self.elsewhere:
            return {}
        own = {device.device.id for device in devices}
        return {
            ref: dock for ref, dock in self.elsewhere.items() if ref in channels and dock.device_id not in own
        }
