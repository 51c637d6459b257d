"""The contents of the server's messages. ``None``: the value was not in the message.

Source: docs/reference/protocols/shure.md 14.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias


class Feature(StrEnum):
    """A property of a device or of one of its audio channels, as it is written in a path."""

    NAME = "name"
    IDENTIFY = "identify"
    AUDIO_MUTE = "audio-mute"
    BATTERY_LEVEL = "battery-level"
    BATTERY_HEALTH = "battery-health"
    MUTE = "mute"
    GAIN = "gain"
    ACTIVITY = "activity"

    # Part of the keys of many dictionaries.
    __hash__ = str.__hash__


class ListedDevice(NamedTuple):
    """A device behind the server. One that is only discovered has a reduced entry.

    Source: docs/reference/protocols/shure.md 14.2.
    """

    id: str
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    state: str | None = None
    """ONLINE, OFFLINE, DISCOVERED."""
    address: str | None = None
    protocol: str | None = None
    compatibility: str | None = None
    capabilities: tuple[str, ...] | None = None
    firmware_valid: bool | None = None


class DeviceList(NamedTuple):
    devices: tuple[ListedDevice, ...]
    has_more: bool = False
    """The server has another page. How to request it is not known.

    Source: docs/reference/protocols/shure.md 14.2.
    """


class AudioChannel(NamedTuple):
    """One audio channel of a device."""

    id: str
    """Opaque."""
    role: str | None = None
    group: str | None = None
    capabilities: tuple[str, ...] = ()


class BatteryLevel(NamedTuple):
    percent: float | None = None
    state: str | None = None
    """CHARGING, DISCHARGING, FULL, EMPTY, CALCULATING, OPTIMAL_STORAGE."""
    target: str | None = None
    minutes_to_target: int | None = None


class BatteryHealth(NamedTuple):
    percent: float | None = None
    cycles: float | None = None


class GainRange(NamedTuple):
    """In dB."""

    low: float | None = None
    high: float | None = None
    step: float | None = None


Value: TypeAlias = str | bool | float | BatteryLevel | BatteryHealth | None
"""Of a feature: a name or an activity, a switch, a gain in dB, a battery."""


class Event(NamedTuple):
    """What the server pushes over the WebSocket (docs/reference/protocols/shure.md 14.3)."""

    device_id: str
    feature: Feature | None = None
    """None: the state of the device changed."""
    channel_id: str | None = None
    value: Value = None


class Shape(StrEnum):
    """How a list is wrapped: real servers page, other versions may not.

    Source: docs/reference/protocols/shure.md 14.2.
    """

    PAGE = "page"
    LIST = "list"
    ITEMS = "items"
