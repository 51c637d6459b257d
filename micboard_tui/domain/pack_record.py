"""What is remembered of the cells in a pack; ``pack_trace`` folds readings into it. Pure."""

from dataclasses import dataclass

from micboard_tui.domain.battery import NO_BATTERY, Battery, BatteryType
from micboard_tui.domain.battery_forecast import LevelTrace, MinutesReading

EMPTY_BARS, EMPTY_PERCENT, EMPTY_MINUTES = 0, 5, 10.0


@dataclass(frozen=True, slots=True)
class PackReading:
    """What is known of the pack of a channel at one moment."""

    at: float
    """Seconds since the epoch."""
    is_on: bool
    battery: Battery = NO_BATTERY
    model: str | None = None
    serial: str | None = None
    power: str | None = None


@dataclass(frozen=True, slots=True)
class Rise:
    """A level above the one that stood before."""

    at: float
    level: int


@dataclass(frozen=True, slots=True)
class PackRecord:
    """What was seen of the cells in a pack."""

    began_at: float
    """When these cells were first seen, seconds since the epoch."""
    seen_at: float
    """When they were last seen to run, or to be off."""
    model: str | None = None
    serial: str | None = None
    power: str | None = None
    type: BatteryType | None = None
    """As the device says it."""
    full_at: float | None = None
    on_since: float | None = None
    """When it was seen to be switched on; None: it was on when it was first seen."""
    off_since: float | None = None
    """None: it is on."""
    ran_until: float | None = None
    """When it was last on; None: it was not seen to be on."""
    has_rested: bool = False
    """It was off for ``RESTED_S`` before it was switched on."""
    is_vouched_full: bool = False
    """The operator confirmed that full cells were put in."""
    calculating_at: float | None = None
    minutes: tuple[MinutesReading, ...] = ()
    """Oldest first; the last is the newest."""
    minutes_since: float | None = None
    jumped: MinutesReading | None = None
    """Minutes that wait for the next reading to confirm them."""
    percent: LevelTrace | None = None
    percent_rise: Rise | None = None
    bars: LevelTrace | None = None
    bars_rise: Rise | None = None
    is_stored: bool = False
    """Its discharge was stored."""

    @property
    def is_empty(self) -> bool:
        """Whether the cells were used up."""
        if self.bars is not None and self.bars.level <= EMPTY_BARS:
            return True
        if self.percent is not None:
            return self.percent.level <= EMPTY_PERCENT
        return bool(self.minutes) and self.minutes[-1].minutes <= EMPTY_MINUTES
