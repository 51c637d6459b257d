"""What the rules of alarms need beside the readings: the show, forecasts, and this computer. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from micboard_tui.domain.battery_forecast import BatteryForecast
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.show import ShowProfile


@dataclass(frozen=True, slots=True)
class AlarmContext:
    """Of one moment. What is not known is None or empty, and raises nothing."""

    profile: ShowProfile = ShowProfile.SHOW
    expected: Collection[ChannelRef] = frozenset()
    """The channels that the scene of now has on; empty: no scene is on, or the show has no plan."""
    minutes_to_break: float | None = None
    """To the next break, or to the end where no break comes before it."""
    minutes_to_end: float | None = None
    ended_for_s: float | None = None
    """How long the show has been over; None: it is not."""
    forecasts: Mapping[ChannelRef, BatteryForecast] = field(default_factory=dict)
    loop_lag_s: float | None = None
    """How late the event loop was in the last second."""
    is_stored: bool | None = None
    """Whether what is read reaches the disk; False: it is kept in memory only."""
    out_of_use: Collection[DeviceId] = frozenset()
    """Devices that are out of service, or at a location that is not used: nothing of them is an alarm."""


NO_CONTEXT = AlarmContext()
"""No show, no forecasts."""
