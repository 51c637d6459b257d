"""How long packs last, as rows show it beside the end of the show: ``1:42 -0:30``. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, format_minutes_left
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.show_needs import MARGIN_CELLS, format_margin
from micboard_tui.domain.swap_moment import SAFETY_MIN

TIME_CELLS = 6
BRIEF_CELLS = 10


class Lasting(NamedTuple):
    """The cautious time that a pack lasts, and by how much that is more than it has to."""

    time: str
    """At most ``TIME_CELLS`` cells."""
    margin: str
    """At most ``MARGIN_CELLS`` cells."""
    brief: str
    """Both in ``BRIEF_CELLS`` cells."""
    tone: str


def lastings(
    forecasts: Mapping[ChannelRef, BatteryForecast],
    needed_min: float,
    before: Mapping[ChannelRef, Lasting],
) -> Mapping[ChannelRef, Lasting]:
    """Of every channel with a forecast; what says the same as in ``before`` is the same object."""
    made = {}
    for ref, forecast in forecasts.items():
        lasting = lasting_of(forecast, needed_min)
        known = before.get(ref)
        made[ref] = known if known == lasting else lasting
    return made


def margin_tone(margin: float) -> str:
    """Of so many minutes that a pack lasts longer than it has to; yellow where the plan has it changed."""
    return "critical" if margin < 0 else "warning" if margin < SAFETY_MIN else "text"


def lasting_of(forecast: BatteryForecast, needed_min: float) -> Lasting:
    """A guess is never green, by how much it may be more than enough."""
    margin = forecast.p10 - needed_min
    tone = margin_tone(margin)
    if tone == "text" and forecast.confidence is not Confidence.GUESS:
        tone = "live"
    time = format_minutes_left(forecast.p10, forecast.source)
    brief_time = time.rstrip("?")
    if len(brief_time) > MARGIN_CELLS:
        brief_time = f"{time[0]}{int(forecast.p10) // 60}h"
    room = BRIEF_CELLS - 1 - len(brief_time)
    return Lasting(
        time,
        format_margin(margin),
        f"{brief_time} {format_margin(margin, room)}",
        tone,
    )
