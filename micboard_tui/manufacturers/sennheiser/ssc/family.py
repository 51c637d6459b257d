"""What families of SSC devices have in common, and what sets them apart.

Source: docs/reference/protocols/sennheiser.md 2 to 4.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
from micboard_tui.protocols.ssc.messages import Value

PRODUCT = "/device/identity/product"
FIRMWARE = "/device/identity/version"
SERIAL = "/device/identity/serial"
DEVICE_NAME = "/device/name"
IDENTITY = (PRODUCT, FIRMWARE, SERIAL)
MAX_CHANNELS = 8
"""Asked for; the largest known has four."""


class Presence(Enum):
    """What is known of a channel's transmitter."""

    HERE = auto()
    LOST = auto()
    """It was here a moment ago and its link is gone."""
    AWAY = auto()
    UNKNOWN = auto()


class Subject(Enum):
    """What a group of addresses speaks of."""

    FACTS = auto()
    TRANSMITTER = auto()
    """Gone, and to be asked for again, with the transmitter."""
    METERS = auto()


class Group(NamedTuple):
    """Addresses that are subscribed together, with terms of their own."""

    unit: int
    """The channel; 0 for the device, all bays, or the meters of all channels."""
    subscribed: tuple[str, ...]
    asked: tuple[str, ...] = ()
    """What cannot be subscribed: asked for whenever the subscription is renewed."""
    subject: Subject = Subject.FACTS
    period_ms: int = 0
    """Told as often as this; 0: whenever it changes. Meters have the session's."""


class Flash(NamedTuple):
    """How a lamp is made to flash, and to stop."""

    address: str
    on: Value = True
    off: Value = False


class Gain(NamedTuple):
    """A gain in decibels, which travels as (dB - origin) / unit."""

    address: str
    low_db: int
    high_db: int
    origin_db: int = 0
    unit_db: int = 1


class Band(NamedTuple):
    """A frequency, and what a family can be tuned to."""

    address: str
    low_khz: int
    high_khz: int


@dataclass(frozen=True, slots=True)
class Controls:
    """What can be set. ``{n}`` in an address is the channel; None: it cannot."""

    device_name: str | None = None
    channel_name: str | None = None
    capitals: bool = False
    """Names are written in capitals; others are refused (docs/reference/protocols/sennheiser.md 10)."""
    mute: str | None = None
    gain: Gain | None = None
    frequency: Band | None = None
    flash_device: Flash | None = None
    flash_unit: Callable[[int], Flash] | None = None


def no_facts(words: Words, channel: int, presence: Presence) -> ChannelFacts:  # noqa: ARG001 - a charger's
    return ChannelFacts()


def no_meters(words: Words, channel: int) -> Meters | None:  # noqa: ARG001 - a charger's
    return None


def no_link(words: Words, channel: int) -> bool | None:  # noqa: ARG001 - a charger's
    return None


def no_bays(words: Words) -> tuple[Bay, ...]:  # noqa: ARG001 - a receiver's
    return ()


@dataclass(frozen=True, slots=True)
class Family:
    """How one family names and writes what all of them say."""

    title: str
    kind: DeviceKind
    mark: str
    """An address that only this family has."""
    marks: Callable[[Value], bool]
    """Whether a value at the mark is this family's."""
    counted: tuple[str, ...]
    """Addresses whose answers tell how many channels or bays there are."""
    count: Callable[[Words], int]
    groups: Callable[[int], tuple[Group, ...]]
    """For so many channels or bays."""
    rf_band: str | None = None
    facts: Callable[[Words, int, Presence], ChannelFacts] = no_facts
    meters: Callable[[Words, int], Meters | None] = no_meters
    link: Callable[[Words, int], bool | None] = no_link
    """Whether a channel has a transmitter; None when nothing says so."""
    bays: Callable[[Words], tuple[Bay, ...]] = no_bays
    meter_interval_s: float = 0.1
    controls: Controls = field(default_factory=Controls)


def numbered(pattern: str, numbers: range) -> tuple[str, ...]:
    """The addresses of ``pattern`` for each number."""
    return tuple(pattern.format(n=number) for number in numbers)


def below(branch: str, *leaves: str) -> tuple[str, ...]:
    """The addresses of leaves of one branch."""
    return tuple(f"{branch}/{leaf}" for leaf in leaves)


def run_length(words: Words, addresses: tuple[str, ...]) -> int:
    """How many of ``addresses`` have values before the first that has none."""
    for count, address in enumerate(addresses):
        if not words.has(address):
            return count
    return len(addresses)
