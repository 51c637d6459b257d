"""How long a pack still lasts: from device minutes, else percent, else bars, else the clock.

Device minutes are corrected by how fast they fell. Percent and bars are weighed over a grid of possible
runtimes: a log-normal prior, times how well the newest change of the level fits, times that the level still
stands. Errors of one meter go together, so older changes do not count as further evidence; they only bound
the estimate, so that a level that falls never raises it. The numbers and their evidence are in
docs/explanation/forecast.md.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from math import erfc, exp, log, sqrt
from operator import mul

from micboard_tui.domain.battery import BARS, BatteryType

GRID_SIZE = 48
GRID_SIGMAS = 3.0
"""How far the grid reaches to both sides of the median of the prior."""
CUTS = {
    BatteryType.ALKALINE: (0.09, 0.22, 0.38, 0.59, 0.79),
    BatteryType.NIMH: (0.01, 0.05, 0.10, 0.30, 0.92),
    BatteryType.LI_ION: (0.05, 0.2, 0.4, 0.6, 0.8),
}
"""The share of the runtime that is left when the bars fall to 0, 1, 2, 3 and 4. Lithium cells have none."""
NOISE = {BatteryType.ALKALINE: 0.07, BatteryType.NIMH: 0.13, BatteryType.LI_ION: 0.06}
"""Standard deviation of a cut, as a share of the runtime; never under 0.035."""
PERCENT_STEP_NOISE = 0.015
"""The same of the distance between two percent levels: a gauge that is off is off by as much at both."""
UNVOUCHED_SHARE = 0.8
"""Of the shortest nominal runtime; more is not promised where the type of the cells is not known."""
GAUGE_NOISE = 0.06
"""Standard deviation of the minutes that a device reports, as a share of them."""
CORRECTION_AFTER_S = 3600.0
CORRECTION_LIMITS = (0.7, 1.4)
AGREEMENT = 0.15
"""Minutes that fall this much faster or slower than the clock still agree with it."""
FAR_SIGMAS = 2.0
"""A runtime that is this far from what was expected is a guess: perhaps the cells were not full."""
GOOD_WIDTH, ROUGH_WIDTH = 30.0, 90.0
"""Minutes between P10 and P90."""
MAX_CHANGES = 5
TWO_DIGITS = 10
"""From so many hours on the minutes of a forecast from bars say nothing."""
FIT_SIGMAS = 4.0
"""A runtime that fits a change worse than this counts only where none fits better."""
P10_SIGMAS = 1.2816
"""P10 and P90 of a normal distribution lie this far from its median."""


class ForecastSource(StrEnum):
    MINUTES = "minutes"
    PERCENT = "percent"
    BARS = "bars"
    CLOCK = "clock"


class Confidence(StrEnum):
    REPORTED = "reported"
    """The device reports minutes, and they fall with the clock."""
    GOOD = "good"
    ROUGH = "rough"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class RuntimePrior:
    """What a full pack of this type is expected to run."""

    median_minutes: float
    sigma: float = 0.25
    """Of the logarithm; less where runtimes of this pack were seen."""

    def __post_init__(self) -> None:
        if self.median_minutes <= 0 or self.sigma <= 0:
            raise ValueError("a runtime and its spread are above zero")


@dataclass(frozen=True, slots=True)
class MinutesReading:
    at: float
    """Seconds since the epoch."""
    minutes: float


@dataclass(frozen=True, slots=True)
class MinutesTrace:
    """Minutes that a device reports."""

    newest: MinutesReading
    earlier: MinutesReading | None = None
    """Of about 45 minutes before the newest, since which nothing jumped."""
    first_at: float | None = None
    """Since when the device has reported minutes of these cells without a break."""


@dataclass(frozen=True, slots=True)
class LevelChange:
    at: float
    """Seconds since the epoch."""
    level: int
    """To which it fell, in percent or bars."""


@dataclass(frozen=True, slots=True)
class LevelTrace:
    """A level in percent or bars and how it fell."""

    level: int
    changes: tuple[LevelChange, ...] = ()
    """Falls that were seen, oldest first; the newest is the one to ``level``. Empty: none was seen."""
    percent_step: int = 1
    """How far apart the levels of a coarse percent scale are."""


@dataclass(frozen=True, slots=True)
class PackTrace:
    """All that is known of the cells in a pack."""

    type: BatteryType | None = None
    """``None``: not known. What a meter assumes is not known."""
    full_at: float | None = None
    """When these cells began to run, full; ``None`` where that was not seen."""
    minutes: MinutesTrace | None = None
    percent: LevelTrace | None = None
    bars: LevelTrace | None = None


@dataclass(frozen=True, slots=True)
class BatteryForecast:
    """Minutes left: ``p10`` is what to plan on, ``p50`` as likely too long as too short."""

    p10: float
    p50: float
    p90: float
    source: ForecastSource
    confidence: Confidence


def forecast_battery(
    trace: PackTrace, priors: Mapping[BatteryType, RuntimePrior], now: float
) -> BatteryForecast | None:
    """Minutes left by the best source there is; ``None`` where nothing allows a forecast.

    ``priors`` has one for each type of cells that can be in the pack.
    """
    if trace.minutes is not None:
        return _forecast_of_minutes(trace.minutes, now)
    types = [battery_type for battery_type in priors if trace.type in (None, battery_type)]
    elapsed = None if trace.full_at is None else max(0.0, (now - trace.full_at) / 60)
    if not types or (elapsed is None and trace.type is None):
        return None
    meter_types = [battery_type for battery_type in types if battery_type in CUTS]
    level, source = trace.percent, ForecastSource.PERCENT
    if level is None:
        level, source = trace.bars, ForecastSource.BARS
    if level is None or not meter_types:
        if elapsed is None:
            return None
        source = ForecastSource.CLOCK
        spans = [_weigh(priors[battery_type], elapsed, None, None, 1.0) for battery_type in types]
    else:
        spans = [
            _span_of_level(level, source, battery_type, priors[battery_type], trace.full_at, now)
            for battery_type in meter_types
        ]
    p10, p50 = min(span[0] for span in spans), min(span[1] for span in spans)
    p90 = max(span[2] for span in spans)
    if trace.type is None and elapsed is not None:
        shortest = min(prior.median_minutes for prior in priors.values())
        p10 = min(p10, max(0.0, UNVOUCHED_SHARE * shortest - elapsed))
    is_guess = trace.type is None or trace.full_at is None or p90 <= 0
    if elapsed is not None:
        expected = priors[types[0]]
        is_guess |= abs(log(max(1.0, elapsed + p50) / expected.median_minutes)) > FAR_SIGMAS * expected.sigma
    confidence = Confidence.GUESS if is_guess else _confidence_of_width(p90 - p10)
    return BatteryForecast(p10, p50, p90, source, confidence)


def format_minutes_left(minutes: float, source: ForecastSource) -> str:
    """A time of a forecast with the mark of its source, in six cells where it is less than 100 hours."""
    hours, rest = divmod(int(minutes), 60)
    time = f"{hours}:{rest:02}"
    match source:
        case ForecastSource.MINUTES:
            return time
        case ForecastSource.PERCENT:
            return f"~{time}"
        case ForecastSource.BARS:
            return f"~{time}?" if hours < TWO_DIGITS else f"~{hours}h?"
        case ForecastSource.CLOCK:
            return f"<{time}"


def _confidence_of_width(width: float) -> Confidence:
    if width <= GOOD_WIDTH:
        return Confidence.GOOD
    return Confidence.ROUGH if width <= ROUGH_WIDTH else Confidence.GUESS


def _forecast_of_minutes(trace: MinutesTrace, now: float) -> BatteryForecast:
    newest, earlier = trace.newest, trace.earlier
    age = max(0.0, (now - newest.at) / 60)
    reported, agrees = newest.minutes, False
    if (
        earlier is not None
        and trace.first_at is not None
        and newest.at > earlier.at
        and newest.at - trace.first_at >= CORRECTION_AFTER_S
    ):
        rate = (earlier.minutes - newest.minutes) * 60 / (newest.at - earlier.at)
        agrees = abs(rate - 1) <= AGREEMENT
        shortest, longest = CORRECTION_LIMITS
        # Only ever shorter: what falls too slowly may yet fall faster.
        reported = min(reported, reported / min(longest, max(shortest, rate)))
    spread = P10_SIGMAS * GAUGE_NOISE * reported
    p10, p50, p90 = (max(0.0, minutes - age) for minutes in (reported - spread, reported, reported + spread))
    confidence = Confidence.REPORTED if agrees else _confidence_of_width(p90 - p10)
    return BatteryForecast(p10, p50, p90, ForecastSource.MINUTES, confidence)


def _span_of_level(
    trace: LevelTrace,
    source: ForecastSource,
    battery_type: BatteryType,
    prior: RuntimePrior,
    full_at: float | None,
    now: float,
) -> tuple[float, float, float]:
    """P10, P50 and P90 of one type of cells."""
    is_bars = source is ForecastSource.BARS

    def cut_of(level: int) -> float:
        """The share of the runtime that is left when the level falls to this one."""
        if not is_bars:
            return level / 100
        return 1.0 if level >= BARS else CUTS[battery_type][level]

    def next_cut(level: int) -> float:
        if level <= 0:
            return 0.0
        return cut_of(max(0, level - (1 if is_bars else trace.percent_step)))

    changes = trace.changes[-MAX_CHANGES:]
    if full_at is None:
        since = (now - changes[-1].at) / 60 if changes else 0.0
        return _span_without_start(prior, next_cut(trace.level), cut_of(trace.level), since)
    elapsed = max(0.0, (now - full_at) / 60)
    noise = NOISE[battery_type]
    standing = next_cut(trace.level)
    if not changes:
        return _weigh(prior, elapsed, None, standing, noise)
    spans = []
    # The newest change, and what the older ones said, had the level not fallen further.
    for change in reversed(changes):
        fall = ((change.at - full_at) / 60, cut_of(change.level))
        spans.append(_weigh(prior, elapsed, fall, standing, noise, None if is_bars else PERCENT_STEP_NOISE))
        standing = cut_of(change.level)
    spans.append(_weigh(prior, elapsed, None, standing, noise))
    # Cells that began half empty fall sooner than any prior explains: the levels alone bound them, too.
    longest = prior.median_minutes * exp(P10_SIGMAS * prior.sigma)
    bound = min(longest * (cut_of(change.level) + noise) - (now - change.at) / 60 for change in changes)
    bound = max(0.0, bound)
    return (
        min(bound, *(span[0] for span in spans)),
        min(bound, *(span[1] for span in spans)),
        min(bound, *(span[2] for span in spans)),
    )


def _span_without_start(
    prior: RuntimePrior, lower_cut: float, upper_cut: float, since: float
) -> tuple[float, float, float]:
    """Where it was not seen since when the cells run: anywhere within the level."""
    factor = exp(P10_SIGMAS * prior.sigma)
    median = prior.median_minutes
    return (
        max(0.0, median / factor * lower_cut - since),
        max(0.0, median * (lower_cut + upper_cut) / 2 - since),
        max(0.0, median * factor * upper_cut - since),
    )


@lru_cache(maxsize=256)
def _grid(prior: RuntimePrior) -> tuple[list[float], list[float], list[float]]:
    """The runtimes in ascending order, their inverses, and their weights before anything was seen."""
    steps = [GRID_SIGMAS * (2 * index / (GRID_SIZE - 1) - 1) for index in range(GRID_SIZE)]
    runtimes = [prior.median_minutes * exp(prior.sigma * step) for step in steps]
    return runtimes, [1 / runtime for runtime in runtimes], [exp(-step * step / 2) for step in steps]


def _weigh(
    prior: RuntimePrior,
    elapsed: float,
    fall: tuple[float, float] | None,
    standing: float | None,
    noise: float,
    step_noise: float | None = None,
) -> tuple[float, float, float]:
    """P10, P50 and P90 after a fall to a cut at a time, while the next cut was not reached until now.

    With ``step_noise`` the next cut is off as far as the last one was, but for so much.
    """
    runtimes, inverses, weights = _grid(prior)
    scale = 1 / (noise * sqrt(2))
    start, end = bisect_right(runtimes, elapsed), GRID_SIZE
    stood, step, stand_noise = elapsed, 1 - (standing or 0.0), noise
    if fall is not None and standing is not None and step_noise is not None:
        stood, step, stand_noise = elapsed - fall[0], fall[1] - standing, step_noise
    if standing is not None:
        certain = bisect_left(runtimes, stood / (step + FIT_SIGMAS * stand_noise))
        start = max(start, min(certain, GRID_SIZE - 1))
    if fall is None:
        fits = weights[start:]
    else:
        fall_at, cut = fall
        start, end = _bounds_of_fit(runtimes, start, fall_at, 1 - cut, FIT_SIGMAS * noise)
        rise, used = fall_at * scale, (1 - cut) * scale
        exponents = [-(misfit := inverse * rise - used) * misfit for inverse in inverses[start:end]]
        fits = list(map(mul, weights[start:end], map(exp, exponents)))
    if standing is not None:
        stand_scale = 1 / (stand_noise * sqrt(2))
        rise, used = stood * stand_scale, step * stand_scale
        fits = list(map(mul, fits, map(erfc, [inverse * rise - used for inverse in inverses[start:end]])))
    return _quantiles(runtimes[start:end], fits, prior, elapsed)


def _quantiles(
    runtimes: list[float], fits: list[float], prior: RuntimePrior, elapsed: float
) -> tuple[float, float, float]:
    """P10, P50 and P90 of the minutes left, from a part of the grid and how well each runtime fits."""
    masses = list(accumulate(fits))
    if not masses or masses[-1] <= 0:
        # It runs longer than any runtime that was thought possible: nothing more is promised.
        return 0.0, 0.0, 0.0
    width = prior.sigma * 2 * GRID_SIGMAS / (GRID_SIZE - 1)

    def minutes_left(share: float) -> float:
        mark = share * masses[-1]
        index = min(bisect_left(masses, mark), len(masses) - 1)
        within = 1 - (masses[index] - mark) / fits[index]
        return max(0.0, runtimes[index] * exp(width * (within - 0.5)) - elapsed)

    return minutes_left(0.1), minutes_left(0.5), minutes_left(0.9)


def _bounds_of_fit(
    runtimes: list[float], start: int, fall_at: float, used: float, reach: float
) -> tuple[int, int]:
    """The part of the grid, from ``start`` on, that can have fallen then; its end where none can."""
    first = max(start, bisect_left(runtimes, fall_at / (used + reach)))
    end = bisect_left(runtimes, fall_at / (used - reach)) if used > reach else GRID_SIZE
    return min(first, GRID_SIZE - 1), max(end, start + 1)
