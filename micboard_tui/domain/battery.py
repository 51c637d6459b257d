"""The battery of a pack: what is known of its charge, and how the charge is judged.

A charge is judged by the best form in which it is known and by nothing else: by minutes, else by percent,
else by bars. The thresholds stand in ``thresholds``; storage makes its SQL of the same ones.
"""

from dataclasses import dataclass
from enum import StrEnum

from micboard_tui.domain.thresholds import BatteryThresholds

BARS = 5
"""Of a full battery."""
MINUTES_A_PERCENT = 4
"""Only to compare a pack that tells minutes with one that tells percent."""


class BatteryType(StrEnum):
    LI_ION = "li_ion"
    ALKALINE = "alkaline"
    NIMH = "nimh"
    LITHIUM = "lithium"


class MinutesNote(StrEnum):
    """Why a pack that could tell its minutes does not tell them now."""

    CALCULATING = "calculating"
    CONTACT_WARNING = "contact_warning"


@dataclass(frozen=True, slots=True)
class Battery:
    """``None`` means that the device does not say; it never means empty."""

    percent: int | None = None
    """0 to 100."""
    bars: int | None = None
    """0 to 5."""
    minutes: int | None = None
    type: BatteryType | None = None
    minutes_note: MinutesNote | None = None
    health_percent: int | None = None
    cycles: int | None = None
    temperature_c: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether the charge is known in any of its three forms."""
        return not (self.percent is None and self.bars is None and self.minutes is None)

    @property
    def share(self) -> float | None:
        """How full it is, 0 to 1, by percent or else by bars; None where only minutes are known."""
        if self.percent is not None:
            return self.percent / 100
        return None if self.bars is None else self.bars / BARS


NO_BATTERY = Battery()
"""A pack that does not tell."""


@dataclass(frozen=True, slots=True)
class LastBattery:
    """The last charge that was known of a pack that is no longer heard. Never shown as current."""

    battery: Battery
    observed_at: float
    """Seconds since the epoch."""


class BatteryLevel(StrEnum):
    CRITICAL = "critical"
    LOW = "low"
    OK = "ok"
    UNKNOWN = "unknown"

    # These are looked up wherever channels are judged and drawn, and Enum's own hash is written in Python.
    __hash__ = str.__hash__


LOW_LEVELS = frozenset({BatteryLevel.LOW, BatteryLevel.CRITICAL})
"""A pack has to be exchanged."""


def battery_level(battery: Battery | None, thresholds: BatteryThresholds) -> BatteryLevel:
    """Judge a battery by minutes, else percent, else bars; nothing known is ``UNKNOWN``, never ``OK``."""
    if battery is None:
        return BatteryLevel.UNKNOWN
    if (minutes := battery.minutes) is not None:
        is_critical, is_low = minutes < thresholds.critical_minutes, minutes < thresholds.low_minutes
    elif (percent := battery.percent) is not None:
        is_critical, is_low = percent <= thresholds.critical_percent, percent <= thresholds.low_percent
    elif (bars := battery.bars) is not None:
        is_critical, is_low = bars <= thresholds.critical_bars, bars <= thresholds.low_bars
    else:
        return BatteryLevel.UNKNOWN
    if is_critical:
        return BatteryLevel.CRITICAL
    return BatteryLevel.LOW if is_low else BatteryLevel.OK


def estimate_minutes(battery: Battery | None) -> float | None:
    """How long the pack lasts, by its minutes, else by percent, else by bars; only to compare packs by it."""
    if battery is None:
        return None
    if battery.minutes is not None:
        return float(battery.minutes)
    share = battery.share
    return None if share is None else share * 100 * MINUTES_A_PERCENT
