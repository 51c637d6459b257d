"""From MCP's words to ours: what a device is, says and reads. Pure.

Source: docs/reference/protocols/sennheiser.md 5.4 to 5.7.

Reads the last line of each keyword as the session has collected them, keyed by the keyword, without it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.sennheiser.mcp.values import (
    MAX_PERCENT,
    NO_BATTERY_TELEGRAM,
    Mute,
    audio_dbfs,
    between,
    name,
    number,
    preset,
    rf_percent,
)

Words = Mapping[str, str]

CYCLIC = ("RF1", "RF2", "States", "RF", "AF", "Bat", "Msg", "Config")
"""Lines of the block that comes in every cycle, in its order; an in-ear transmitter says four.

Source: docs/reference/protocols/sennheiser.md 5.4, 5.5.
"""
SETTINGS = ("Name", "Frequency", "Squelch", "AfOut", "Sensitivity", "Mode", "Equalizer", "Mute")
OF_DEVICE = ("FirmwareRevision", "RfConfig")
TELLING = (*SETTINGS, "States", "Bat", "Msg")
"""What a channel's facts are made of, beside its switches."""
MODELS = {DeviceKind.RECEIVER: "EM", DeviceKind.IEM_TRANSMITTER: "SR IEM"}
"""MCP has no word for the model; generations cannot be told apart at all.

Source: docs/reference/protocols/sennheiser.md 5.7.
"""
_OF_EM = ("Squelch", "AfOut", "Bat", "RF", "RF1", "RF2")
_OF_SR = ("Sensitivity", "Mode")
_SR_LEVELS = 4
_ANTENNAS = {1: "A", 2: "B"}
_MAX_FREQUENCY_KHZ = 9_999_999
_MAX_AF_OUT_DB, _MIN_SENSITIVITY_DB = 24, -42


class Switches(NamedTuple):
    """What the meters' lines say that is no meter."""

    mutes: Mute | None = None
    pilot: bool | None = None


def kind(words: Words) -> DeviceKind | None:
    """What it is by what it says; None while that could be either.

    Source: docs/reference/protocols/sennheiser.md 5.7.
    """
    if any(each in words for each in _OF_EM):
        return DeviceKind.RECEIVER
    if any(each in words for each in _OF_SR) or len(words.get("AF", "").split()) >= _SR_LEVELS:
        return DeviceKind.IEM_TRANSMITTER
    return None


def device(of_kind: DeviceKind, words: Words) -> DeviceHeard:
    """What the device says of itself. It has one channel, whose name is all the name it has."""
    return DeviceHeard(
        kind=of_kind,
        channel_count=1,
        model=MODELS[of_kind],
        own_name=name(words.get("Name")),
        firmware=name(words.get("FirmwareRevision")),
        rf_band=_band(words.get("RfConfig", "").split()),
        raw=_raw(words, OF_DEVICE),
    )


def _band(limits: list[str]) -> str | None:
    """``566000 608000 25``, three words for each part of a band with gaps.

    Source: docs/reference/protocols/sennheiser.md 5.6.
    """
    lowest, highest = number(limits, 0), number(limits, len(limits) - 2 if limits else 0)
    if lowest is None or highest is None or lowest >= highest:
        return None
    return f"{lowest / 1000:g}-{highest / 1000:g} MHz"


def facts(of_kind: DeviceKind, words: Words, meter_interval_s: float | None) -> ChannelFacts:
    """Everything the channel says of itself but its meters."""
    told = switches(of_kind, words)
    present = _is_present(of_kind, words, told)
    tuned = words.get("Frequency", "").split()
    return ChannelFacts(
        name=name(words.get("Name")),
        frequency_khz=between(number(tuned, 0), 1, _MAX_FREQUENCY_KHZ),
        group_channel=preset(tuned),
        gain_db=_gain(of_kind, words),
        receiver_muted=_is_muted(of_kind, words, told),
        transmitter_present=present,
        transmitter=_transmitter(words, told) if present and of_kind is DeviceKind.RECEIVER else None,
        meter_interval_s=meter_interval_s,
        raw=_raw(words, TELLING),
    )


