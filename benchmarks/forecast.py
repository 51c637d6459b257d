"""What one estimate of the minutes left costs, after each number of falls, and what one reading costs.

An estimate once a minute and pack, the goal is under 100 us; a reading every 15 seconds and pack.
"""

import timeit
from dataclasses import replace

from micboard_tui.domain.battery import Battery, BatteryType
from micboard_tui.domain.battery_forecast import (
    CUTS,
    LevelChange,
    LevelTrace,
    PackTrace,
    RuntimePrior,
    forecast_battery,
)
from micboard_tui.domain.pack_record import PackReading
from micboard_tui.domain.pack_trace import fold_reading

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


def measure_reading_us() -> float:
    """One more reading of a pack, with the values of the one before."""
    first = PackReading(0.0, is_on=True, battery=Battery(bars=4), model="ULXD2")
    record = fold_reading(None, first)
    timer = timeit.Timer(lambda: fold_reading(record, replace(first, at=15.0)))
    return min(timer.repeat(REPEATS, ROUNDS)) / ROUNDS * 1e6


def main() -> None:
    costs = " ".join(f"{measure_us(falls):.0f}" for falls in range(6))
    print(f"forecast {costs} us an estimate, after 0 to 5 bars that fell")
    print(f"reading {measure_reading_us():.0f} us")


if __name__ == "__main__":
    main()
