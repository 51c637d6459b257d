"""From MCP's lines to our values: what a device is, its facts and its meters. Pure.

Source: docs/reference/protocols/sennheiser.md 5.4 to 5.7.

Reads the last line of each keyword as the session has collected them, by keyword, without the keyword.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.battery import BARS, NO_BATTERY, Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.domain.value_ranges import MAX_FREQUENCY_KHZ
from micboard_tui.manufacturers.sennheiser.mcp.values import (
    MAX_PERCENT,
    NO_BATTERY_TELEGRAM,
    Mute,
    audio_dbfs_of,
    drop_outside,
    limit_rf_percent,
    parse_name,
    parse_number,
    parse_preset,
)
from micboard_tui.manufacturers.sennheiser.warning_tokens import (
    AUDIO_PEAK,
    NO_TOKENS,
    Tokens,
    device_warnings_of,
    parse_tokens,
)

Lines: TypeAlias = Mapping[str, str]

BLOCK_KEYWORDS = ("RF1", "RF2", "States", "RF", "AF", "Bat", "Msg", "Config")
"""Lines of the block that comes in every cycle, in its order; an in-ear transmitter sends four.

Source: docs/reference/protocols/sennheiser.md 5.4, 5.5.
"""
SETTING_KEYWORDS = ("Name", "Frequency", "Squelch", "AfOut", "Sensitivity", "Mode", "Equalizer", "Mute")
DEVICE_KEYWORDS = ("FirmwareRevision", "RfConfig")
TELLTALE_KEYWORDS = ("AfOut", "Sensitivity")
"""Receivers have the one, in-ear transmitters the other."""
WANTED_KEYWORDS = {
    DeviceKind.RECEIVER: ("Name", "Frequency", "AfOut", "Mute", *DEVICE_KEYWORDS),
    DeviceKind.IEM_TRANSMITTER: ("Name", "Frequency", "Sensitivity", "Mute", *DEVICE_KEYWORDS),
}
"""What is asked for singly when it was not told; the others are only shown as they are."""
FACT_KEYWORDS = (*SETTING_KEYWORDS, "States", "Bat", "Msg")
"""What a channel's facts are made of, beside its switches."""
MODELS = {DeviceKind.RECEIVER: "EM", DeviceKind.IEM_TRANSMITTER: "SR IEM"}
"""MCP does not report the model; generations cannot be distinguished.

Source: docs/reference/protocols/sennheiser.md 5.7.
"""
_RECEIVER_KEYWORDS = ("Squelch", "AfOut", "Bat", "RF", "RF1", "RF2")
_IEM_KEYWORDS = ("Sensitivity", "Mode")
_IEM_LEVELS = 4
_ANTENNAS = {1: "A", 2: "B"}

_MAX_AF_OUT_DB, _MIN_SENSITIVITY_DB = 24, -42


class Switches(NamedTuple):
    """The part of a block that is no meter."""

    mutes: Mute | None = None
    pilot: bool | None = None


def kind_of(lines: Lines) -> DeviceKind | None:
    """What it is by the keywords that it has; None while it could be either.

    Source: docs/reference/protocols/sennheiser.md 5.7.
    """
    if any(keyword in lines for keyword in _RECEIVER_KEYWORDS):
        return DeviceKind.RECEIVER
    if any(keyword in lines for keyword in _IEM_KEYWORDS) or len(lines.get("AF", "").split()) >= _IEM_LEVELS:
        return DeviceKind.IEM_TRANSMITTER
    return None


def device_of(kind: DeviceKind, lines: Lines) -> DeviceHeard:
    """What the device reports of itself. It has one channel, whose name is all the name it has."""
    return DeviceHeard(
        kind=kind,
        channel_count=1,
        model=MODELS[kind],
        own_name=parse_name(lines.get("Name")),
        firmware=parse_name(lines.get("FirmwareRevision")),
        rf_band=_format_band(lines.get("RfConfig", "").split()),
        raw=_raw_values(lines, DEVICE_KEYWORDS),
    )


def _format_band(limits: list[str]) -> str | None:
    """``566000 608000 25``, three arguments for each part of a band with gaps.

    Source: docs/reference/protocols/sennheiser.md 5.6.
    """
    lowest, highest = parse_number(limits, 0), parse_number(limits, len(limits) - 2 if limits else 0)
    if lowest is None or highest is None or lowest >= highest:
        return None
    return f"{lowest / 1000:g}-{highest / 1000:g} MHz"


def facts_of(kind: DeviceKind, lines: Lines, meter_interval_s: float | None) -> ChannelFacts:
    """Everything that is known of the channel but its meters."""
    switches = switches_of(kind, lines)
    is_present = _is_present(kind, lines, switches)
    tuning = lines.get("Frequency", "").split()
    return ChannelFacts(
        name=parse_name(lines.get("Name")),
        frequency_khz=drop_outside(parse_number(tuning, 0), 1, MAX_FREQUENCY_KHZ),
        group_channel=parse_preset(tuning),
        gain_db=_gain_of(kind, lines),
        receiver_muted=_is_muted(kind, lines, switches),
        transmitter_present=is_present,
        transmitter=_transmitter_of(lines, switches) if is_present and kind is DeviceKind.RECEIVER else None,
        device_warnings=device_warnings_of(_warnings_of(lines)),
        meter_interval_s=meter_interval_s,
        raw=_raw_values(lines, FACT_KEYWORDS),
    )