def switches(of_kind: DeviceKind, words: Words) -> Switches:
    """Mutes and pilot as they are now. A receiver's ``States`` tells of a whole cycle, so it is only raw."""
    if of_kind is DeviceKind.IEM_TRANSMITTER:
        # One number for the only mute it has: its RF (docs/reference/protocols/sennheiser.md 5.5).
        rf_off = between(number(words.get("States", "").split(), 0), 0, 1)
        return Switches(None if rf_off is None else Mute.RF if rf_off else Mute(0))
    mutes = between(number(words.get("AF", "").split(), 2), 0, 15)
    pilot = between(number(words.get("RF", "").split(), 2), 0, 1)
    return Switches(None if mutes is None else Mute(mutes), None if pilot is None else bool(pilot))


def _is_present(of_kind: DeviceKind, words: Words, told: Switches) -> bool | None:
    """Whether a transmitter is there. Its battery telegram and its pilot speak for it.

    Source: docs/reference/protocols/sennheiser.md 5.4, 7.

    Without both there is none, unless something gets through the squelch: that may be one whose pilot
    is not evaluated, and the receiver does not say.
    """
    if of_kind is DeviceKind.IEM_TRANSMITTER or told.pilot or _percent(words) is not None:
        return True
    if "Bat" not in words:
        return None
    return None if told.mutes is not None and Mute.RF not in told.mutes else False


def _is_muted(of_kind: DeviceKind, words: Words, told: Switches) -> bool | None:
    """The switch or the meters' line, whichever says so: one of the two may be a datagram late."""
    switch = between(number(words.get("Mute", "").split(), 0), 0, 1)
    if switch is None and told.mutes is None:
        return None
    own = Mute.RF if of_kind is DeviceKind.IEM_TRANSMITTER else Mute.RECEIVER
    return bool(switch) or (told.mutes is not None and own in told.mutes)


def _gain(of_kind: DeviceKind, words: Words) -> int | None:
    """A receiver's output level, an in-ear transmitter's sensitivity.

    Source: docs/reference/protocols/sennheiser.md 5.6, 7.
    """
    if of_kind is DeviceKind.IEM_TRANSMITTER:
        return between(number(words.get("Sensitivity", "").split(), 0), _MIN_SENSITIVITY_DB, 0)
    return between(number(words.get("AfOut", "").split(), 0), -_MAX_AF_OUT_DB, _MAX_AF_OUT_DB)


def _transmitter(words: Words, told: Switches) -> Transmitter:
    return Transmitter(
        muted=None if told.mutes is None else Mute.TRANSMITTER in told.mutes,
        battery=Battery(percent=_percent(words)),
    )


def _percent(words: Words) -> int | None:
    """0, 30, 70 or 100; 0 is low, with its warning on."""
    told = words.get("Bat", NO_BATTERY_TELEGRAM)
    return None if told == NO_BATTERY_TELEGRAM else between(number(told.split(), 0), 0, MAX_PERCENT)


def meters(of_kind: DeviceKind, words: Words) -> Meters:
    """One block."""
    audio = words.get("AF", "").split()
    peaks = [number(audio, 0), number(audio, 1) if of_kind is DeviceKind.IEM_TRANSMITTER else None]
    peak = max((each for each in peaks if each is not None), default=None)
    overload = "AF_Peak" in words.get("Msg", "").split() or (peak is not None and peak > MAX_PERCENT)
    if of_kind is DeviceKind.IEM_TRANSMITTER:
        return Meters(audio_dbfs=audio_dbfs(peak), carrier=True, overload=overload)
    told = switches(of_kind, words)
    now = words.get("RF", "").split()
    antenna = _ANTENNAS.get(number(now, 1) or 0)
    carrier = told.pilot if told.mutes is None else Mute.RF not in told.mutes
    return Meters(
        audio_dbfs=audio_dbfs(peak),
        antenna="" if carrier is False else antenna,
        carrier=carrier,
        overload=overload,
        rf_a_percent=_level(words, "RF1", now, antenna == "A"),
        rf_b_percent=_level(words, "RF2", now, antenna == "B"),
    )


def _level(words: Words, line: str, now: list[str], in_use: bool) -> int | None:  # noqa: FBT001 - of a table
    """The level now of the antenna in use; of the other its highest since the last block.

    Source: docs/reference/protocols/sennheiser.md 5.4.
    """
    level = number(now, 0) if in_use else number(words.get(line, "").split(), 1)
    return rf_percent(level)


def _raw(words: Words, keywords: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((each, words[each].strip()) for each in sorted(keywords) if each in words)
