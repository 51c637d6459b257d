"""What families of SSC devices have in common, and what sets them apart.

Source: docs/reference/protocols/sennheiser.md 2 to 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import NO_FACTS, NO_WARNINGS, ChannelFacts, DeviceWarning, Meters
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.thresholds import METER_INTERVAL_S
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence
from micboard_tui.protocols.ssc.messages import Value

PRODUCT = "/device/identity/product"
FIRMWARE = "/device/identity/version"
STORAGE_MODE = "/device/storage_mode"
DEVICE_WARNINGS = "/device/warnings"
SERIAL = "/device/identity/serial"
DEVICE_NAME = "/device/name"
DEVICE_TIME = "/device/time"
"""Another value every second: it is requested with the renewals, and is no value of the device."""
IDENTITY = (PRODUCT, FIRMWARE, SERIAL)
MAX_CHANNELS = 8
"""Asked for; the largest known has four."""


class Subject(Enum):
    """What a group of addresses describes."""

    FACTS = auto()
    TRANSMITTER = auto()
    """Dropped, and to be asked for again, with the transmitter."""
    METERS = auto()


class AddressGroup(NamedTuple):
    """Addresses that are subscribed together, with terms of their own."""

    unit: int
    """The channel; 0 for the device, all bays, or the meters of all channels."""
    subscribed: tuple[str, ...]
    requested: tuple[str, ...] = ()
    """What cannot be subscribed: requested whenever the subscription is renewed."""
    subject: Subject = Subject.FACTS
    period_ms: int = 0
    """Sent as often as this; 0: whenever it changes. Meters have the session's."""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (*self.subscribed, *self.requested)


class ReceiverAddresses(NamedTuple):
    """The addresses of a receiver: of the device, of each channel and transmitter, of all meters."""

    device: AddressGroup
    channel: Callable[[int], tuple[str, ...]]
    transmitter: Callable[[int], tuple[str, ...]]
    meters: Callable[[int], tuple[str, ...]]
    """Of so many channels."""
    requested: Callable[[int], tuple[str, ...]] = lambda _: ()
    """Of a channel, what cannot be subscribed."""

    def groups_for(self, count: int) -> tuple[AddressGroup, ...]:
        """The groups of a receiver with ``count`` channels."""
        numbers = range(1, count + 1)
        return (
            self.device,
            *(AddressGroup(n, self.channel(n), self.requested(n)) for n in numbers),
            *(AddressGroup(n, self.transmitter(n), subject=Subject.TRANSMITTER) for n in numbers),
            AddressGroup(0, self.meters(count), subject=Subject.METERS),
        )

    def for_channel(self, n: int) -> tuple[str, ...]:
        """All that describes one channel but its meters."""
        return (*self.channel(n), *self.requested(n), *self.transmitter(n))


class Flash(NamedTuple):
    """How a lamp is made to flash, and to stop."""

    address: str
    on: Value = True
    off: Value = False


class GainProperty(NamedTuple):
    """A gain in decibels, which travels as (dB - origin) / unit."""

    address: str
    min_db: int
    max_db: int
    origin_db: int = 0
    unit_db: int = 1


class FrequencyProperty(NamedTuple):
    """A frequency, and what a family can be tuned to."""

    address: str
    min_khz: int
    max_khz: int


@dataclass(frozen=True, slots=True)
class SettableProperties:
    """What can be set. ``{n}`` in an address is the channel; None: it cannot be set."""

    device_name: str | None = None
    channel_name: str | None = None
    is_capitalized: bool = False
    """Names are written in capitals; others are refused (docs/reference/protocols/sennheiser.md 10)."""
    mute: str | None = None
    gain: GainProperty | None = None
    frequency: FrequencyProperty | None = None
    synced_by: str = ""
    """How a pack learns the frequency of its receiver, as "by IR"; empty: it is not known."""
    device_flash: Flash | None = None
    unit_flash: Callable[[int], Flash] | None = None
    """By the channel or bay."""


NOTHING_SETTABLE = SettableProperties()


def no_device_warnings(_values: AddressValues, /) -> frozenset[DeviceWarning]:
    """Of families that warn of nothing but what concerns a channel."""
    return NO_WARNINGS


def charger_facts(_values: AddressValues, _channel: int, _presence: Presence, /) -> ChannelFacts:
    """The channel facts of a charger."""
    return NO_FACTS


def charger_meters(_values: AddressValues, _channel: int, /) -> Meters | None:
    """The meters of a charger."""
    return None


def charger_link(_values: AddressValues, _channel: int, /) -> bool | None:
    """The link of a charger."""
    return None


def receiver_bays(_values: AddressValues, /) -> tuple[Bay, ...]:
    """The bays of a receiver."""
    return ()


@dataclass(frozen=True, slots=True)
class Family:
    """How one family names and writes what all of them report. Every callable is pure."""

    title: str
    kind: DeviceKind
    marker_address: str
    """An address that only this family has."""
    is_marker_value: Callable[[Value], bool]
    """Whether a value at the marker's address is this family's."""
    counted_addresses: tuple[str, ...]
    """Addresses whose answers tell how many channels or bays there are."""
    count_units: Callable[[AddressValues], int]
    groups_for: Callable[[int], tuple[AddressGroup, ...]]
    """By the number of channels or bays."""
    rf_band_address: str | None = None
    """The address of the band's label."""
    facts_of: Callable[[AddressValues, int, Presence], ChannelFacts] = charger_facts
    meters_of: Callable[[AddressValues, int], Meters | None] = charger_meters
    has_link: Callable[[AddressValues, int], bool | None] = charger_link
    """Whether a channel has a transmitter; None when nothing says so."""
    bays_of: Callable[[AddressValues], tuple[Bay, ...]] = receiver_bays
    device_warnings_of: Callable[[AddressValues], frozenset[DeviceWarning]] = no_device_warnings
    """What the device warns of as a whole."""
    meter_interval_s: float = METER_INTERVAL_S
    settable: SettableProperties = NOTHING_SETTABLE
    products: tuple[str, ...] = ()
    """How the names of its products begin, as ``normalize_product`` writes them."""


def expand_channels(pattern: str, numbers: range) -> tuple[str, ...]:
    """The addresses of ``pattern`` with each number in place of ``{n}``."""
    return tuple(pattern.format(n=number) for number in numbers)


def leaf_addresses(branch: str, *leaves: str) -> tuple[str, ...]:
    """The addresses of some leaves of one branch."""
    return tuple(f"{branch}/{leaf}" for leaf in leaves)


def count_leading_values(values: AddressValues, addresses: tuple[str, ...]) -> int:
    """How many of ``addresses`` have values before the first that has none."""
    for count, address in enumerate(addresses):
        if not values.has(address):
            return count
    return len(addresses)
