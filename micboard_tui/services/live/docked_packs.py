"""Which channels have their pack in a charger at present. Only ``LiveState`` asks."""

from collections.abc import Collection, Iterator, Mapping

from micboard_tui.domain.docked_pack import OCCUPIED, Dock, find_docks
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.services.live.tracked_device import LiveChannel, LiveDevice


class DockedPacks:
    """Remembers what it found last, so that only what changed since is touched."""

    def __init__(self) -> None:
        self._docks: Mapping[ChannelRef, Dock] = {}
        self.has_bays = False
        """Whether any bay had a pack in it when it looked last."""

    def match(self, devices: Collection[LiveDevice]) -> Iterator[tuple[LiveDevice, LiveChannel]]:
        """Find out which packs sit in a charger now, and set ``dock`` of the channels that it answers."""
        docks = [
            Dock(device.device.id, device.title, bay)
            for device in devices
            for bay in device.state.bays
            if bay.state in OCCUPIED
        ]
        self.has_bays = bool(docks)
        if not docks and not self._docks:
            return
        before = self._docks
        channels = {
            channel.ref: (device, channel) for device in devices for channel in device.channels.values()
        }
        self._docks = find_docks((channel.known_pack for _, channel in channels.values()), docks)
        for ref in before.keys() | self._docks.keys():
            if ref in channels and before.get(ref) != self._docks.get(ref):
                device, channel = channels[ref]
                channel.dock = self._docks.get(ref)
                yield device, channel
