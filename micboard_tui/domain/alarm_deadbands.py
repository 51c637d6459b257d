"""How far a value has to move beyond its threshold before an alarm may clear. Pure.

A deadband is for clearing only: it never raises anything. The numbers: docs/explanation/alarms.md.
"""

from collections.abc import Callable, Mapping

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.thresholds import BatteryThresholds

RF_DB = 3.0
RF_PERCENT = 8
"""About 3 dB on the scale of 40 dB of receivers that give percent."""
QUALITY_POINTS = 10
CLIP_DB = 3.0
SILENCE_DB = 6.0
ANTENNA_DB = 5.0
BATTERY_MINUTES = 5
BATTERY_PERCENT = 3
BATTERY_BARS = 1
RUNTIME_MINUTES = 10.0
"""Of a pack that was not expected to last until the break."""
LAG_S = 0.1
CLOCK_S = 1.0
SPARE_PACKS = 1


def is_within_deadband(cause: ProblemCode, state: ChannelState) -> bool:
    """Whether a channel is beyond the threshold of ``cause``, but not far enough to clear its alarm."""
    check = _CHECKS.get(cause)
    return check is not None and check(state)


def is_bay_within_deadband(cause: ProblemCode, bay: Bay, thresholds: BatteryThresholds) -> bool:
    """The same of a pack that a server reports."""
    if cause is ProblemCode.BATTERY_CRITICAL:
        return _is_critical(bay.battery, thresholds)
    return cause is ProblemCode.BATTERY_LOW and _is_low(bay.battery, thresholds)


def _is_rf_below(state: ChannelState, limit_dbm: float, limit_percent: int) -> bool:
    dbm, percent = state.meters.rf_dbm, state.meters.rf_percent
    if dbm is not None:
        return dbm < limit_dbm + RF_DB
    return percent is not None and percent < limit_percent + RF_PERCENT


def _is_quality_low(state: ChannelState) -> bool:
    quality = state.meters.quality_percent
    return quality is not None and quality < state.thresholds.quality_low_percent + QUALITY_POINTS


def _is_loud(state: ChannelState) -> bool:
    peak = state.audio_peak_dbfs
    return peak is not None and peak >= state.thresholds.audio_clip_dbfs - CLIP_DB


def _is_critical(battery: Battery | None, thresholds: BatteryThresholds) -> bool:
    return _is_charge_below(
        battery, thresholds.critical_minutes, thresholds.critical_percent, thresholds.critical_bars
    )


def _is_low(battery: Battery | None, thresholds: BatteryThresholds) -> bool:
    return _is_charge_below(battery, thresholds.low_minutes, thresholds.low_percent, thresholds.low_bars)


def _is_charge_below(battery: Battery | None, minutes: int, percent: int, bars: int) -> bool:
    if battery is None:
        return False
    if battery.minutes is not None:
        return battery.minutes < minutes + BATTERY_MINUTES
    if battery.percent is not None:
        return battery.percent <= percent + BATTERY_PERCENT
    return battery.bars is not None and battery.bars <= bars + BATTERY_BARS


_CHECKS: Mapping[ProblemCode, Callable[[ChannelState], bool]] = {
    ProblemCode.RF_CRITICAL: lambda state: _is_rf_below(
        state, state.thresholds.rf_critical_dbm, state.thresholds.rf_critical_percent
    ),
    ProblemCode.RF_LOW: lambda state: _is_rf_below(
        state, state.thresholds.rf_low_dbm, state.thresholds.rf_low_percent
    ),
    ProblemCode.QUALITY_LOW: _is_quality_low,
    ProblemCode.AUDIO_CLIP: _is_loud,
    ProblemCode.BATTERY_CRITICAL: lambda state: _is_critical(state.battery, state.thresholds.battery),
    ProblemCode.BATTERY_LOW: lambda state: _is_low(state.battery, state.thresholds.battery),
}
