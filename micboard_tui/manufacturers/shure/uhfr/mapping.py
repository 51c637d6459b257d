"""From UHF-R's words to ours (docs/reference/protocols/shure.md 9). Pure."""

from collections.abc import Mapping, Sequence

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.shure.strings.values import (
    bare_name,
    bars,
    count,
    number,
    offset,
    switch,
    word,
)

Words = Mapping[str, str]

MAX_CHANNELS = 2
MAX_FREQUENCY_KHZ = 999_999
MAX_ATTENUATION_DB = 32
SAMPLE_WORDS = 5
_STRONGEST, _WEAKEST = 20, 120
"""Codes of RF that are levels; known are 020 to 100 (docs/reference/protocols/shure.md 9.3)."""
_ANTENNAS = {"AX": "A", "XB": "B", "AB": "AB", "XX": ""}
_LEDS, _LED_DB = 8, 6.0
"""That the lamps of the audio meter are 6 dB apart is [inferred], from one bit a lamp."""
_MAX_AUDIO, _CLIPPING = 255, 128


def device(channel_count: int) -> DeviceHeard:
    """It tells nothing of itself but its channels, and there is one model with each number of them.

    Source: docs/reference/protocols/shure.md 9.
    """
    return DeviceHeard(
        kind=DeviceKind.RECEIVER,
        channel_count=channel_count,
        model="UR4D" if channel_count == MAX_CHANNELS else "UR4S",
    )


def facts(words: Words, meter_interval_s: float, *, receives: bool | None) -> ChannelFacts:
    """Everything a channel says but its meters; ``receives``: the last meters show an antenna lit."""
    present = _present(words, receives=receives)
    attenuation_db = number(words.get("AUDIO_GAIN"), MAX_ATTENUATION_DB)
    return ChannelFacts(
        name=bare_name(words.get("CHAN_NAME")),
        frequency_khz=number(words.get("FREQUENCY"), MAX_FREQUENCY_KHZ),
        group_channel=word(words.get("GROUP_CHAN")),
        gain_db=None if attenuation_db is None else -attenuation_db,
        receiver_muted=switch(words.get("MUTE")),
        transmitter_present=present,
        transmitter=_transmitter(words) if present else None,
        meter_interval_s=meter_interval_s,
        raw=tuple(sorted(words.items())),
    )


def _present(words: Words, *, receives: bool | None) -> bool | None:
    """``TX_BAT U`` says that none is there, unless an antenna is lit: then it is only not known.

    Source: docs/reference/protocols/shure.md 15.5.
    """
    battery = words.get("TX_BAT")
    if battery == "U":
        return None if receives else False
    if battery is not None:
        return True
    model = words.get("TX_TYPE")
    return None if model is None else word(model) is not None


def _transmitter(words: Words) -> Transmitter:
    return Transmitter(
        model=word(words.get("TX_TYPE")),
        power_word=word(words.get("TX_POWER")),
        # Minutes and power: one codebase, unverified (docs/reference/protocols/shure.md 9.2).
        battery=Battery(bars=bars(words.get("TX_BAT")) or None, minutes=count(words.get("TX_BAT_MINS"))),
    )


def meters(words: Sequence[str]) -> Meters | None:
    """``antenna rfA rfB battery audio``; None for what has another shape.

    Source: docs/reference/protocols/shure.md 9.3.
    """
    if len(words) != SAMPLE_WORDS:
        return None
    antenna = _ANTENNAS.get(words[0])
    rf_a, rf_b = _rf(words[1]), _rf(words[2])
    levels = [level for level in (rf_a, rf_b) if level is not None]
    audio = number(words[4], _MAX_AUDIO)
    return Meters(
        rf_dbm=max(levels, default=None),
        rf_a_dbm=rf_a,
        rf_b_dbm=rf_b,
        audio_dbfs=None if audio is None else (audio.bit_length() - _LEDS) * _LED_DB,
        antenna=antenna,
        carrier=None if antenna is None else antenna != "",
        overload=audio is not None and audio >= _CLIPPING,
    )


def _rf(raw: str) -> float | None:
    """A code for decibels below: the lower, the stronger."""
    code = offset(raw, 0, _WEAKEST)
    return None if code is None or code < _STRONGEST else float(-code)
