"""What things are called: the ids that every layer shares."""

from typing import NamedTuple, NewType

DeviceId = NewType("DeviceId", str)
LocationId = NewType("LocationId", str)
PerformerId = NewType("PerformerId", str)
ShowId = NewType("ShowId", str)


class ChannelRef(NamedTuple):
    """One RF channel of one device, numbered from 1 as the front panel does."""

    device_id: DeviceId
    number: int


def channel_label(device_title: str, number: int) -> str:
    """The one spelling of a channel for people: ``Rack 1/2`` is channel 2 of the device ``Rack 1``."""
    return f"{device_title}/{number}"


def bay_label(charger_title: str, number: int) -> str:
    """The one spelling of a bay for people: ``Charger 1 bay 3``."""
    return f"{charger_title} bay {number}"
