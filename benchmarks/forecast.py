"""What one estimate of the minutes left costs, for each number of bars that were seen to fall.

Once a minute and pack; the goal is under 100 us.
"""

import timeit

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import (
    CUTS,
    LevelChange,
    LevelTrace,
    PackTrace,
    RuntimePrior,
    forecast_battery,
)

RUNTIME_S = 480 * 60
ROUNDS, REPEATS = 500, 7
TYPE = BatteryType.ALKALINE
PRIORS = {TYPE: RuntimePrior(RUNTIME_S / 60)}


def measure_us(falls: int) -> float:
    changes = tuple(LevelChange((1 - CUTS[TYPE][4 - fall]) * RUNTIME_S, 4 - fall) for fall in range(falls))
    trace = PackTrace(TYPE, 0.0, bars=LevelTrace(5 - falls, changes))
    now = changes[-1].at + 300 if changes else RUNTIME_S / 10
    timer = timeit.Timer(lambda: forecast_battery(trace, PRIORS, now))
    return min(timer.repeat(REPEATS, ROUNDS)) / ROUNDS * 1e6


def main() -> None:
    costs = " ".join(f"{measure_us(falls):.0f}" for falls in range(6))
    print(f"forecast {costs} us an estimate, after 0 to 5 bars that fell")


if __name__ == "__main__":
    main()
