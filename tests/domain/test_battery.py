"""How a charge is judged; what is unknown is never fine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import (
    NO_BATTERY,
    Battery,
    BatteryLevel,
    BatteryLimits,
    BatteryType,
    battery_level,
)

RANK = {BatteryLevel.CRITICAL: 0, BatteryLevel.LOW: 1, BatteryLevel.FINE: 2}


@pytest.mark.parametrize(
    ("battery", "level"),
    [
        (Battery(percent=100, bars=5, minutes=600), BatteryLevel.FINE),
        (Battery(percent=10), BatteryLevel.CRITICAL),
        (Battery(percent=11), BatteryLevel.LOW),
        (Battery(percent=20), BatteryLevel.LOW),
        (Battery(percent=21), BatteryLevel.FINE),
        (Battery(bars=0), BatteryLevel.CRITICAL),
        (Battery(bars=1), BatteryLevel.CRITICAL),
        (Battery(bars=2), BatteryLevel.LOW),
        (Battery(bars=3), BatteryLevel.FINE),
        (Battery(minutes=14), BatteryLevel.CRITICAL),
        (Battery(minutes=15), BatteryLevel.LOW),
        (Battery(minutes=29), BatteryLevel.LOW),
        (Battery(minutes=30), BatteryLevel.FINE),
        (Battery(percent=0, bars=5), BatteryLevel.CRITICAL),
        (Battery(percent=90, bars=5, minutes=20), BatteryLevel.LOW),
        (Battery(type=BatteryType.ALKALINE), BatteryLevel.UNKNOWN),
        (NO_BATTERY, BatteryLevel.UNKNOWN),
        (None, BatteryLevel.UNKNOWN),
    ],
)
def test_the_worst_of_what_is_known_counts(battery: Battery | None, level: BatteryLevel) -> None:
    assert battery_level(battery) is level


def test_the_limits_can_be_set() -> None:
    limits = BatteryLimits(low_percent=50, critical_minutes=60)
    assert battery_level(Battery(percent=50), limits) is BatteryLevel.LOW
    assert battery_level(Battery(minutes=59), limits) is BatteryLevel.CRITICAL


def test_an_empty_battery_is_known_and_an_untold_one_is_not() -> None:
    assert Battery(percent=0).known
    assert Battery(bars=0).known
    assert Battery(minutes=0).known
    assert not Battery(health_percent=90, cycles=3, temperature_c=20).known


@given(
    st.one_of(st.none(), st.integers(0, 100)),
    st.one_of(st.none(), st.integers(0, 5)),
    st.one_of(st.none(), st.integers(0, 65532)),
)
def test_telling_more_never_makes_a_battery_look_better(
    percent: int | None, bars: int | None, minutes: int | None
) -> None:
    alone = [Battery(percent=percent), Battery(bars=bars), Battery(minutes=minutes)]
    levels = [RANK[battery_level(each)] for each in alone if each.known]
    together = battery_level(Battery(percent, bars, minutes))
    assert RANK.get(together) == min(levels, default=None)