def _warnings_of(lines: Lines) -> Tokens:
    """One or more terms, separated by blanks (docs/reference/protocols/sennheiser.md 5.4)."""
    return parse_tokens(lines.get("Msg", "").split()) or NO_TOKENS


def switches_of(kind: DeviceKind, lines: Lines) -> Switches:
    """Mutes and pilot as they are now. A receiver's ``States`` covers a whole cycle, so it is only raw."""
    if kind is DeviceKind.IEM_TRANSMITTER:
        # One number for the only mute it has: its RF (docs/reference/protocols/sennheiser.md 5.5).
        rf_off = drop_outside(parse_number(lines.get("States", "").split(), 0), 0, 1)
        return Switches(None if rf_off is None else Mute.RF if rf_off else Mute(0))
    mutes = drop_outside(parse_number(lines.get("AF", "").split(), 2), 0, 15)
    pilot = drop_outside(parse_number(lines.get("RF", "").split(), 2), 0, 1)
    return Switches(None if mutes is None else Mute(mutes), None if pilot is None else bool(pilot))


def _is_present(kind: DeviceKind, lines: Lines, switches: Switches) -> bool | None:
    """Whether a transmitter is there. Its battery telegram and its pilot show it.

    Source: docs/reference/protocols/sennheiser.md 5.4, 7.

    Without both there is none, unless something gets through the squelch: that may be one whose pilot
    is not evaluated, and the receiver does not say.
    """
    if kind is DeviceKind.IEM_TRANSMITTER or switches.pilot or _battery_of(lines).is_known:
        return True
    if "Bat" not in lines:
        return None
    return None if switches.mutes is not None and Mute.RF not in switches.mutes else False


def _is_muted(kind: DeviceKind, lines: Lines, switches: Switches) -> bool | None:
    """The switch or the block's line, whichever says so: one of the two may be a datagram late."""
    switch = drop_outside(parse_number(lines.get("Mute", "").split(), 0), 0, 1)
    if switch is None and switches.mutes is None:
        return None
    own_mute = Mute.RF if kind is DeviceKind.IEM_TRANSMITTER else Mute.RECEIVER
    return bool(switch) or (switches.mutes is not None and own_mute in switches.mutes)


def _gain_of(kind: DeviceKind, lines: Lines) -> int | None:
    """A receiver's output level, an in-ear transmitter's sensitivity.

    Source: docs/reference/protocols/sennheiser.md 5.6, 7.
    """
    if kind is DeviceKind.IEM_TRANSMITTER:
        return drop_outside(parse_number(lines.get("Sensitivity", "").split(), 0), _MIN_SENSITIVITY_DB, 0)
    return drop_outside(parse_number(lines.get("AfOut", "").split(), 0), -_MAX_AF_OUT_DB, _MAX_AF_OUT_DB)


def _transmitter_of(lines: Lines, switches: Switches) -> Transmitter:
    return Transmitter(
        muted=None if switches.mutes is None else Mute.TRANSMITTER in switches.mutes,
        battery=_battery_of(lines),
    )


def _battery_of(lines: Lines) -> Battery:
    """0, 30, 70 or 100 percent; 0 is low, with its warning on.

    1 to 5 is no step of percent and counts as bars. [unverified]

    Source: docs/reference/protocols/sennheiser.md 5.4, 13.
    """
    battery = lines.get("Bat", NO_BATTERY_TELEGRAM)
    if battery == NO_BATTERY_TELEGRAM:
        return NO_BATTERY
    level = drop_outside(parse_number(battery.split(), 0), 0, MAX_PERCENT)
    if level is not None and 1 <= level <= BARS:
        return Battery(bars=level)
    return Battery(percent=level)


def meters_of(kind: DeviceKind, lines: Lines) -> Meters:
    """The meters of one block."""
    audio = lines.get("AF", "").split()
    channels = [
        parse_number(audio, 0),
        parse_number(audio, 1) if kind is DeviceKind.IEM_TRANSMITTER else None,
    ]
    peak = max((level for level in channels if level is not None), default=None)
    overload = AUDIO_PEAK in _warnings_of(lines) or (peak is not None and peak > MAX_PERCENT)
    if kind is DeviceKind.IEM_TRANSMITTER:
        return Meters(audio_dbfs=audio_dbfs_of(peak), carrier=True, overload=overload)
    switches = switches_of(kind, lines)
    rf = lines.get("RF", "").split()
    antenna = _ANTENNAS.get(parse_number(rf, 1) or 0)
    carrier = switches.pilot if switches.mutes is None else Mute.RF not in switches.mutes
    # The level now of the antenna in use; of the other its highest since the last block.
    # docs/reference/protocols/sennheiser.md 5.4
    now = parse_number(rf, 0)
    level_a = now if antenna == "A" else parse_number(lines.get("RF1", "").split(), 1)
    level_b = now if antenna == "B" else parse_number(lines.get("RF2", "").split(), 1)
    return Meters(
        audio_dbfs=audio_dbfs_of(peak),
        antenna=None if carrier is False else antenna,
        carrier=carrier,
        overload=overload,
        rf_a_percent=limit_rf_percent(level_a),
        rf_b_percent=limit_rf_percent(level_b),
    )


def _raw_values(lines: Lines, keywords: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((keyword, lines[keyword].strip()) for keyword in sorted(keywords) if keyword in lines)
