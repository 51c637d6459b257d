"""The series of one device and its channels. Pure.

What is unknown, past or overdue has no series, so that no rule and no picture takes it for a value. A channel
has about 16 lines, and 4,000 of them are written while the boards and pages of a show wait: this is why the
lines are joined here by hand and not by prometheus_client, which takes fifty times as long.
"""

from collections.abc import Sequence
from math import isfinite

from micboard_tui.api.metrics.families import (
    AUDIO_DBFS,
    BATTERY_RATIO,
    BATTERY_REMAINING,
    CHANNEL_INFO,
    DEVICE_UP,
    LINK_STATE,
    OBSERVED,
    QUALITY_RATIO,
    RF_DBM,
    SeriesLines,
    escape,
)
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import UNREADABLE, DeviceSnapshot
from micboard_tui.domain.link_state import OUT_OF_REACH, WITHOUT_CARRIER, LinkState

_STATES: Sequence[tuple[LinkState, str]] = [(state, f'state="{state.value}"') for state in LinkState]


def add_device(lines: SeriesLines, snapshot: DeviceSnapshot, now: float) -> None:
    """Add all series of a device as it is at ``now``, seconds since the epoch."""
    device, state = snapshot.device, snapshot.state
    if state.is_online or state.status in UNREADABLE:
        lines.add(
            DEVICE_UP,
            int(state.is_online),
            device.id,
            device.manufacturer,
            state.model or "",
            snapshot.location or "",
        )
    name = escape(device.id)
    for channel in snapshot.channels:
        labels = f'device="{name}",channel="{channel.number}"'
        _add_channel(lines, channel, labels)
        if state.is_online and channel.link_state not in OUT_OF_REACH:
            if not channel.is_stale(now):
                _add_meters(lines, channel, labels)
            if channel.link_state not in WITHOUT_CARRIER:
                _add_battery(lines, channel, labels)


def _add_channel(lines: SeriesLines, state: ChannelState, labels: str) -> None:
    title, performer = escape(state.facts.name or ""), state.performer
    worn_by = escape(performer.name) if performer else ""
    lines.of[CHANNEL_INFO.name].append(
        f'{CHANNEL_INFO.name}{{{labels},name="{title}",performer="{worn_by}"}} 1'
    )
    current = state.link_state
    lines.of[LINK_STATE.name] += [
        f"micboard_channel_link_state{{{labels},{label}}} {1 if each is current else 0}"
        for each, label in _STATES
    ]
    if state.observed_at is not None:
        lines.of[OBSERVED.name].append(f"{OBSERVED.name}{{{labels}}} {state.observed_at:.3f}")


def _add_meters(lines: SeriesLines, state: ChannelState, labels: str) -> None:
    meters = state.meters
    levels = (("best", meters.rf_dbm), ("A", meters.rf_a_dbm), ("B", meters.rf_b_dbm))
    for antenna, level in levels:
        if level is not None and isfinite(level):
            lines.of[RF_DBM.name].append(f'{RF_DBM.name}{{{labels},antenna="{antenna}"}} {level}')
    if meters.audio_dbfs is not None and isfinite(meters.audio_dbfs):
        lines.of[AUDIO_DBFS.name].append(f"{AUDIO_DBFS.name}{{{labels}}} {meters.audio_dbfs}")
    if meters.quality_percent is not None:
        lines.of[QUALITY_RATIO.name].append(
            f"{QUALITY_RATIO.name}{{{labels}}} {meters.quality_percent / 100}"
        )


def _add_battery(lines: SeriesLines, state: ChannelState, labels: str) -> None:
    battery = state.battery
    if battery is None:
        return
    if (share := battery.share) is not None:
        lines.of[BATTERY_RATIO.name].append(f"{BATTERY_RATIO.name}{{{labels}}} {share}")
    if battery.minutes is not None:
        lines.of[BATTERY_REMAINING.name].append(
            f"{BATTERY_REMAINING.name}{{{labels}}} {battery.minutes * 60}"
        )
