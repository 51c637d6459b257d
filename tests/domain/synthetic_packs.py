"""Synthetic packs, as no discharge of a real pack on a receiver is at hand: docs/explanation/forecast.md.

A pack has a capacity, a discharge curve of its chemistry, a meter that is off by some millivolts, and in some
packs a load that changes on the way.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import LevelChange, LevelTrace, PackTrace, RuntimePrior

Curve = tuple[tuple[float, float], ...]
AA_THRESHOLDS = (1.03, 1.11, 1.17, 1.23, 1.32)
"""Volt at which a meter that is set for alkaline cells falls to 0, 1, 2, 3 and 4 bars."""
LI_ION_THRESHOLDS = (3.45, 3.65, 3.72, 3.80, 3.95)
THRESHOLDS = {
    BatteryType.ALKALINE: AA_THRESHOLDS,
    BatteryType.NIMH: AA_THRESHOLDS,
    BatteryType.LI_ION: LI_ION_THRESHOLDS,
}
CURVES: dict[BatteryType, Curve] = {
    BatteryType.ALKALINE: (
        (0.90, 0.0), (1.03, 0.09), (1.11, 0.22), (1.17, 0.38), (1.23, 0.59), (1.32, 0.79), (1.50, 1.0),
    ),
    BatteryType.NIMH: (
        (0.90, 0.0), (1.03, 0.01), (1.11, 0.05), (1.17, 0.10), (1.23, 0.30), (1.32, 0.92), (1.40, 1.0),
    ),
    BatteryType.LI_ION: (
        (3.10, 0.0), (3.45, 0.05), (3.65, 0.2), (3.72, 0.4), (3.80, 0.6), (3.95, 0.8), (4.20, 1.0),
    ),
}  # fmt: skip
"""Volt and the share of the charge that is left."""
NOMINAL_MINUTES = {BatteryType.ALKALINE: 480.0, BatteryType.NIMH: 600.0, BatteryType.LI_ION: 480.0}
CAPACITY_SIGMA = {BatteryType.ALKALINE: 0.10, BatteryType.NIMH: 0.18, BatteryType.LI_ION: 0.09}
METER_SHIFT_V = 0.012
LOAD_STEP_SHARE = 0.3
LOAD_STEPS = (0.9, 1.1)
PRIORS = {battery_type: RuntimePrior(minutes) for battery_type, minutes in NOMINAL_MINUTES.items()}


@dataclass(frozen=True, slots=True)
class SyntheticPack:
    type: BatteryType
    capacity: float
    """Minutes at the nominal load."""
    meter_shift: float
    load_from: float
    """Minutes after which the load is ``load`` times the nominal."""
    load: float

    @property
    def runtime(self) -> float:
        return self.minutes_until(0.0)

    def minutes_until(self, share: float) -> float:
        """When only this share of the charge is left."""
        used = (1 - share) * self.capacity
        return used if used <= self.load_from else self.load_from + (used - self.load_from) / self.load

    def trace_at(self, elapsed: float, *, known_type: bool = True) -> PackTrace:
        """What a receiver with bars has shown after so many minutes; the cells began at 0."""
        fall_minutes = [
            self.minutes_until(_share_at(CURVES[self.type], volt + self.meter_shift))
            for volt in THRESHOLDS[self.type]
        ]
        changes = tuple(
            LevelChange(fall_minutes[bars] * 60, bars)
            for bars in (4, 3, 2, 1, 0)
            if fall_minutes[bars] <= elapsed
        )
        level = changes[-1].level if changes else 5
        return PackTrace(type=self.type if known_type else None, full_at=0.0, bars=LevelTrace(level, changes))

    def percent_trace_at(self, elapsed: float, gauge_shift: float) -> PackTrace:
        """What a gauge of percent has shown that is off by this share of the charge."""
        changes: list[LevelChange] = []
        for percent in range(99, -1, -1):
            fell_at = self.minutes_until(min(1.0, max(0.0, percent / 100 - gauge_shift)))
            if fell_at > elapsed:
                break
            changes.append(LevelChange(fell_at * 60, percent))
        level = changes[-1].level if changes else 100
        return PackTrace(type=self.type, full_at=0.0, percent=LevelTrace(level, tuple(changes)))


def synthetic_packs(battery_type: BatteryType, count: int, seed: int = 11) -> Iterator[SyntheticPack]:
    chance = random.Random(f"{seed} {battery_type}")
    nominal, sigma = NOMINAL_MINUTES[battery_type], CAPACITY_SIGMA[battery_type]
    for _ in range(count):
        capacity = nominal * max(0.5, chance.gauss(1.0, sigma))
        has_step = chance.random() < LOAD_STEP_SHARE
        yield SyntheticPack(
            battery_type,
            capacity,
            chance.gauss(0.0, METER_SHIFT_V),
            chance.uniform(0.1, 0.9) * capacity if has_step else capacity,
            chance.choice(LOAD_STEPS) if has_step else 1.0,
        )


def _share_at(curve: Curve, volt: float) -> float:
    for (low, low_share), (high, high_share) in pairwise(curve):
        if volt <= high:
            return max(0.0, low_share + (volt - low) / (high - low) * (high_share - low_share))
    return 1.0
