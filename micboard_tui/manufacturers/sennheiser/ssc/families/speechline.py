"""SpeechLine Digital Wireless: rack receiver and multi-channel receivers.

Source: docs/reference/protocols/sennheiser.md 4.
"""

from collections.abc import Iterable
from dataclasses import replace

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, DeviceWarning, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    DEVICE_WARNINGS,
    IDENTITY,
    MAX_CHANNELS,
    AddressGroup,
    Family,
    Flash,
    GainProperty,
    ReceiverAddresses,
    SettableProperties,
    Subject,
    count_leading_values,
    expand_channels,
    leaf_addresses,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import (
    parse_bars,
    parse_flag,
    parse_integer,
    parse_number,
    parse_percent,
    parse_text,
)
from micboard_tui.manufacturers.sennheiser.transmitter_presence import (
    Presence,
    is_present,
    transmitter_while_present,
)
from micboard_tui.manufacturers.sennheiser.warning_tokens import (
    NO_TOKENS,
    device_warnings_of,
    own_warnings_of,
    parse_tokens,
)

AUDIO_DB = (-100.0, 20.0)
"""From -60 to 0, on ew D1 from -80; a little more is no nonsense."""
SECONDS_PER_MINUTE = 60
MAX_LIFETIME_S = 7 * 24 * 3600
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
_STATES = expand_channels("/rx{n}/state", range(1, MAX_CHANNELS + 1))
_DEVICE_STATE = "/device/state"
_RACK_MARK = "/rx1/rf_quality"
_RACK_LEVEL, _RACK_GAIN, _ACTIVE = "/audio/out1/level_db", "/audio/out1/gain_db", "/mates/active"
_LINKS = {
    "connected": True,
    "walktest": True,
    "notconnected": False,
    "pairing": False,
}
"""By the state of a channel; while a transmitter is being updated, nothing says whether it is received.

Source: docs/reference/protocols/sennheiser.md 4.2.
"""
_FAULTY = frozenset({"error", "updatefailed"})
"""States of the whole device that are none of use."""
_RACK_CHANNEL = (
    *leaf_addresses("/rx1", "warnings", "mute_mode", "mute_state", "mute_switch_active"),
    _ACTIVE,
    _RACK_GAIN,
)
_RACK_TRANSMITTER = leaf_addresses("/mates/tx1", "device_type", *_BATTERY, "warnings", "acoustic")


def _battery_of(values: AddressValues, branch: str) -> Battery:
    """Rechargeable ones report percent, others bars. The lifetime is in seconds (EW-DX: minutes)."""
    lifetime_s = parse_integer(values.get(f"{branch}/bat_lifetime"), 0, MAX_LIFETIME_S)
    gauge = parse_percent(values.get(f"{branch}/bat_gauge"))
    return Battery(
        percent=gauge,
        bars=parse_bars(values.get(f"{branch}/bat_bars")) if gauge is None else None,
        minutes=None if lifetime_s is None else lifetime_s // SECONDS_PER_MINUTE,
        health_percent=parse_percent(values.get(f"{branch}/bat_health")),
        cycles=parse_integer(values.get(f"{branch}/bat_cycles"), 0, 100_000),
    )


def _facts_of(
    values: AddressValues, n: int, presence: Presence, gain_db: int | None, addresses: Iterable[str]
) -> ChannelFacts:
    branch = f"/mates/tx{n}"
    kind = values.get(f"{branch}/device_type")
    transmitter = Transmitter(
        model=_KINDS.get(kind) if isinstance(kind, int) else parse_text(kind),
        # Only a yes or no is a mute; this leaf has no table in the guide.
        muted=parse_flag(values.get(f"/rx{n}/mute_state")),
        battery=_battery_of(values, branch),
    )
    return ChannelFacts(
        name=parse_text(values.get(f"/rx{n}/name")),
        gain_db=gain_db,
        transmitter_present=is_present(presence),
        transmitter=transmitter_while_present(presence, transmitter),
        device_warnings=device_warnings_of(
            parse_tokens(values.get(f"/rx{n}/warnings")), parse_tokens(values.get(f"{branch}/warnings"))
        ),
        raw=values.raw(addresses),
    )


def _rack_groups(_count: int) -> tuple[AddressGroup, ...]:
    return (
        AddressGroup(0, (DEVICE_NAME, _DEVICE_STATE), IDENTITY),
        AddressGroup(1, _RACK_CHANNEL, ("/rx1/name",)),
        AddressGroup(1, _RACK_TRANSMITTER, subject=Subject.TRANSMITTER),
        AddressGroup(0, (_RACK_MARK, _RACK_LEVEL), subject=Subject.METERS),
    )


def _rack_has_link(values: AddressValues, _n: int) -> bool | None:
    active = values.get(_ACTIVE)
    return bool(parse_tokens(active)) if isinstance(active, list) else None


