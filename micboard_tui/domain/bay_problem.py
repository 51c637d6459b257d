"""What is wrong with a pack that a charger or a server reports. Pure."""

from micboard_tui.domain.battery import BatteryLevel, battery_level
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.thresholds import Thresholds

_BY_LEVEL = {
    BatteryLevel.LOW: (ProblemCode.BATTERY_LOW,),
    BatteryLevel.CRITICAL: (ProblemCode.BATTERY_CRITICAL,),
}


def judge_bay(bay: Bay, thresholds: Thresholds) -> BatteryLevel:
    """How good the battery of a pack in use is; in a charger none is judged, since it is being charged."""
    if bay.state is not BayState.IN_USE:
        return BatteryLevel.UNKNOWN
    return battery_level(bay.battery, thresholds.battery)


def find_bay_problems(bay: Bay, thresholds: Thresholds) -> tuple[ProblemCode, ...]:
    return _BY_LEVEL.get(judge_bay(bay, thresholds), ())
