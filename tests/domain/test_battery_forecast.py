"""The forecast on synthetic packs: cautious, never longer for a lower level, None where nothing is known."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import (
    CUTS,
    UNVOUCHED_SHARE,
    BatteryForecast,
    Confidence,
    ForecastSource,
    LevelChange,
    LevelTrace,
    MinutesReading,
    MinutesTrace,
    PackTrace,
    RuntimePrior,
    forecast_battery,
    format_minutes_left,
)
from tests.domain.synthetic_packs import NOMINAL_MINUTES, PRIORS, synthetic_packs

PACKS = 600
TOO_LONG_MINUTES = 15
PRIMARY_PRIORS = {
    battery_type: PRIORS[battery_type] for battery_type in (BatteryType.ALKALINE, BatteryType.NIMH)
}
LI_ION = BatteryType.LI_ION
metered_types = pytest.mark.parametrize("battery_type", list(CUTS))
minutes_left = pytest.mark.parametrize("left", [60, 120, 180])


def forecast(
    trace: PackTrace, now: float, priors: dict[BatteryType, RuntimePrior] = PRIORS
) -> BatteryForecast:
    result = forecast_battery(trace, priors, now)
    assert result is not None
    return result


def reported(
    minutes: float, *, earlier: float | None = None, first_at: float | None = 0.0, now: float = 3600.0
) -> PackTrace:
    before = None if earlier is None else MinutesReading(now - 45 * 60, earlier)
    return PackTrace(minutes=MinutesTrace(MinutesReading(now, minutes), before, first_at))


@metered_types
@minutes_left
def test_the_cautious_forecast_of_a_known_type_is_seldom_too_long(
    battery_type: BatteryType, left: int
) -> None:
    too_long = held = 0
    packs = [pack for pack in synthetic_packs(battery_type, PACKS) if pack.runtime > left]
    for pack in packs:
        elapsed = pack.runtime - left
        result = forecast(pack.trace_at(elapsed), elapsed * 60)
        too_long += result.p10 - left >= TOO_LONG_MINUTES
        held += result.p10 <= left <= result.p90
    assert too_long / len(packs) <= (0.10 if battery_type is BatteryType.NIMH else 0.05)
    assert held / len(packs) >= 0.75


@pytest.mark.parametrize("battery_type", list(PRIMARY_PRIORS))
@minutes_left
def test_cells_of_unknown_type_are_no_less_safe(battery_type: BatteryType, left: int) -> None:
    too_long = 0
    packs = [pack for pack in synthetic_packs(battery_type, PACKS) if pack.runtime > left]
    for pack in packs:
        elapsed = pack.runtime - left
        result = forecast(pack.trace_at(elapsed, known_type=False), elapsed * 60, PRIMARY_PRIORS)
        assert result.confidence is Confidence.GUESS
        too_long += result.p10 - left >= TOO_LONG_MINUTES
    assert too_long / len(packs) <= 0.05


@minutes_left
def test_percent_of_a_gauge_that_is_off_is_seldom_too_long(left: int) -> None:
    chance = random.Random(left)
    too_long = held = 0
    packs = [pack for pack in synthetic_packs(LI_ION, PACKS) if pack.runtime > left]
    for pack in packs:
        elapsed = pack.runtime - left
        result = forecast(pack.percent_trace_at(elapsed, chance.gauss(0.0, 0.03)), elapsed * 60)
        too_long += result.p10 - left >= TOO_LONG_MINUTES
        held += result.p10 <= left <= result.p90
    assert too_long / len(packs) <= 0.05
    assert held / len(packs) >= 0.75


@minutes_left
def test_minutes_of_a_gauge_that_is_off_are_seldom_too_long(left: int) -> None:
    chance = random.Random(left)
    too_long = 0
    for _ in range(PACKS):
        error = max(0.5, chance.gauss(1.0, 0.06))
        trace = reported(left * error, earlier=(left + 45) * error)
        too_long += forecast(trace, 3600.0).p10 - left >= TOO_LONG_MINUTES
    assert too_long / PACKS <= 0.05


@metered_types
def test_a_bar_that_falls_never_raises_the_forecast(battery_type: BatteryType) -> None:
    for pack in synthetic_packs(battery_type, 100):
        bars = pack.trace_at(pack.runtime).bars
        assert bars is not None
        for change in bars.changes:
            before = forecast(pack.trace_at(change.at / 60 - 1e-6), change.at)
            after = forecast(pack.trace_at(change.at / 60), change.at)
            assert after.p10 <= before.p10 + 0.5
            assert after.p50 <= before.p50 + 0.5
            assert after.p90 <= before.p90 + 0.5


@given(
    st.sampled_from(list(CUTS)),
    st.integers(1, 4),
    st.floats(1, 900),
    st.floats(0, 300),
)
def test_a_lower_bar_at_the_same_times_never_raises_the_forecast(
    battery_type: BatteryType, bars: int, fell_after: float, since: float
) -> None:
    now = (fell_after + since) * 60
    higher, lower = (
        forecast(
            PackTrace(battery_type, 0.0, bars=LevelTrace(level, (LevelChange(fell_after * 60, level),))), now
        )
        for level in (bars, bars - 1)
    )
    assert lower.p10 <= higher.p10 + 0.5
    assert lower.p50 <= higher.p50 + 0.5
    assert lower.p90 <= higher.p90 + 0.5


@given(
    st.sampled_from([*CUTS, BatteryType.LITHIUM, None]),
    st.none() | st.floats(0, 1e5),
    st.none() | st.integers(0, 100),
    st.none() | st.integers(0, 5),
    st.floats(0, 1e5),
)
def test_the_three_values_are_in_order_and_never_below_zero(
    battery_type: BatteryType | None, full_at: float | None, percent: int | None, bars: int | None, now: float
) -> None:
    trace = PackTrace(
        battery_type,
        full_at,
        percent=None if percent is None else LevelTrace(percent),
        bars=None if bars is None else LevelTrace(bars),
    )
    result = forecast_battery(trace, {**PRIORS, BatteryType.LITHIUM: RuntimePrior(900.0)}, now)
    if result is not None:
        assert 0 <= result.p10 <= result.p50 <= result.p90


@pytest.mark.parametrize(
    ("trace", "priors"),
    [
        (PackTrace(), PRIORS),
        (PackTrace(LI_ION), PRIORS),
        (PackTrace(bars=LevelTrace(5)), PRIORS),
        (PackTrace(BatteryType.LITHIUM, bars=LevelTrace(5)), {BatteryType.LITHIUM: RuntimePrior(900.0)}),
        (PackTrace(LI_ION, 0.0, bars=LevelTrace(3)), {}),
    ],
)
def test_what_is_not_known_stays_none(trace: PackTrace, priors: dict[BatteryType, RuntimePrior]) -> None:
    assert forecast_battery(trace, priors, 60.0) is None


def test_the_best_source_is_taken() -> None:
    percent, bars = LevelTrace(50), LevelTrace(3)
    minutes = MinutesTrace(MinutesReading(0.0, 90))
    sources = [
        forecast(PackTrace(LI_ION, 0.0, minutes, percent, bars), 0.0).source,
        forecast(PackTrace(LI_ION, 0.0, None, percent, bars), 0.0).source,
        forecast(PackTrace(LI_ION, 0.0, bars=bars), 0.0).source,
        forecast(PackTrace(LI_ION, 0.0), 0.0).source,
    ]
    assert sources == list(ForecastSource)


def test_minutes_grow_older_with_the_clock() -> None:
    assert forecast(reported(90), 3600.0 + 600).p50 == 80
    assert forecast(reported(5), 3600.0 + 600).p50 == 0


@pytest.mark.parametrize(
    ("earlier", "first_at", "p50", "confidence"),
    [
        (145, 0.0, 100, Confidence.REPORTED),
        (154, 0.0, 100 / 1.2, Confidence.GOOD),
        (190, 0.0, 100 / 1.4, Confidence.GOOD),
        (120, 0.0, 100, Confidence.GOOD),
        (154, 60.0, 100, Confidence.GOOD),
        (154, None, 100, Confidence.GOOD),
        (None, 0.0, 100, Confidence.GOOD),
    ],
)
def test_minutes_are_corrected_downwards_once_an_hour_was_seen(
    earlier: float | None, first_at: float | None, p50: float, confidence: Confidence
) -> None:
    result = forecast(reported(100, earlier=earlier, first_at=first_at), 3600.0)
    assert result.p50 == pytest.approx(p50)
    assert result.confidence is confidence


def test_percent_gives_what_is_left_of_the_runtime_that_it_shows() -> None:
    """Half of it was used in four hours."""
    trace = PackTrace(LI_ION, 0.0, percent=LevelTrace(50, (LevelChange(240 * 60.0, 50),)))
    assert forecast(trace, 240 * 60.0).p50 == pytest.approx(240, abs=25)


def test_a_coarse_percent_scale_is_not_read_as_a_fine_one() -> None:
    fine, coarse = (
        forecast(PackTrace(LI_ION, 0.0, percent=LevelTrace(70, percent_step=step)), 200 * 60.0)
        for step in (1, 40)
    )
    assert coarse.p10 < fine.p10


def test_no_more_is_promised_of_unknown_cells_than_the_shortest_type_gives() -> None:
    result = forecast(PackTrace(full_at=0.0, bars=LevelTrace(5)), 60 * 60.0, PRIMARY_PRIORS)
    assert result.p10 <= UNVOUCHED_SHARE * NOMINAL_MINUTES[BatteryType.ALKALINE] - 60


def test_cells_that_began_half_empty_are_bounded_by_their_level() -> None:
    trace = PackTrace(BatteryType.ALKALINE, 0.0, bars=LevelTrace(0, (LevelChange(1200.0, 0),)))
    assert forecast(trace, 1200.0).p90 < 120


def test_a_pack_that_was_already_running_is_a_guess() -> None:
    trace = PackTrace(BatteryType.ALKALINE, bars=LevelTrace(2, (LevelChange(600.0, 2),)))
    result = forecast(trace, 1200.0)
    assert result.confidence is Confidence.GUESS
    assert result.p50 == pytest.approx(480 * (0.22 + 0.38) / 2 - 10)


def test_beyond_every_possible_runtime_nothing_is_promised() -> None:
    result = forecast(PackTrace(LI_ION, 0.0), 5000 * 60.0)
    assert (result.p10, result.p50, result.p90, result.confidence) == (0, 0, 0, Confidence.GUESS)


@pytest.mark.parametrize(
    ("sigma", "confidence"), [(0.02, Confidence.GOOD), (0.06, Confidence.ROUGH), (0.25, Confidence.GUESS)]
)
def test_the_word_follows_the_width(sigma: float, confidence: Confidence) -> None:
    assert (
        forecast(PackTrace(LI_ION, 0.0), 0.0, {LI_ION: RuntimePrior(480.0, sigma)}).confidence is confidence
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (ForecastSource.MINUTES, "1:05"),
        (ForecastSource.PERCENT, "~1:05"),
        (ForecastSource.BARS, "~1:05?"),
        (ForecastSource.CLOCK, "<1:05"),
    ],
)
def test_the_text_says_where_the_time_comes_from(source: ForecastSource, text: str) -> None:
    assert format_minutes_left(65.9, source) == text


@pytest.mark.parametrize(("minutes", "sigma"), [(0.0, 0.25), (480.0, 0.0)])
def test_a_prior_without_a_runtime_or_spread_is_refused(minutes: float, sigma: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        RuntimePrior(minutes, sigma)
