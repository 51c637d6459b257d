"""What devices are called in texts that only know their addresses: steps of the past, and the log."""

import re
from collections.abc import Mapping

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.device import Device, device_title
from micboard_tui.domain.zone import has_several_zones


class DeviceTitles:
    """Titles as they are at the moment."""

    def __init__(self, live: LiveContract) -> None:
        self._live = live

    def title(self, device: Device) -> str:
        """What the device is called, as far as it is known."""
        snapshot = self._live.device(device.id)
        return device_title(device) if snapshot is None else device_title(device, snapshot.state.own_name)

    def use_zones(self) -> bool:
        """Whether devices are in several zones, so that the zone of one is to be known."""
        return has_several_zones(snapshot.device for snapshot in self._live.snapshot())

    def by_host(self) -> Mapping[str, str]:
        """The title of the device at each address; left out where there are two, or none has a name."""
        titles: dict[str, str] = {}
        shared: set[str] = set()
        for snapshot in self._live.snapshot():
            host = snapshot.device.host
            shared |= {host} & titles.keys()
            titles[host] = snapshot.title
        return {host: title for host, title in titles.items() if host not in shared and title != host}


def name_devices(text: str, titles: Mapping[str, str]) -> str:
    """The text with titles in place of addresses; an address with a port stays, since it is about that."""
    for host, title in titles.items():
        if host in text:
            alone = rf"(?<![\w.:-]){re.escape(host)}(?![\w:-]|\.\w)"
            text = re.sub(alone, title.replace("\\", r"\\"), text)
    return text
