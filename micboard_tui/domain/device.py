"""Anything with an address: as the user registered it, and as it answers now."""

from dataclasses import dataclass, field
from enum import StrEnum

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import NO_WARNINGS, ChannelState, DeviceWarning
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, Thresholds


class DeviceKind(StrEnum):
    RECEIVER = "receiver"
    IEM_TRANSMITTER = "iem_transmitter"
    CHARGER = "charger"


class DeviceStatus(StrEnum):
    UNKNOWN = "unknown"
    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"


_UNKNOWN = DeviceStatus.UNKNOWN
"""A constant, since Python 3.11 needs twenty times as long to find a member in its enumeration."""

DEFAULT_ZONE = "main"
"""Where all devices are unless a person names another one."""

UNREADABLE = frozenset({DeviceStatus.OFFLINE, DeviceStatus.REFUSED})
"""It was tried, and the device cannot be read."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as it is registered. ``host`` and ``port`` say where; the rest is learned or chosen."""

    id: DeviceId
    manufacturer: str
    driver: str
    host: str
    port: int
    name: str | None = None
    """The user's name for it; None: the name it gives itself."""
    location_id: LocationId | None = None
    position: int = 0
    """Its place in the rack, by hand."""
    fingerprint: str | None = None
    """SHA-256 of the certificate that the user trusts, 64 lower-case hex digits; None: none yet."""
    out_of_service: bool = False
    """A person put it out of service, as for a repair: nothing of it is an alarm."""
    zone: str = DEFAULT_ZONE
    """The part of the network in which it is reached (``domain.zone``)."""

    @property
    def address(self) -> str:
        """Host and port; of a device that is not registered yet the port may be still unknown."""
        return f"{self.host}:{self.port}" if self.port else self.host

    @property
    def placement(self) -> "Placement":
        """Where it stands."""
        return Placement(self.id, self.location_id, self.position)


def device_title(device: Device, own_name: str | None = None) -> str:
    """What a device is called: the user's name for it, or its own where it is known, or its address."""
    return device.name or own_name or device.host


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a registered device stands: all of it that people change by moving it."""

    device_id: DeviceId
    location_id: LocationId | None
    position: int


@dataclass(frozen=True, slots=True)
class DeviceFault:
    """Why a device cannot be read: a code, what happened, and what to do about it."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True)
class DeviceState:
    """What is known of a registered device at one moment. Without slots, for ``frozen_copy``."""

    device_id: DeviceId
    version: int = 0
    status: DeviceStatus = DeviceStatus.UNKNOWN
    status_since: float | None = None
    kind: DeviceKind = DeviceKind.RECEIVER
    model: str | None = None
    own_name: str | None = None
    """The name it gives itself."""
    firmware: str | None = None
    rf_band: str | None = None
    last_seen_at: float | None = None
    """Seconds since the epoch."""
    fault: DeviceFault | None = None
    raw: tuple[tuple[str, str], ...] = ()
    bays: tuple[Bay, ...] = ()
    """Of a charger, by number."""
    storage_mode: bool | None = None
    """Whether the charger keeps packs at the charge for storage and does not fill them; None: not known."""
    thresholds: Thresholds = field(default=DEFAULT_THRESHOLDS, compare=False, repr=False)
    """What the packs that it reports are judged by."""
    device_warnings: frozenset[DeviceWarning] = NO_WARNINGS
    """What the device warns of that concerns it as a whole; ``domain.problem`` judges it."""
    serial: str | None = None
    """Its serial number, by which it is known in an inventory and by its maker."""
    clock_offset_s: float | None = None
    """How far its own clock is ahead of this computer's, to a second; None: not known."""

    @property
    def is_online(self) -> bool:
        return self.status is DeviceStatus.ONLINE

    @property
    def is_unreadable(self) -> bool:
        """Whether it is known that, and why, nothing can be read of it now."""
        return self.status in UNREADABLE or (self.status is _UNKNOWN and self.fault is not None)


@dataclass(frozen=True)
class DeviceSnapshot:
    """A device with everything known of it: what listings, documents and the board are made of.

    Without slots, for ``frozen_copy``.
    """

    device: Device
    state: DeviceState
    channels: tuple[ChannelState, ...] = ()
    location: str | None = None
    assignments_without_channel: tuple[Assignment, ...] = ()
    """Of performers who are planned on channels that it does not have (``domain.device_problem``)."""
    is_out_of_service: bool = False
    """It is marked as out of service, or stands at a location that is (``domain.out_of_service``)."""

    @property
    def title(self) -> str:
        """The user's name for it, or its own, or its address."""
        return device_title(self.device, self.state.own_name)
