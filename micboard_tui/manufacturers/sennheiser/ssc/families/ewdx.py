"""EW-DX EM 2, EM 2 Dante and EM 4 Dante (docs/reference/protocols/sennheiser.md 2.1 to 2.6)."""

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ewdx_values import (
    ANTENNAS,
    AUDIO_RANGE_DBFS,
    MAX_FREQUENCY_KHZ,
    MAX_GAIN_DB,
    MAX_TRIM_DB,
    MIN_FREQUENCY_KHZ,
    MIN_GAIN_DB,
    RF_RANGE_DBM,
    format_preset,
    pack_model_of,
)
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    DEVICE_TIME,
    IDENTITY,
    MAX_CHANNELS,
    AddressGroup,
    Family,
    Flash,
    FrequencyProperty,
    GainProperty,
    ReceiverAddresses,
    SettableProperties,
    count_leading_values,
    expand_channels,
    leaf_addresses,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import (
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
    AUDIO_PEAK,
    NO_LINK,
    NO_TOKENS,
    device_warnings_of,
    encryption_of,
    parse_tokens,
)

MAX_MINUTES = 6000
_ENCRYPTION = "/device/encryption"
_FREQUENCIES = expand_channels("/rx{n}/frequency", range(1, MAX_CHANNELS + 1))


def _channel_addresses(n: int) -> tuple[str, ...]:
    return leaf_addresses(f"/rx{n}", "name", "frequency", "mute", "gain", "warnings")


def _requested_addresses(n: int) -> tuple[str, ...]:
    return leaf_addresses(f"/rx{n}", "mates", "presets/active")


def _transmitter_addresses(n: int) -> tuple[str, ...]:
    battery = ("battery/gauge", "battery/lifetime", "battery/type")
    return leaf_addresses(
        f"/mates/tx{n}", "type", "name", *battery, "mute", "warnings", "capsule", "trim", "lowcut", "lock"
    )


def _meter_addresses(count: int) -> tuple[str, ...]:
    return tuple(
        address
        for n in range(1, count + 1)
        for address in leaf_addresses(f"/m/rx{n}", "rssi", "rsqi", "divi", "af")
    )


# The groups that are recommended (docs/reference/protocols/sennheiser.md 1.7).
_ADDRESSES = ReceiverAddresses(
    device=AddressGroup(
        0,
        (DEVICE_NAME, *leaf_addresses("/device", "location", "encryption", "link_density_mode")),
        (*IDENTITY, "/device/frequency_code", DEVICE_TIME),
    ),
    channel=_channel_addresses,
    requested=_requested_addresses,
    transmitter=_transmitter_addresses,
    meters=_meter_addresses,
)


def _has_link(values: AddressValues, n: int) -> bool | None:
    """Whether one of three signs shows a link; no event reports that a transmitter was switched off.

    Source: docs/reference/protocols/sennheiser.md 2.5.
    """
    warnings = parse_tokens(values.get(f"/rx{n}/warnings"))
    quality = parse_percent(values.get(f"/m/rx{n}/rsqi"))
    if (warnings is not None and NO_LINK in warnings) or quality == 0:
        return False
    if warnings is not None or quality is not None:
        return True
    mates = values.get(f"/rx{n}/mates")
    return bool(mates) if isinstance(mates, list) else None


def _meters_of(values: AddressValues, n: int) -> Meters | None:
    branch = f"/m/rx{n}/"
    rf_dbm = parse_number(values.get(branch + "rssi"), *RF_RANGE_DBM)
    quality = parse_percent(values.get(branch + "rsqi"))
    divi = values.get(branch + "divi")
    antenna = ANTENNAS.get(divi) if isinstance(divi, int) else None
    audio_dbfs = parse_number(values.get(branch + "af"), *AUDIO_RANGE_DBFS)
    if rf_dbm is None and quality is None and divi is None and audio_dbfs is None:
        return None
    warnings = parse_tokens(values.get(f"/rx{n}/warnings")) or NO_TOKENS
    pack_warnings = parse_tokens(values.get(f"/mates/tx{n}/warnings")) or NO_TOKENS
    return Meters(
        rf_dbm,
        rf_dbm if antenna == "A" else None,
        rf_dbm if antenna == "B" else None,
        audio_dbfs,
        antenna,
        _has_link(values, n),
        quality,
        AUDIO_PEAK in warnings or AUDIO_PEAK in pack_warnings,
    )


