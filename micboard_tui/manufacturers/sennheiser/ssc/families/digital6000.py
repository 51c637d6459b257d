"""Digital 6000 receivers: EM 6000 and EM 6000 Dante (docs/reference/protocols/sennheiser.md 3.1)."""

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    IDENTITY,
    MAX_CHANNELS,
    AddressGroup,
    Family,
    Flash,
    FrequencyProperty,
    ReceiverAddresses,
    SettableProperties,
    count_leading_values,
    expand_channels,
    leaf_addresses,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import (
    get_item,
    parse_flag,
    parse_integer,
    parse_text,
)
from micboard_tui.manufacturers.sennheiser.transmitter_presence import (
    Presence,
    is_present,
    transmitter_while_present,
)
from micboard_tui.manufacturers.sennheiser.warning_tokens import (
    NO_LINK,
    device_warnings_of,
    encryption_of,
    parse_tokens,
)
from micboard_tui.protocols.ssc.messages import Json

METERS = "/mm"
"""Both channels at once, nine bytes each."""
MAX_KHZ = 1_999_000
MAX_BYTE = 255
_FIELDS = 9
_CARRIERS = expand_channels("/rx{n}/carrier", range(1, MAX_CHANNELS + 1))
_PERCENT = {"100%": 100, "70%": 70, "30%": 30}
_LOW_BARS = 1
"""The step ``low`` is no percentage; with one bar it counts as critical. [inferred]"""
_MAX_HOURS = 100


def _channel_addresses(n: int) -> tuple[str, ...]:
    return leaf_addresses(
        f"/rx{n}", "name", "carrier", "active_bank_channel", "audio_mute", "encryption", "active_warnings"
    )


def _transmitter_addresses(n: int) -> tuple[str, ...]:
    return leaf_addresses(
        f"/rx{n}/skx", "type", "battery", "name", "lowcut", "gain", "capsule", "cable_emulation"
    )


_ADDRESSES = ReceiverAddresses(
    # The guide does not say which of them can be subscribed; what cannot is answered 406 and then polled.
    device=AddressGroup(0, (DEVICE_NAME, "/sys/clock"), IDENTITY),
    channel=_channel_addresses,
    transmitter=_transmitter_addresses,
    meters=lambda _: (METERS,),
)


def _has_link(values: AddressValues, n: int) -> bool | None:
    warnings = parse_tokens(values.get(f"/rx{n}/active_warnings"))
    if warnings is not None and NO_LINK in warnings:
        return False
    levels = _levels_of(values, n)
    if levels is not None:
        return bool(levels[4] or levels[5] or levels[6])
    if warnings is not None:
        return True
    battery = values.get(f"/rx{n}/skx/battery")
    return bool(battery) if isinstance(battery, list) else None


def _levels_of(values: AddressValues, n: int) -> list[int] | None:
    """RF1, its peak, RF2, its peak, DIV1, DIV2, LQI, AF, its peak; None when not reported."""
    fields = get_item(values.get(METERS), n - 1)
    if not isinstance(fields, list) or len(fields) < _FIELDS:
        return None
    levels = [level for field in fields[:_FIELDS] if (level := parse_integer(field, 0, MAX_BYTE)) is not None]
    return levels if len(levels) == _FIELDS else None


def _meters_of(values: AddressValues, n: int) -> Meters | None:
    levels = _levels_of(values, n)
    if levels is None:
        return None
    if not any(levels):
        # Nine zeros are no levels but mean "no signal".
        return Meters(carrier=False)
    rf1, _, rf2, _, div1, div2, lqi, af, af_peak = levels
    rf_a_dbm, rf_b_dbm = _dbm_of(rf1), _dbm_of(rf2)
    return Meters(
        max(rf_a_dbm, rf_b_dbm),
        rf_a_dbm,
        rf_b_dbm,
        (af + 1) / 2 - 128,
        ("A" if div1 else "") + ("B" if div2 else "") or None,
        _has_link(values, n),
        round(lqi * 100 / MAX_BYTE),
        bool(af_peak),
    )


def _dbm_of(byte: int) -> float:
    return (byte - MAX_BYTE) / 2


def _facts_of(values: AddressValues, n: int, presence: Presence) -> ChannelFacts:
    warnings = parse_tokens(values.get(f"/rx{n}/active_warnings"))
    return ChannelFacts(
        name=parse_text(values.get(f"/rx{n}/name")),
        frequency_khz=parse_integer(values.get(f"/rx{n}/carrier"), 1, MAX_KHZ),
        group_channel=_parse_preset(values.get(f"/rx{n}/active_bank_channel")),
        receiver_muted=parse_flag(values.get(f"/rx{n}/audio_mute")),
        encryption=encryption_of(warnings, is_on=parse_flag(values.get(f"/rx{n}/encryption"))),
        transmitter_present=is_present(presence),
        transmitter=transmitter_while_present(presence, _transmitter_of(values, f"/rx{n}/skx")),
        device_warnings=device_warnings_of(warnings),
        raw=values.raw(_ADDRESSES.for_channel(n)),
    )


def _transmitter_of(values: AddressValues, branch: str) -> Transmitter:
    return Transmitter(
        model=parse_text(get_item(values.get(f"{branch}/type"), 0)),
        name=parse_text(values.get(f"{branch}/name")),
        offset_db=parse_integer(values.get(f"{branch}/gain"), -60, 60),
        battery=_battery_of(values.get(f"{branch}/battery")),
    )


def _battery_of(raw: Json) -> Battery:
    """``["70%", "5:12"]``: a step of four, and hours and minutes, which are ``-:--`` when unknown."""
    if not isinstance(raw, list) or not raw:
        return Battery()
    step = (parse_text(raw[0]) or "").lower()
    return Battery(
        percent=_PERCENT.get(step),
        bars=_LOW_BARS if step == "low" else None,
        minutes=_parse_minutes(parse_text(get_item(raw, 1))),
    )


def _parse_minutes(time: str | None) -> int | None:
    hours, _, minutes = (time or "").partition(":")
    if not (hours.isascii() and minutes.isascii() and hours.isdigit() and minutes.isdigit()):
        return None
    hour_count, minute_count = parse_integer(hours, 0, _MAX_HOURS), parse_integer(minutes, 0, 59)
    return None if hour_count is None or minute_count is None else hour_count * 60 + minute_count


def _parse_preset(raw: Json) -> str | None:
    if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004 - bank and channel
        return None
    bank, channel = parse_text(raw[0]), parse_text(raw[1])
    return None if bank in {None, "--"} or channel is None else f"{bank},{channel}"


DIGITAL_6000 = Family(
    title="Digital 6000",
    kind=DeviceKind.RECEIVER,
    marker_address=_CARRIERS[0],
    is_marker_value=lambda value: parse_integer(value, 1, MAX_KHZ) is not None,
    counted_addresses=_CARRIERS,
    count_units=lambda values: count_leading_values(values, _CARRIERS),
    groups_for=_ADDRESSES.groups_for,
    facts_of=_facts_of,
    meters_of=_meters_of,
    has_link=_has_link,
    products=("em6000",),
    settable=SettableProperties(
        device_name=DEVICE_NAME,
        channel_name="/rx{n}/name",
        mute="/rx{n}/audio_mute",
        frequency=FrequencyProperty("/rx{n}/carrier", 470_100, 713_900),
        unit_flash=lambda n: Flash(f"/rx{n}/identify"),
    ),
)
