"""What a pack says of its battery, and what we still remember of it."""

from dataclasses import dataclass
from enum import StrEnum


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
    def known(self) -> bool:
        """Whether the charge is known in any of its three forms."""
        return not (self.percent is None and self.bars is None and self.minutes is None)


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
    FINE = "fine"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BatteryLimits:
    """At or below any of these a battery counts as critical or low (minutes: strictly below)."""

    critical_minutes: int = 15
    critical_bars: int = 1
    critical_percent: int = 10
    low_minutes: int = 30
    low_bars: int = 2
    low_percent: int = 20


DEFAULT_BATTERY_LIMITS = BatteryLimits()


def battery_level(battery: Battery | None, limits: BatteryLimits = DEFAULT_BATTERY_LIMITS) -> BatteryLevel:
    """Judge a battery by the worst of what is known; nothing known is ``UNKNOWN``, never fine."""
    if battery is None or not battery.known:
        return BatteryLevel.UNKNOWN
    minutes, bars, percent = battery.minutes, battery.bars, battery.percent
    if (
        (minutes is not None and minutes < limits.critical_minutes)
        or (bars is not None and bars <= limits.critical_bars)
        or (percent is not None and percent <= limits.critical_percent)
    ):
        return BatteryLevel.CRITICAL
    if (
        (minutes is not None and minutes < limits.low_minutes)
        or (bars is not None and bars <= limits.low_bars)
        or (percent is not None and percent <= limits.low_percent)
    ):
        return BatteryLevel.LOW
    return BatteryLevel.FINE
