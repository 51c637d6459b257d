"""Digital 6000 receivers: EM 6000 and EM 6000 Dante (docs/reference/protocols/sennheiser.md 3.1)."""

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Encryption, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    IDENTITY,
    MAX_CHANNELS,
    Band,
    Controls,
    Family,
    Flash,
    Group,
    Presence,
    Subject,
    below,
    numbered,
    run_length,
)
from micboard_tui.manufacturers.sennheiser.ssc.mapping import carried, present
from micboard_tui.manufacturers.sennheiser.ssc.values import flag, item, text, tokens, whole
from micboard_tui.protocols.ssc.messages import Json

METERS = "/mm"
"""Both channels at once, nine bytes each."""
MAX_KHZ = 1_999_000
MAX_BYTE = 255
_FIELDS = 9
_CARRIERS = numbered("/rx{n}/carrier", range(1, MAX_CHANNELS + 1))
_PERCENT = {"100%": 100, "70%": 70, "30%": 30}
_LOW_BARS = 1
"""The step ``low`` is no percentage; with one bar it counts as critical. [inferred]"""
_MAX_HOURS = 100


def _channel_addresses(n: int) -> tuple[str, ...]:
    return below(
        f"/rx{n}", "name", "carrier", "active_bank_channel", "audio_mute", "encryption", "active_warnings"
    )


def _transmitter_addresses(n: int) -> tuple[str, ...]:
    return below(f"/rx{n}/skx", "type", "battery", "name", "lowcut", "gain", "capsule", "cable_emulation")


def _groups(count: int) -> tuple[Group, ...]:
    numbers = range(1, count + 1)
    # The guide does not say which of them can be subscribed; what cannot is answered 406 and stays asked.
    return (
        Group(0, (DEVICE_NAME, "/sys/clock"), IDENTITY),
        *(Group(n, _channel_addresses(n)) for n in numbers),
        *(Group(n, _transmitter_addresses(n), subject=Subject.TRANSMITTER) for n in numbers),
        Group(0, (METERS,), subject=Subject.METERS),
    )


def _link(words: Words, n: int) -> bool | None:
    warnings = tokens(words.get(f"/rx{n}/active_warnings"))
    if warnings is not None and "nolink" in warnings:
        return False
    levels = _levels(words, n)
    if levels is not None:
        return bool(levels[4] or levels[5] or levels[6])
    if warnings is not None:
        return True
    battery = words.get(f"/rx{n}/skx/battery")
    return bool(battery) if isinstance(battery, list) else None


def _levels(words: Words, n: int) -> list[int] | None:
    """RF1, its peak, RF2, its peak, DIV1, DIV2, LQI, AF, its peak; None when not told."""
    told = item(words.get(METERS), n - 1)
    if not isinstance(told, list) or len(told) < _FIELDS:
        return None
    levels = [whole(each, 0, MAX_BYTE) for each in told[:_FIELDS]]
    known = [each for each in levels if each is not None]
    return known if len(known) == _FIELDS else None


def _meters(words: Words, n: int) -> Meters | None:
    levels = _levels(words, n)
    if levels is None:
        return None
    if not any(levels):
        # Nine zeros are no levels but the word for "no signal".
        return Meters(antenna="", carrier=False)
    rf1, _, rf2, _, div1, div2, lqi, af, af_peak = levels
    rf_a_dbm, rf_b_dbm = _dbm(rf1), _dbm(rf2)
    return Meters(
        max(rf_a_dbm, rf_b_dbm),
        rf_a_dbm,
        rf_b_dbm,
        (af + 1) / 2 - 128,
        ("A" if div1 else "") + ("B" if div2 else ""),
        _link(words, n),
        round(lqi * 100 / MAX_BYTE),
        bool(af_peak),
    )


def _dbm(byte: int) -> float:
    return (byte - MAX_BYTE) / 2


def _facts(words: Words, n: int, presence: Presence) -> ChannelFacts:
    return ChannelFacts(
        name=text(words.get(f"/rx{n}/name")),
        frequency_khz=whole(words.get(f"/rx{n}/carrier"), 1, MAX_KHZ),
        group_channel=_preset(words.get(f"/rx{n}/active_bank_channel")),
        receiver_muted=flag(words.get(f"/rx{n}/audio_mute")),
        encryption=_encryption(words, n),
        transmitter_present=present(presence),
        transmitter=carried(presence, _transmitter(words, f"/rx{n}/skx")),
        raw=words.raw((*_channel_addresses(n), *_transmitter_addresses(n))),
    )


def _transmitter(words: Words, branch: str) -> Transmitter:
    return Transmitter(
        model=text(item(words.get(f"{branch}/type"), 0)),
        name=text(words.get(f"{branch}/name")),
        offset_db=whole(words.get(f"{branch}/gain"), -60, 60),
        battery=_battery(words.get(f"{branch}/battery")),
    )


def _battery(raw: Json) -> Battery:
    """``["70%", "5:12"]``: a step of four, and hours and minutes, which are ``-:--`` when unknown."""
    if not isinstance(raw, list) or not raw:
        return Battery()
    step = (text(raw[0]) or "").lower()
    return Battery(
        percent=_PERCENT.get(step),
        bars=_LOW_BARS if step == "low" else None,
        minutes=_minutes(text(item(raw, 1))),
    )


def _minutes(time: str | None) -> int | None:
    hours, _, minutes = (time or "").partition(":")
    if not (hours.isascii() and minutes.isascii() and hours.isdigit() and minutes.isdigit()):
        return None
    told = whole(hours, 0, _MAX_HOURS), whole(minutes, 0, 59)
    return None if told[0] is None or told[1] is None else told[0] * 60 + told[1]


def _encryption(words: Words, n: int) -> Encryption | None:
    if "aes256error" in (tokens(words.get(f"/rx{n}/active_warnings")) or ()):
        return Encryption.MISMATCH
    on = flag(words.get(f"/rx{n}/encryption"))
    return None if on is None else (Encryption.ON if on else Encryption.OFF)


def _preset(raw: Json) -> str | None:
    if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004 - bank and channel
        return None
    bank, channel = text(raw[0]), text(raw[1])
    return None if bank in {None, "--"} or channel is None else f"{bank},{channel}"


DIGITAL_6000 = Family(
    title="Digital 6000",
    kind=DeviceKind.RECEIVER,
    mark=_CARRIERS[0],
    marks=lambda value: whole(value, 1, MAX_KHZ) is not None,
    counted=_CARRIERS,
    count=lambda words: run_length(words, _CARRIERS),
    groups=_groups,
    facts=_facts,
    meters=_meters,
    link=_link,
    controls=Controls(
        device_name=DEVICE_NAME,
        channel_name="/rx{n}/name",
        mute="/rx{n}/audio_mute",
        frequency=Band("/rx{n}/carrier", 470_100, 713_900),
        flash_unit=lambda n: Flash(f"/rx{n}/identify"),
    ),
)
