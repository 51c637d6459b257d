"""Which channel a text means, and what names a device in a file. Pure."""

from micboard_tui.contracts.errors import MicboardError, invalid_value_error
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.assignment.assignment_snapshot import AssignmentSnapshot
from micboard_tui.services.device.lookup import find_device

MAX_SHOWN = 80
MAX_DIGITS = 6


class ChannelLookup:
    """Finds channels in one snapshot; remembers the devices, since a file names one on many lines."""

    def __init__(self, snapshot: AssignmentSnapshot) -> None:
        self._snapshot = snapshot
        self._devices: dict[str, DeviceId] = {}

    def find_channel(self, name: str) -> ChannelRef:
        """The channel named by its device and number, as in "Rack A/2".

        Raises MicboardError INVALID_VALUE, DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND.
        """
        device, _, number = (part.strip() for part in name.rpartition("/"))
        if not (device and number.isascii() and number.isdecimal()):
            raise invalid_value_error(
                f"'{visible(name[:MAX_SHOWN])}' is not a channel",
                "Write a device and a number, as in Rack A/2 or 192.168.1.20/2",
            )
        if device not in self._devices:
            self._devices[device] = find_device(list(self._snapshot.devices.values()), device).id
        channel = ChannelRef(self._devices[device], int(number[:MAX_DIGITS]))
        self._snapshot.assignment_of(channel)
        return channel


def unique_name(device: DeviceSnapshot, snapshot: AssignmentSnapshot) -> str:
    """A name that means this very device: its title where possible, else its address, else its id."""
    registered = device.device
    for name in (device.title, registered.host, f"{registered.host}:{registered.port}"):
        if visible(name) == name.strip() and _means(name, device, snapshot):
            return name
    return registered.id


def _means(name: str, device: DeviceSnapshot, snapshot: AssignmentSnapshot) -> bool:
    try:
        return find_device(list(snapshot.devices.values()), name).id == device.device.id
    except MicboardError:
        return False
