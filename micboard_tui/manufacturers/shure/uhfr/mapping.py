"""From UHF-R's values to ours (docs/reference/protocols/shure.md 9). Pure."""

from collections.abc import Mapping, Sequence

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.shure.values import (
    parse_bare_name,
    parse_bars,
    parse_count,
    parse_number,
    parse_shifted,
    parse_switch,
    parse_text,
)

Values = Mapping[str, str]

MAX_CHANNELS = 2
MAX_FREQUENCY_KHZ = 999_999
MAX_ATTENUATION_DB = 32
SAMPLE_WORDS = 5
_STRONGEST, _WEAKEST = 20, 120
"""Codes of RF that are levels; known are 020, which is an overload, to 100.

Source: docs/reference/protocols/shure.md 9.3.
"""
_ANTENNAS = {"AX": ("A", True), "XB": ("B", True), "AB": ("AB", True), "XX": (None, False)}
"""The antennas that are lit, and whether one is."""
_LEDS, _LED_DB = 8, 6.0
"""That the lamps of the audio meter are 6 dB apart is [inferred], from one bit a lamp."""
_MAX_AUDIO, _CLIPPING = 255, 128


def device_of(channel_count: int) -> DeviceHeard:
    """It tells nothing of itself but its channels, and there is one model with each number of them.

    Source: docs/reference/protocols/shure.md 9.
    """
    return DeviceHeard(
        kind=DeviceKind.RECEIVER,
        channel_count=channel_count,
        model="UR4D" if channel_count == MAX_CHANNELS else "UR4S",
    )


def facts_of(values: Values, meter_interval_s: float, *, receives: bool | None) -> ChannelFacts:
    """Everything a channel says but its meters; ``receives``: the last meters show an antenna lit."""
    present = _is_present(values, receives=receives)
    attenuation_db = parse_number(values.get("AUDIO_GAIN"), MAX_ATTENUATION_DB)
    return ChannelFacts(
        name=parse_bare_name(values.get("CHAN_NAME")),
        frequency_khz=parse_number(values.get("FREQUENCY"), MAX_FREQUENCY_KHZ),
        group_channel=parse_text(values.get("GROUP_CHAN")),
        gain_db=None if attenuation_db is None else -attenuation_db,
        receiver_muted=parse_switch(values.get("MUTE")),
        transmitter_present=present,
        transmitter=_transmitter_of(values) if present else None,
        meter_interval_s=meter_interval_s,
        raw=tuple(sorted(values.items())),
    )


def _is_present(values: Values, *, receives: bool | None) -> bool | None:
    """``TX_BAT U`` says that none is there, unless an antenna is lit: then it is only not known.

    Source: docs/reference/protocols/shure.md 15.5.
    """
    battery = values.get("TX_BAT")
    if battery == "U":
        return None if receives else False
    if battery is not None:
        return True
    model = values.get("TX_TYPE")
    return None if model is None else parse_text(model) is not None


def _transmitter_of(values: Values) -> Transmitter:
    return Transmitter(
        model=parse_text(values.get("TX_TYPE")),
        power_word=parse_text(values.get("TX_POWER")),
        # Minutes and power: one codebase, unverified (docs/reference/protocols/shure.md 9.2).
        battery=Battery(
            bars=parse_bars(values.get("TX_BAT")) or None, minutes=parse_count(values.get("TX_BAT_MINS"))
        ),
    )


def meters_of(values: Sequence[str]) -> Meters | None:
    """``antenna rfA rfB battery audio``; None for what has another shape.

    Source: docs/reference/protocols/shure.md 9.3.
    """
    if len(values) != SAMPLE_WORDS:
        return None
    antenna, carrier = _ANTENNAS.get(values[0], (None, None))
    rf_a, rf_b = _parse_rf(values[1]), _parse_rf(values[2])
    levels = [level for level in (rf_a, rf_b) if level is not None]
    audio = parse_number(values[4], _MAX_AUDIO)
    return Meters(
        rf_dbm=max(levels, default=None),
        rf_a_dbm=rf_a,
        rf_b_dbm=rf_b,
        audio_dbfs=None if audio is None else (audio.bit_length() - _LEDS) * _LED_DB,
        antenna=antenna,
        carrier=carrier,
        overload=audio is not None and audio >= _CLIPPING,
        rf_overload=bool(levels) and max(levels) >= -_STRONGEST,
    )


def _parse_rf(raw: str) -> float | None:
    """A code for decibels below: the lower, the stronger."""
    code = parse_shifted(raw, 0, _WEAKEST)
    return None if code is None or code < _STRONGEST else float(-code)
