"""Whether a signal is good enough, on either scale and by other thresholds than usual."""

import pytest

from micboard_tui.domain.channel import Meters
from micboard_tui.domain.signal_level import SignalLevel, quality_level, rf_level
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, Thresholds

STRICT = Thresholds(rf_low_dbm=-70.0, rf_critical_dbm=-80.0, rf_low_percent=60, rf_critical_percent=40)


@pytest.mark.parametrize(
    ("meters", "usual", "strict"),
    [
        (Meters(), SignalLevel.UNKNOWN, SignalLevel.UNKNOWN),
        (Meters(rf_dbm=-70.0), SignalLevel.OK, SignalLevel.OK),
        (Meters(rf_dbm=-80.0), SignalLevel.OK, SignalLevel.LOW),
        (Meters(rf_dbm=-85.0), SignalLevel.OK, SignalLevel.CRITICAL),
        (Meters(rf_dbm=-95.0), SignalLevel.LOW, SignalLevel.CRITICAL),
        (Meters(rf_dbm=-95.5), SignalLevel.CRITICAL, SignalLevel.CRITICAL),
        (Meters(rf_a_percent=60, rf_b_percent=3), SignalLevel.OK, SignalLevel.OK),
        (Meters(rf_a_percent=40, rf_b_percent=3), SignalLevel.OK, SignalLevel.LOW),
        (Meters(rf_a_percent=20, rf_b_percent=3), SignalLevel.OK, SignalLevel.CRITICAL),
        (Meters(rf_a_percent=10, rf_b_percent=3), SignalLevel.LOW, SignalLevel.CRITICAL),
        (Meters(rf_a_percent=9, rf_b_percent=3), SignalLevel.CRITICAL, SignalLevel.CRITICAL),
    ],
)
def test_the_stronger_antenna_is_judged_by_the_thresholds(
    meters: Meters, usual: SignalLevel, strict: SignalLevel
) -> None:
    assert rf_level(meters, DEFAULT_THRESHOLDS) is usual
    assert rf_level(meters, STRICT) is strict


def test_the_quality_of_a_link_is_low_below_its_threshold_and_never_critical() -> None:
    assert quality_level(None, DEFAULT_THRESHOLDS) is SignalLevel.UNKNOWN
    assert tuple(quality_level(percent, DEFAULT_THRESHOLDS) for percent in (40, 39, 0)) == (
        SignalLevel.OK,
        SignalLevel.LOW,
        SignalLevel.LOW,
    )
    assert quality_level(60, Thresholds(quality_low_percent=61)) is SignalLevel.LOW
