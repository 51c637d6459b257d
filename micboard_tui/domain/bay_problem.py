"""What is wrong with a pack that a charger or a server reports. Pure."""

from micboard_tui.domain.battery import BatteryLevel, battery_level
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.thresholds import DEFAULT_LIMITS, Limits

_BY_LEVEL = {
    BatteryLevel.LOW: (ProblemCode.BATTERY_LOW,),
    BatteryLevel.CRITICAL: (ProblemCode.BATTERY_CRITICAL,),
}


def judge_bay(bay: Bay, limits: Limits = DEFAULT_LIMITS) -> BatteryLevel:
    """How good the battery of a pack in use is; in a charger none is judged, since it is being charged."""
    return (
        battery_level(bay.battery, limits.battery) if bay.state is BayState.IN_USE else BatteryLevel.UNKNOWN
    )


def find_bay_problems(bay: Bay, limits: Limits = DEFAULT_LIMITS) -> tuple[ProblemCode, ...]:
    return _BY_LEVEL.get(judge_bay(bay, limits), ())
