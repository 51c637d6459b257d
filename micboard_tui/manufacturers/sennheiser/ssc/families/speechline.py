"""SpeechLine Digital Wireless: rack receiver and multi-channel receivers.

Source: docs/reference/protocols/sennheiser.md 4.
"""

from collections.abc import Iterable

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    IDENTITY,
    MAX_CHANNELS,
    Controls,
    Family,
    Flash,
    Gain,
    Group,
    Presence,
    Subject,
    below,
    numbered,
    run_length,
)
from micboard_tui.manufacturers.sennheiser.ssc.mapping import carried, present
from micboard_tui.manufacturers.sennheiser.ssc.values import (
    SECONDS_A_MINUTE,
    flag,
    number,
    percent,
    text,
    tokens,
    whole,
)
from micboard_tui.protocols.ssc.messages import Value

AUDIO_DB = (-100.0, 20.0)
"""From -60 to 0, on ew D1 from -80; a little more is no nonsense."""
MAX_LIFETIME_S = 7 * 24 * 3600
WIRE_BARS, OUR_BARS = 6, 5
_GAIN_STEPS = 6
_LOWEST_GAIN_DB, _GAIN_STEP_DB = -24, 6
_BATTERY = (
    "bat_type",
    "bat_gauge",
    "bat_lifetime",
    "bat_state",
    "bat_bars",
    "bat_health",
    "bat_cycles",
    "bat_charging",
)
_KINDS = {0: "Handheld", 1: "Bodypack", 2: "Table stand", 3: "Boundary"}
_STATES = numbered("/rx{n}/state", range(1, MAX_CHANNELS + 1))
_RACK_MARK = "/rx1/rf_quality"
_RACK_LEVEL, _RACK_GAIN, _ACTIVE = "/audio/out1/level_db", "/audio/out1/gain_db", "/mates/active"
_LINKS = {
    "connected": True,
    "walktest": True,
    "notconnected": False,
    "pairing": False,
}
"""By the state of a channel; while a transmitter is being updated, nothing says what is heard.

Source: docs/reference/protocols/sennheiser.md 4.2.
"""
_RACK_CHANNEL = (
    *below("/rx1", "warnings", "mute_mode", "mute_state", "mute_switch_active"),
    _ACTIVE,
    _RACK_GAIN,
)
_RACK_TRANSMITTER = below("/mates/tx1", "device_type", *_BATTERY, "warnings", "acoustic")


