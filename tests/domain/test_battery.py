"""How a charge is judged; what is unknown is never fine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import (
    NO_BATTERY,
    Battery,
    BatteryLevel,
    BatteryType,
    battery_level,
    estimate_minutes,
)
from micboard_tui.domain.thresholds import DEFAULT_BATTERY_THRESHOLDS, BatteryThresholds


@pytest.mark.parametrize(
    ("battery", "level"),
    [
        (Battery(percent=100, bars=5, minutes=600), BatteryLevel.OK),
        (Battery(percent=10), BatteryLevel.CRITICAL),
        (Battery(percent=11), BatteryLevel.LOW),
        (Battery(percent=20), BatteryLevel.LOW),
        (Battery(percent=21), BatteryLevel.OK),
        (Battery(bars=0), BatteryLevel.CRITICAL),
        (Battery(bars=1), BatteryLevel.CRITICAL),
        (Battery(bars=2), BatteryLevel.LOW),
        (Battery(bars=3), BatteryLevel.OK),
        (Battery(minutes=14), BatteryLevel.CRITICAL),
        (Battery(minutes=15), BatteryLevel.LOW),
        (Battery(minutes=29), BatteryLevel.LOW),
        (Battery(minutes=30), BatteryLevel.OK),
        (Battery(percent=0, bars=5), BatteryLevel.CRITICAL),
        (Battery(percent=90, bars=1), BatteryLevel.OK),
        (Battery(percent=90, bars=5, minutes=20), BatteryLevel.LOW),
        (Battery(percent=5, bars=0, minutes=30), BatteryLevel.OK),
        (Battery(type=BatteryType.ALKALINE), BatteryLevel.UNKNOWN),
        (NO_BATTERY, BatteryLevel.UNKNOWN),
        (None, BatteryLevel.UNKNOWN),
    ],
)
def test_minutes_count_else_percent_else_bars(battery: Battery | None, level: BatteryLevel) -> None:
    assert battery_level(battery, DEFAULT_BATTERY_THRESHOLDS) is level


def test_the_thresholds_can_be_set() -> None:
    thresholds = BatteryThresholds(low_percent=50, critical_minutes=60)
    assert battery_level(Battery(percent=50), thresholds) is BatteryLevel.LOW
    assert battery_level(Battery(minutes=59), thresholds) is BatteryLevel.CRITICAL
    assert battery_level(Battery(percent=51), thresholds) is BatteryLevel.OK


@pytest.mark.parametrize(("low", "critical"), [(50, 5), (6, 5), (5, 5), (3, 3), (0, 0)])
def test_what_is_low_can_be_set_in_percent_and_what_is_critical_is_low_too(low: int, critical: int) -> None:
    thresholds = BatteryThresholds(critical_minutes=7, critical_percent=5, low_bars=3)
    assert thresholds.with_low_percent(low) == BatteryThresholds(
        critical_minutes=7, critical_percent=critical, low_percent=low, low_bars=3
    )


def test_an_empty_battery_is_known_and_an_untold_one_is_not() -> None:
    assert Battery(percent=0).is_known
    assert Battery(bars=0).is_known
    assert Battery(minutes=0).is_known
    assert not Battery(health_percent=90, cycles=3, temperature_c=20).is_known


@given(
    st.one_of(st.none(), st.integers(0, 100)),
    st.one_of(st.none(), st.integers(0, 5)),
    st.one_of(st.none(), st.integers(0, 65532)),
)
def test_the_best_form_that_is_known_decides_alone(
    percent: int | None, bars: int | None, minutes: int | None
) -> None:
    forms = [Battery(minutes=minutes), Battery(percent=percent), Battery(bars=bars)]
    best = next((battery for battery in forms if battery.is_known), None)
    battery = Battery(percent, bars, minutes)
    level = battery_level(battery, DEFAULT_BATTERY_THRESHOLDS)
    assert level is battery_level(best, DEFAULT_BATTERY_THRESHOLDS)


@pytest.mark.parametrize(
    ("battery", "minutes"),
    [
        (None, None),
        (NO_BATTERY, None),
        (Battery(percent=50, bars=1, minutes=7), 7.0),
        (Battery(percent=50, bars=1), 200.0),
        (Battery(bars=1), 80.0),
        (Battery(minutes=0), 0.0),
    ],
)
def test_how_long_a_pack_lasts_is_by_minutes_else_percent_else_bars(
    battery: Battery | None, minutes: float | None
) -> None:
    assert estimate_minutes(battery) == minutes