def _facts_of(values: AddressValues, n: int, presence: Presence) -> ChannelFacts:
    warnings = parse_tokens(values.get(f"/rx{n}/warnings"))
    pack_warnings = parse_tokens(values.get(f"/mates/tx{n}/warnings"))
    return ChannelFacts(
        name=parse_text(values.get(f"/rx{n}/name")),
        frequency_khz=parse_integer(values.get(f"/rx{n}/frequency"), 1, MAX_FREQUENCY_KHZ),
        group_channel=_parse_preset(values.get(f"/rx{n}/presets/active")),
        gain_db=parse_integer(values.get(f"/rx{n}/gain"), MIN_GAIN_DB, MAX_GAIN_DB),
        receiver_muted=parse_flag(values.get(f"/rx{n}/mute")),
        encryption=encryption_of(warnings, is_on=parse_flag(values.get(_ENCRYPTION))),
        transmitter_present=is_present(presence),
        transmitter=transmitter_while_present(presence, _transmitter_of(values, f"/mates/tx{n}")),
        device_warnings=device_warnings_of(warnings, pack_warnings),
        raw=values.raw(_ADDRESSES.for_channel(n)),
    )


def _transmitter_of(values: AddressValues, branch: str) -> Transmitter:
    return Transmitter(
        model=pack_model_of(parse_text(values.get(f"{branch}/type"))),
        name=parse_text(values.get(f"{branch}/name")),
        muted=parse_flag(values.get(f"{branch}/mute")),
        offset_db=parse_integer(values.get(f"{branch}/trim"), -MAX_TRIM_DB, MAX_TRIM_DB),
        # A percentage, though its name is that of a fuel gauge (docs/reference/protocols/sennheiser.md 10).
        # The type of cell stays unknown: a "Battery" is a rechargeable pack, a "Primary Cell" anything from
        # alkaline to lithium.
        battery=Battery(
            percent=parse_percent(values.get(f"{branch}/battery/gauge")),
            minutes=parse_integer(values.get(f"{branch}/battery/lifetime"), 0, MAX_MINUTES),
        ),
    )


def _parse_preset(raw: object) -> str | None:
    """``factory:<bank>:<channel>`` or ``user:<bank>:<channel>``."""
    parts = raw.split(":") if isinstance(raw, str) else []
    return format_preset(*parts) if len(parts) == 3 else None  # noqa: PLR2004 - the three above


EWDX = Family(
    title="EW-DX",
    kind=DeviceKind.RECEIVER,
    marker_address=_FREQUENCIES[0],
    is_marker_value=lambda value: parse_number(value, 1, MAX_FREQUENCY_KHZ) is not None,
    counted_addresses=_FREQUENCIES,
    # EM 2 and EM 4 answer alike, and labels are many (docs/reference/protocols/sennheiser.md 10): count what
    # is there.
    count_units=lambda values: count_leading_values(values, _FREQUENCIES),
    groups_for=_ADDRESSES.groups_for,
    rf_band_address="/device/frequency_code",
    facts_of=_facts_of,
    meters_of=_meters_of,
    has_link=_has_link,
    products=("ewdx",),
    settable=SettableProperties(
        device_name=DEVICE_NAME,
        channel_name="/rx{n}/name",
        is_capitalized=True,
        # docs/reference/protocols/sennheiser.md 2.2, sync_settings
        synced_by="by IR",
        mute="/rx{n}/mute",
        gain=GainProperty("/rx{n}/gain", MIN_GAIN_DB, MAX_GAIN_DB),
        frequency=FrequencyProperty("/rx{n}/frequency", MIN_FREQUENCY_KHZ, MAX_FREQUENCY_KHZ),
        device_flash=Flash("/device/identification/visual"),
        unit_flash=lambda n: Flash(f"/rx{n}/identification/visual"),
    ),
)
