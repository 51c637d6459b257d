"""What a server has sent of the devices behind it, and which of them are shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from micboard_tui.manufacturers.shure.families import Family, family_of
from micboard_tui.manufacturers.shure.system_api.values import ONLINE
from micboard_tui.protocols.shure_system_api.messages import AudioChannel, Feature, ListedDevice, Value
from micboard_tui.protocols.shure_system_api.paths import CHANNELS, Topic

OF_DEVICES = (Feature.NAME, Feature.AUDIO_MUTE, Feature.BATTERY_LEVEL, Feature.BATTERY_HEALTH)
OF_CHANNELS = (Feature.NAME, Feature.GAIN, Feature.MUTE, Feature.ACTIVITY)
MAX_SHOWN = 128
"""Devices that are read; reading all devices of a campus server would take too long."""
_IEM = "ADT"


@dataclass(slots=True)
class Site:
    """All values received, by device. Changed by the conversation only."""

    devices: dict[str, ListedDevice] = field(default_factory=dict)
    """As the list has them, in order of model and id: the same list gives the same order."""
    channels: dict[str, tuple[AudioChannel, ...]] = field(default_factory=dict)
    values: dict[Topic, Value] = field(default_factory=dict)
    has_more: bool = False
    """The server has more devices than it listed on its first page."""

    def shown_devices(self) -> Iterator[ListedDevice]:
        """The devices that this driver shows, at most ``MAX_SHOWN``."""
        listed = (device for device in self.devices.values() if not is_left_out(device))
        yield from (device for _, device in zip(range(MAX_SHOWN), listed, strict=False))

    def value(self, device_id: str, feature: Feature, channel_id: str | None = None) -> Value:
        return self.values.get(Topic(device_id, feature, channel_id))

    def topics(self, device: ListedDevice, channels: int, *, with_activity: bool) -> Iterator[Topic]:
        """What can be asked of a device and its first ``channels`` while it is online."""
        if device.state != ONLINE:
            return
        for feature in OF_DEVICES:
            if feature in (device.capabilities or ()):
                yield Topic(device.id, feature)
        for channel in self.channels.get(device.id, ())[:channels]:
            for feature in OF_CHANNELS:
                wanted = with_activity or feature is not Feature.ACTIVITY
                if feature in channel.capabilities and wanted:
                    yield Topic(device.id, feature, channel.id)


def listing_key(device: ListedDevice) -> tuple[bool, str, str]:
    """In-ear transmitters first: their channels are counted even while they cannot be asked."""
    return not is_iem(device), device.model or "", device.id


def is_left_out(device: ListedDevice) -> bool:
    """What has channels and is reached by command strings reports far more there, so it is not shown twice.

    That command strings reach an ANX4 is not verified, so it is shown here, too
    (docs/reference/protocols/shure.md 5.8).
    """
    return family_of(device.model or "") not in {None, Family.CHARGER, Family.ANX4}


def is_iem(device: ListedDevice) -> bool:
    """Axient Digital PSM: it transmits, and receives nothing (docs/reference/protocols/shure.md 8.5)."""
    return (device.model or "").upper().startswith(_IEM)


def has_battery(device: ListedDevice) -> bool:
    """A battery-capable transmitter is a device of its own (docs/reference/protocols/shure.md 14.2)."""
    return Feature.BATTERY_LEVEL in (device.capabilities or ())


def has_channels(device: ListedDevice) -> bool:
    return device.state == ONLINE and CHANNELS in (device.capabilities or ())
