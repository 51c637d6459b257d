"""Which number a channel or bay behind a server has. A channel's stays as long as the program runs.

People assign performers to channels, so a device that vanishes from the list keeps its numbers, and one that
comes later gets the next (docs/adr/0011). Nobody is assigned to a bay: that of a pack which left the list is
gone, and those after it move up.
"""

from micboard_tui.domain.value_ranges import MAX_BAYS, MAX_CHANNELS
from micboard_tui.manufacturers.shure.system_api.inventory import Site, has_battery
from micboard_tui.protocols.shure_system_api.messages import ListedDevice

# docs/reference/protocols/shure.md 0.2: an in-ear transmitter that is off at the moment must not move the
# channels after it.
_FIXED = {"ADTD": 2, "ADTQ": 4}


class Numbering:
    """Given in the order of the site; the number of a channel is never given again."""

    def __init__(self) -> None:
        self.channels: dict[str, list[int]] = {}
        """By device, place by place in its list of channels."""
        self.bays: dict[str, int] = {}
        self._next_channel = 1

    def assign_numbers(self, site: Site) -> None:
        """Give numbers to everything that has none, and forget the packs that the list does not have."""
        listed = [device_id for device_id in self.bays if device_id in site.devices]
        self.bays = {device_id: number for number, device_id in enumerate(listed, start=1)}
        for device in site.shown_devices():
            known = len(self.channels.get(device.id, ()))
            for _ in range(known, _count(site, device)):
                # A device without a number is not remembered: a server may tell of ever new devices.
                if self._next_channel <= MAX_CHANNELS:
                    self.channels.setdefault(device.id, []).append(self._next_channel)
                    self._next_channel += 1
            if has_battery(device) and len(self.bays) < MAX_BAYS:
                self.bays.setdefault(device.id, len(self.bays) + 1)

    @property
    def channel_count(self) -> int:
        return self._next_channel - 1

    def find_channel(self, number: int) -> tuple[str, int] | None:
        """The device of a channel, and its place there."""
        for device_id, numbers in self.channels.items():
            if number in numbers:
                return device_id, numbers.index(number)
        return None


def _count(site: Site, device: ListedDevice) -> int:
    return max(len(site.channels.get(device.id, ())), _FIXED.get((device.model or "").upper(), 0))
