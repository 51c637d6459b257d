"""One bay of a charger, and the pack that sits in it."""

from dataclasses import dataclass
from enum import StrEnum

from micboard_tui.domain.battery import NO_BATTERY, Battery


class BayState(StrEnum):
    EMPTY = "empty"
    CHARGING = "charging"
    READY = "ready"
    """Charged, and ready to use."""
    STORED = "stored"
    """Kept at the charge that is best for storage, about 40 to 70 %, or brought to it: not ready to use."""
    IN_USE = "in_use"
    """In no charger: a server reports a pack that runs on its battery."""
    FAULT = "fault"
    """The charger will not charge what is in it."""
    UNKNOWN = "unknown"

    # Keys of counts, as LinkState is.
    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Bay:
    """``None`` means that the charger does not say."""

    number: int
    """From 1, as on the charger."""
    state: BayState = BayState.UNKNOWN
    pack_model: str | None = None
    pack_name: str | None = None
    """The name that the transmitter gives itself, where whole transmitters are charged."""
    pack_serial: str | None = None
    """Of the transmitter, or of the battery where only batteries are charged."""
    battery: Battery = NO_BATTERY
    minutes_to_full: int | None = None
    error: str | None = None
    """The error that the charger reports, as a text for people; None: none."""
    raw: tuple[tuple[str, str], ...] = ()
    """Properties and their values as received, sorted by property."""


def unknown_bays(count: int) -> tuple[Bay, ...]:
    """So many bays of which nothing is known now."""
    return tuple(map(Bay, range(1, count + 1)))