def _rack_meters_of(values: AddressValues, n: int) -> Meters | None:
    quality, level = parse_percent(values.get(_RACK_MARK)), parse_number(values.get(_RACK_LEVEL), *AUDIO_DB)
    if quality is None and level is None:
        return None
    return Meters(audio_dbfs=level, carrier=_rack_has_link(values, n), quality_percent=quality)


def _rack_facts_of(values: AddressValues, n: int, presence: Presence) -> ChannelFacts:
    step = parse_integer(values.get(_RACK_GAIN), 0, _GAIN_STEPS)
    gain_db = None if step is None else _LOWEST_GAIN_DB + step * _GAIN_STEP_DB
    return _facts_of(values, n, presence, gain_db, ("/rx1/name", *_RACK_CHANNEL, *_RACK_TRANSMITTER))


def _ew_d1_facts_of(values: AddressValues, n: int, presence: Presence) -> ChannelFacts:
    """As of the rack receiver, but for the gain, of which only the range is known and not the steps."""
    return replace(_rack_facts_of(values, n, presence), gain_db=None)


def _channel_addresses(n: int) -> tuple[str, ...]:
    return (
        *leaf_addresses(f"/rx{n}", "name", "state", "warnings", "mute_mode", "mute_state"),
        f"/audio/rx{n}/gain",
    )


def _transmitter_addresses(n: int) -> tuple[str, ...]:
    return leaf_addresses(f"/mates/tx{n}", "active", "device_type", *_BATTERY, "warnings")


_MULTI_ADDRESSES = ReceiverAddresses(
    device=AddressGroup(0, (DEVICE_NAME, _DEVICE_STATE, DEVICE_WARNINGS), IDENTITY),
    channel=_channel_addresses,
    requested=lambda n: (f"/rx{n}/mates",),
    transmitter=_transmitter_addresses,
    meters=lambda count: expand_channels("/m/rx{n}/level", range(1, count + 1)),
)


def _multi_has_link(values: AddressValues, n: int) -> bool | None:
    if state := parse_tokens(values.get(f"/rx{n}/state")):
        return _LINKS.get(next(iter(state)))
    return parse_flag(values.get(f"/mates/tx{n}/active"))


def _multi_meters_of(values: AddressValues, n: int) -> Meters | None:
    level = parse_number(values.get(f"/m/rx{n}/level"), *AUDIO_DB)
    return None if level is None else Meters(audio_dbfs=level, carrier=_multi_has_link(values, n))


def _multi_facts_of(values: AddressValues, n: int, presence: Presence) -> ChannelFacts:
    gain_db = parse_integer(values.get(f"/audio/rx{n}/gain"), -24, 12)
    return _facts_of(values, n, presence, gain_db, _MULTI_ADDRESSES.for_channel(n))


def _multi_warnings_of(values: AddressValues) -> frozenset[DeviceWarning]:
    """Its warnings, and a state that is an error by itself (docs/reference/protocols/sennheiser.md 4.2)."""
    own = own_warnings_of(parse_tokens(values.get(DEVICE_WARNINGS)))
    states = parse_tokens(values.get(_DEVICE_STATE)) or NO_TOKENS
    return own | {DeviceWarning.OTHER} if states & _FAULTY and not own else own


RACK = Family(
    title="SpeechLine DW",
    kind=DeviceKind.RECEIVER,
    marker_address=_RACK_MARK,
    is_marker_value=lambda value: parse_number(value, 0, 100) is not None,
    counted_addresses=(),
    count_units=lambda _: 1,
    groups_for=_rack_groups,
    facts_of=_rack_facts_of,
    meters_of=_rack_meters_of,
    has_link=_rack_has_link,
    meter_interval_s=0.2,
    products=("sldw",),
    settable=SettableProperties(
        gain=GainProperty(_RACK_GAIN, _LOWEST_GAIN_DB, 12, _LOWEST_GAIN_DB, _GAIN_STEP_DB),
        unit_flash=lambda _: Flash("/rx1/identify"),
    ),
)
EW_D1 = replace(
    RACK,
    title="ew D1",
    facts_of=_ew_d1_facts_of,
    products=("ewd1",),
    settable=replace(RACK.settable, gain=None),
)
"""Its addresses are those of the rack receiver (docs/reference/protocols/sennheiser.md 4.1)."""
MULTI_CHANNEL = Family(
    title="SpeechLine Multi-Channel",
    kind=DeviceKind.RECEIVER,
    marker_address=_STATES[0],
    is_marker_value=lambda value: isinstance(value, str),
    counted_addresses=_STATES,
    count_units=lambda values: count_leading_values(values, _STATES),
    groups_for=_MULTI_ADDRESSES.groups_for,
    facts_of=_multi_facts_of,
    meters_of=_multi_meters_of,
    has_link=_multi_has_link,
    device_warnings_of=_multi_warnings_of,
    meter_interval_s=0.2,
    products=("sldw2", "sldw4"),
    settable=SettableProperties(channel_name="/rx{n}/name", gain=GainProperty("/audio/rx{n}/gain", -24, 12)),
)
