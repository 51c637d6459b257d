"""How many channels a number would mark now, before it is set. Pure."""

from collections.abc import Callable, Iterable, Mapping

from micboard_tui.domain.battery import NO_BATTERY
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.threshold_set import ThresholdName


def count_marked(name: ThresholdName, value: float, states: Iterable[ChannelState]) -> int:
    """How many channels on the air; a value that is not known marks none."""
    level_of, is_beyond = _LEVELS[name]
    return sum(
        (level := level_of(state)) is not None and is_beyond(level, value)
        for state in states
        if state.link_state in ON_AIR and not state.expected_off
    )


def _is_below(level: float, value: float) -> bool:
    return level < value


def _is_down_to(level: float, value: float) -> bool:
    return level <= value


def _is_up_to(level: float, value: float) -> bool:
    return level >= value


def _minutes_of(state: ChannelState) -> float | None:
    return (state.battery or NO_BATTERY).minutes


def _percent_of(state: ChannelState) -> float | None:
    """A battery is judged by the best form in which it is known."""
    battery = state.battery or NO_BATTERY
    return battery.percent if battery.minutes is None else None


def _bars_of(state: ChannelState) -> float | None:
    battery = state.battery or NO_BATTERY
    return battery.bars if battery.minutes is None and battery.percent is None else None


def _rf_of(state: ChannelState) -> float | None:
    return state.meters.rf_dbm


def _rf_percent_of(state: ChannelState) -> float | None:
    return state.meters.rf_percent


def _peak_of(state: ChannelState) -> float | None:
    return state.meters.audio_dbfs if state.audio_peak_dbfs is None else state.audio_peak_dbfs


_LEVELS: Mapping[
    ThresholdName, tuple[Callable[[ChannelState], float | None], Callable[[float, float], bool]]
] = {
    ThresholdName.BATTERY_CRITICAL_MINUTES: (_minutes_of, _is_below),
    ThresholdName.BATTERY_LOW_MINUTES: (_minutes_of, _is_below),
    ThresholdName.BATTERY_CRITICAL_PERCENT: (_percent_of, _is_down_to),
    ThresholdName.BATTERY_LOW_PERCENT: (_percent_of, _is_down_to),
    ThresholdName.BATTERY_CRITICAL_BARS: (_bars_of, _is_down_to),
    ThresholdName.BATTERY_LOW_BARS: (_bars_of, _is_down_to),
    ThresholdName.RF_CRITICAL_DBM: (_rf_of, _is_below),
    ThresholdName.RF_LOW_DBM: (_rf_of, _is_below),
    ThresholdName.RF_CRITICAL_PERCENT: (_rf_percent_of, _is_below),
    ThresholdName.RF_LOW_PERCENT: (_rf_percent_of, _is_below),
    ThresholdName.QUALITY_LOW_PERCENT: (lambda state: state.meters.quality_percent, _is_below),
    ThresholdName.AUDIO_CLIP_DBFS: (_peak_of, _is_up_to),
    ThresholdName.AUDIO_SOUND_DBFS: (_peak_of, _is_up_to),
}
