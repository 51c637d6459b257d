"""Which tone a value is shown in, how far its bar is filled, and texts cut to a width. Pure."""

from functools import lru_cache

from rich.cells import cell_len, set_cell_size

from micboard_tui.domain.battery import LOW_LEVELS, Battery, BatteryLevel, battery_level
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.bay_problem import judge_bay
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, Severity, judge_battery
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.signal_level import SignalLevel, rf_level_of_dbm, rf_level_of_percent
from micboard_tui.domain.thresholds import BatteryThresholds, Thresholds

MOST_TEXTS = 2048
"""Texts that are remembered as they were cut."""
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
STATE_TONES = {
    LinkState.REFUSED: "critical",
    LinkState.OFFLINE: "critical",
    LinkState.RF_LOST: "critical",
    LinkState.TRANSMITTER_OFF: "dim",
    LinkState.MUTED: "muted",
    LinkState.DOCKED: "dim",
    LinkState.LIVE: "live",
    LinkState.UNKNOWN: "dim",
}
BAY_TONES = {
    BayState.READY: "live",
    BayState.CHARGING: "text",
    BayState.STORED: "muted",
    BayState.IN_USE: "text",
    BayState.FAULT: "critical",
    BayState.EMPTY: "dim",
    BayState.UNKNOWN: "dim",
}
LEVEL_TONES = {
    BatteryLevel.CRITICAL: "critical",
    BatteryLevel.LOW: "warning",
    BatteryLevel.OK: "live",
    BatteryLevel.UNKNOWN: "dim",
}
SIGNAL_TONES = {
    SignalLevel.CRITICAL: "critical",
    SignalLevel.LOW: "warning",
    SignalLevel.OK: "live",
    SignalLevel.UNKNOWN: "dim",
}
RF_BOTTOM_DBM, RF_TOP_DBM = -100.0, -20.0
AUDIO_BOTTOM_DBFS = -50.0
AUDIO_HOT_DBFS = -6.0
"""From here on the audio bar is close to full scale."""
HOT_SHARE = AUDIO_HOT_DBFS / AUDIO_BOTTOM_DBFS
"""Of a whole audio bar."""


def bay_state_text(bay: Bay, thresholds: Thresholds) -> str:
    """What a bay is, or how low the battery of a pack in use is, which matters more."""
    level = judge_bay(bay, thresholds)
    return level.value if level in LOW_LEVELS else bay_name(bay.state)


def bay_name(state: BayState) -> str:
    return "not heard" if state is BayState.UNKNOWN else state.value.replace("_", " ")


def bay_tone(bay: Bay, thresholds: Thresholds) -> str:
    level = judge_bay(bay, thresholds)
    return LEVEL_TONES[level] if level in LOW_LEVELS else BAY_TONES[bay.state]


@lru_cache(MOST_TEXTS)
def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """A text from anywhere, harmless and exactly ``width`` cells wide; what is cut off ends in a mark.

    Remembered, since names and titles are drawn again and again.
    """
    shown = visible(text)
    if cell_len(shown) <= width:
        return set_cell_size(shown, width)
    if width <= 1:
        return set_cell_size(ellipsis, width)
    return set_cell_size(set_cell_size(shown, width - 1).rstrip() + ellipsis, width)


def channel_name(state: ChannelState, device_title: str) -> str:
    """Who wears it or what it is called, else its device and number."""
    return visible(state.display_name or channel_label(device_title, state.number))


def battery_tone(battery: Battery | None, thresholds: BatteryThresholds) -> str:
    return LEVEL_TONES[battery_level(battery, thresholds)]


def charge_tone(state: ChannelState) -> str:
    """Of the battery of a channel's pack, of which the device may warn."""
    return LEVEL_TONES[judge_battery(state)]


def rf_share(dbm: float | None) -> float | None:
    return None if dbm is None else (dbm - RF_BOTTOM_DBM) / (RF_TOP_DBM - RF_BOTTOM_DBM)


def rf_tone(dbm: float | None, thresholds: Thresholds) -> str:
    return SIGNAL_TONES[rf_level_of_dbm(dbm, thresholds)]


def percent_tone(percent: int | None, thresholds: Thresholds) -> str:
    return SIGNAL_TONES[rf_level_of_percent(percent, thresholds)]


def audio_share(dbfs: float | None) -> float | None:
    return None if dbfs is None else 1 - dbfs / AUDIO_BOTTOM_DBFS


def calm_share(dbfs: float | None) -> float | None:
    """How far a level fills the part of an audio bar that is not close to full scale."""
    return None if dbfs is None else (dbfs - AUDIO_BOTTOM_DBFS) / (AUDIO_HOT_DBFS - AUDIO_BOTTOM_DBFS)


def hot_share(dbfs: float | None) -> float | None:
    """How far a level fills the part of an audio bar that is close to full scale."""
    return None if dbfs is None else 1 - dbfs / AUDIO_HOT_DBFS


def severity_tone(code: ProblemCode) -> str:
    return "critical" if code.severity is Severity.CRITICAL else "warning"


def status_tone(status: DeviceStatus) -> str:
    return {
        DeviceStatus.ONLINE: "live",
        DeviceStatus.OFFLINE: "critical",
        DeviceStatus.REFUSED: "critical",
    }.get(status, "dim")