def bars(value: Value) -> int | None:
    """Of six on the wire; ours are five, never more than there are, and none only where there is none."""
    told = whole(value, 0, WIRE_BARS)
    return told and max(1, told * OUR_BARS // WIRE_BARS)


def _battery(words: Words, branch: str) -> Battery:
    """Rechargeable ones tell percent, others bars. The lifetime is in seconds (EW-DX: minutes)."""
    lifetime_s = whole(words.get(f"{branch}/bat_lifetime"), 0, MAX_LIFETIME_S)
    gauge = percent(words.get(f"{branch}/bat_gauge"))
    return Battery(
        percent=gauge,
        bars=bars(words.get(f"{branch}/bat_bars")) if gauge is None else None,
        minutes=None if lifetime_s is None else lifetime_s // SECONDS_A_MINUTE,
        health_percent=percent(words.get(f"{branch}/bat_health")),
        cycles=whole(words.get(f"{branch}/bat_cycles"), 0, 100_000),
    )


def _facts(
    words: Words, n: int, presence: Presence, gain_db: int | None, addresses: Iterable[str]
) -> ChannelFacts:
    branch = f"/mates/tx{n}"
    kind = words.get(f"{branch}/device_type")
    transmitter = Transmitter(
        model=_KINDS.get(kind) if isinstance(kind, int) else text(kind),
        # Only a yes or no is a mute; this leaf has no table in the guide.
        muted=flag(words.get(f"/rx{n}/mute_state")),
        battery=_battery(words, branch),
    )
    return ChannelFacts(
        name=text(words.get(f"/rx{n}/name")),
        gain_db=gain_db,
        transmitter_present=present(presence),
        transmitter=carried(presence, transmitter),
        raw=words.raw(addresses),
    )


def _rack_groups(count: int) -> tuple[Group, ...]:  # noqa: ARG001 - it has one channel
    return (
        Group(0, (DEVICE_NAME, "/device/state"), IDENTITY),
        Group(1, _RACK_CHANNEL, ("/rx1/name",)),
        Group(1, _RACK_TRANSMITTER, subject=Subject.TRANSMITTER),
        Group(0, (_RACK_MARK, _RACK_LEVEL), subject=Subject.METERS),
    )


def _rack_link(words: Words, n: int) -> bool | None:  # noqa: ARG001 - it has one channel
    active = words.get(_ACTIVE)
    return bool(tokens(active)) if isinstance(active, list) else None


def _rack_meters(words: Words, n: int) -> Meters | None:
    quality, level = percent(words.get(_RACK_MARK)), number(words.get(_RACK_LEVEL), *AUDIO_DB)
    if quality is None and level is None:
        return None
    return Meters(audio_dbfs=level, carrier=_rack_link(words, n), quality_percent=quality)


def _rack_facts(words: Words, n: int, presence: Presence) -> ChannelFacts:
    step = whole(words.get(_RACK_GAIN), 0, _GAIN_STEPS)
    gain_db = None if step is None else _LOWEST_GAIN_DB + step * _GAIN_STEP_DB
    return _facts(words, n, presence, gain_db, ("/rx1/name", *_RACK_CHANNEL, *_RACK_TRANSMITTER))


def _channel_addresses(n: int) -> tuple[str, ...]:
    return (*below(f"/rx{n}", "name", "state", "warnings", "mute_mode", "mute_state"), f"/audio/rx{n}/gain")


def _transmitter_addresses(n: int) -> tuple[str, ...]:
    return below(f"/mates/tx{n}", "active", "device_type", *_BATTERY, "warnings")


def _multi_groups(count: int) -> tuple[Group, ...]:
    numbers = range(1, count + 1)
    return (
        Group(0, (DEVICE_NAME, "/device/state", "/device/warnings"), IDENTITY),
        *(Group(n, _channel_addresses(n), (f"/rx{n}/mates",)) for n in numbers),
        *(Group(n, _transmitter_addresses(n), subject=Subject.TRANSMITTER) for n in numbers),
        Group(0, numbered("/m/rx{n}/level", range(1, count + 1)), subject=Subject.METERS),
    )


def _multi_link(words: Words, n: int) -> bool | None:
    if state := tokens(words.get(f"/rx{n}/state")):
        return _LINKS.get(next(iter(state)))
    return flag(words.get(f"/mates/tx{n}/active"))


def _multi_meters(words: Words, n: int) -> Meters | None:
    level = number(words.get(f"/m/rx{n}/level"), *AUDIO_DB)
    return None if level is None else Meters(audio_dbfs=level, carrier=_multi_link(words, n))


def _multi_facts(words: Words, n: int, presence: Presence) -> ChannelFacts:
    gain_db = whole(words.get(f"/audio/rx{n}/gain"), -24, 12)
    addresses = (*_channel_addresses(n), f"/rx{n}/mates", *_transmitter_addresses(n))
    return _facts(words, n, presence, gain_db, addresses)


RACK = Family(
    title="SpeechLine DW",
    kind=DeviceKind.RECEIVER,
    mark=_RACK_MARK,
    marks=lambda value: number(value, 0, 100) is not None,
    counted=(),
    count=lambda _: 1,
    groups=_rack_groups,
    facts=_rack_facts,
    meters=_rack_meters,
    link=_rack_link,
    meter_interval_s=0.2,
    controls=Controls(
        gain=Gain(_RACK_GAIN, _LOWEST_GAIN_DB, 12, _LOWEST_GAIN_DB, _GAIN_STEP_DB),
        flash_unit=lambda _: Flash("/rx1/identify"),
    ),
)
MULTI_CHANNEL = Family(
    title="SpeechLine Multi-Channel",
    kind=DeviceKind.RECEIVER,
    mark=_STATES[0],
    marks=lambda value: isinstance(value, str),
    counted=_STATES,
    count=lambda words: run_length(words, _STATES),
    groups=_multi_groups,
    facts=_multi_facts,
    meters=_multi_meters,
    link=_multi_link,
    meter_interval_s=0.2,
    controls=Controls(channel_name="/rx{n}/name", gain=Gain("/audio/rx{n}/gain", -24, 12)),
)
