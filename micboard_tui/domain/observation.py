"""What a driver reports: meters and facts of channels, states of devices and bays, or a sign of life."""

from typing import NamedTuple, TypeAlias

from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import NO_WARNINGS, ChannelFacts, DeviceWarning, Meters
from micboard_tui.domain.device import DeviceKind


class MetersHeard(NamedTuple):
    number: int
    meters: Meters


class FactsHeard(NamedTuple):
    """All that is known of one channel; replaces what was known before."""

    number: int
    facts: ChannelFacts


class DeviceHeard(NamedTuple):
    """All that is known of the device itself; replaces what was known before."""

    kind: DeviceKind
    channel_count: int
    model: str | None = None
    own_name: str | None = None
    firmware: str | None = None
    rf_band: str | None = None
    raw: tuple[tuple[str, str], ...] = ()
    bay_count: int = 0
    storage_mode: bool | None = None
    device_warnings: frozenset[DeviceWarning] = NO_WARNINGS
    """Of the device as a whole; those of channels are in their facts."""
    serial: str | None = None


class BayHeard(NamedTuple):
    """All that is known of one bay; replaces what was known before."""

    bay: Bay


class Alive(NamedTuple):
    """The device answered, and nothing changed."""

    round_trip_s: float | None = None
    """How long a question and its answer took, where it was the answer to one."""


class ClockHeard(NamedTuple):
    """What the clock of the device shows."""

    shows_s: float
    """Seconds since the epoch."""


Observation: TypeAlias = MetersHeard | FactsHeard | DeviceHeard | BayHeard | ClockHeard | Alive
