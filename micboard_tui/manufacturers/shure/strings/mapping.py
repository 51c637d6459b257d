"""From Shure's values to ours: what a channel and a device are. Pure.

Reads the vendor's values as the session has collected them, keyed by property (``SLOT_STATUS 3``
where a second index is part of it). Since facts are made from the values as a whole, nothing stale
can survive a transmitter that went off (docs/reference/protocols/shure.md 15.4).
"""

from collections.abc import Mapping
from dataclasses import replace

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import (
    NO_WARNINGS,
    ChannelFacts,
    DeviceWarning,
    Encryption,
    Lock,
    Slot,
    SlotStatus,
    Transmitter,
)
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.domain.value_ranges import MAX_FREQUENCY_KHZ
from micboard_tui.manufacturers.shure.families import Family
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.values import (
    parse_bare_name,
    parse_bars,
    parse_battery_type,
    parse_count,
    parse_minutes_note,
    parse_number,
    parse_percent,
    parse_shifted,
    parse_switch,
    parse_text,
)
from micboard_tui.protocols.shure_strings.messages import unquote_text

Values = Mapping[str, str]

MAX_GAIN = 60

MAX_SLOTS = 8
MAX_POWER_MW = 251
SELF_TEST_FAILED = "*"
"""Behind the firmware's version: a self-test failed, or an update is incomplete.

Source: docs/reference/protocols/shure.md 1.5.
"""
_HARDWARE = frozenset({DeviceWarning.HARDWARE})
_UNREGISTERED = frozenset({DeviceWarning.UNREGISTERED_PACK})
"""A transmitter in none of the slots (docs/reference/protocols/shure.md 5.2)."""
_LINKS = (" 1", " 2", "")
"""Of an SLX-D+ channel: its document has one, a real unit two (docs/reference/protocols/shure.md 7.2)."""
MXW_SIZES = (2, 4, 8)
# docs/reference/protocols/shure.md 4, 8.4.
_MODELS = {Family.QLXD: "QLXD4", Family.PSM1000: "P10T"}
# docs/reference/protocols/shure.md 5.3, 6.2; Companion folds LOCKED to ALL.
_LOCKS = {
    "NONE": Lock.NONE,
    "OFF": Lock.NONE,
    "POWER": Lock.POWER,
    "MENU": Lock.MENU,
    "ALL": Lock.ALL,
    "LOCKED": Lock.ALL,
}
_SWITCHED_LOCKS = {
    (False, False): Lock.NONE,
    (False, True): Lock.POWER,
    (True, False): Lock.MENU,
    (True, True): Lock.ALL,
}
"""By the lock of the menu and that of the power switch."""
_SLOT_STATES = {
    "EMPTY": SlotStatus.EMPTY,
    "STANDARD": SlotStatus.STANDARD,
    "LINKED.INACTIVE": SlotStatus.LINKED_INACTIVE,
    "LINKED.ACTIVE": SlotStatus.LINKED_ACTIVE,
    # A real SLX-D+ on firmware 2.0.38.9 says it like this (docs/reference/protocols/shure.md 7.2).
    "offline": SlotStatus.LINKED_INACTIVE,
    "online": SlotStatus.LINKED_ACTIVE,
}


def device_of(dialect: Dialect, values: Values, channel_count: int) -> DeviceHeard:
    """What the device sends of itself, with so many channels or bays.

    Source: docs/reference/protocols/shure.md 3.1, 5.1, 6.2, 8.2, 10, 11.
    """
    name = values.get(dialect.device_name)
    firmware = parse_text(values.get("FW_VER"))
    is_charger = dialect.kind is DeviceKind.CHARGER
    return DeviceHeard(
        kind=dialect.kind,
        channel_count=0 if is_charger else channel_count,
        model=parse_text(values.get("MODEL")) or _only_model_of(dialect, channel_count),
        own_name=parse_text(name) if dialect.has_braces else parse_bare_name(name),
        firmware=firmware,
        rf_band=parse_text(values.get("RF_BAND")),
        raw=raw_values(values),
        bay_count=channel_count if is_charger else 0,
        storage_mode=parse_switch(values.get("STORAGE_MODE")),
        device_warnings=_HARDWARE if (firmware or "").endswith(SELF_TEST_FAILED) else NO_WARNINGS,
    )


def _only_model_of(dialect: Dialect, channel_count: int) -> str | None:
    """The model of a device that does not name it, where its family has but one with so many channels."""
    if dialect.family is Family.MXW:
        return f"MXWAPT{channel_count}" if channel_count in MXW_SIZES else None
    return _MODELS.get(dialect.family)


def facts_of(
    dialect: Dialect, values: Values, device_values: Values, meter_interval_s: float | None = None
) -> ChannelFacts:
    """Everything a channel says of itself but its meters, which we asked for so often.

    Its METER_RATE is what the last controller wanted, and promises us nothing.
    """
    battery = _pack_battery_of(dialect, values)
    present = _is_present(dialect, values, battery)
    return ChannelFacts(
        name=parse_text(values.get("CHAN_NAME")),
        frequency_khz=parse_number(values.get("FREQUENCY"), MAX_FREQUENCY_KHZ),
        frequency2_khz=_second_frequency_khz(values),
        group_channel=parse_text(values.get(dialect.group_channel)),
        gain_db=parse_shifted(values.get("AUDIO_GAIN"), -18, MAX_GAIN),
        receiver_muted=parse_switch(values.get("AUDIO_MUTE")),
        receiver_lock=_LOCKS.get(device_values.get("LOCK_STATUS", "")),
        encryption=_encryption_of(values, device_values),
        interference=_has_interference(values),
        transmitter_present=present,
        transmitter=_transmitter_of(dialect, values, battery) if present else None,
        slots=_slots_of(values),
        device_warnings=_UNREGISTERED if values.get("UNREGISTERED_TX_STATUS") == "ERROR" else NO_WARNINGS,
        meter_interval_s=meter_interval_s,
        raw=raw_values(values),
    )


def _is_present(dialect: Dialect, values: Values, battery: Battery) -> bool | None:
    """Whether a transmitter is there; None where the device does not say.

    Its type decides, since bars and antennas may be missing while a pack is on
    (docs/reference/protocols/shure.md 15.5, 15.6). Where no type was sent, a charge can only be that of a
    transmitter, and a link that is active has one at its end (docs/reference/protocols/shure.md 7, 19).
    """
    if (tx_model := values.get(dialect.tx_model)) is not None:
        return parse_text(tx_model) is not None
    if battery.is_known or battery.minutes_note is not None:
        return True
    return True if dialect.has_links and _active_link_of(values) is not None else None


def _active_link_of(values: Values) -> str | None:
    """What ends the properties of the link whose transmitter is in reach; None where there is none."""
    for suffix in _LINKS:
        if _SLOT_STATES.get(values.get("LINK_STATUS" + suffix, "")) is SlotStatus.LINKED_ACTIVE:
            return suffix
    return None


def _link_value_of(values: Values, name: str) -> str | None:
    """A property of the linked transmitter, which SLX-D+ sends in place of that of the received one.

    Source: docs/reference/protocols/shure.md 7.1, 19.
    """
    active = _active_link_of(values)
    suffixes = _LINKS if active is None else (active,)
    return next((values[name + suffix] for suffix in suffixes if name + suffix in values), None)


def _second_frequency_khz(values: Values) -> int | None:
    """The second carrier counts only while frequency diversity combines both.

    Source: docs/reference/protocols/shure.md 5.2.
    """
    if values.get("FD_MODE") != "FD-C":
        return None
    return parse_number(values.get("FREQUENCY2"), MAX_FREQUENCY_KHZ)


def _encryption_of(values: Values, device_values: Values) -> Encryption | None:
    """3.1, 3.2, 4, 5.1, 5.2, 7.1: a fault of the key outweighs the mode."""
    if values.get("ENCRYPTION_WARNING") == "ON" or values.get("ENCRYPTION_STATUS") == "ERROR":
        return Encryption.MISMATCH
    for source in (values, device_values):
        for name in ("ENCRYPTION", "ENCRYPTION_MODE"):
            if (mode := parse_text(source.get(name))) is not None:
                return Encryption.OFF if mode == "OFF" else Encryption.ON
    return None


def _has_interference(values: Values) -> bool | None:
    """3.2 says CRITICAL, 5.2 DETECTED; the second carrier counts like the first."""
    detections = [
        values[name]
        for name in ("RF_INT_DET", "INTERFERENCE_STATUS", "INTERFERENCE_STATUS2")
        if name in values
    ]
    return any(detection in {"CRITICAL", "DETECTED"} for detection in detections) if detections else None


def _transmitter_of(dialect: Dialect, values: Values, battery: Battery) -> Transmitter:
    model = parse_text(values.get(dialect.tx_model))
    return Transmitter(
        model=model or (parse_text(_link_value_of(values, "LINK_TX_MODEL")) if dialect.has_links else None),
        name=parse_text(values.get("TX_DEVICE_ID")),
        muted=_is_transmitter_muted(values),
        power_mw=parse_number(values.get("TX_POWER_LEVEL"), MAX_POWER_MW),
        power_word=parse_text(values.get("TX_RF_PWR")),
        offset_db=_transmitter_offset_db(dialect, values),
        battery=battery,
        lock=_transmitter_lock_of(values),
        is_talk_switch_on=parse_switch(values.get("TX_TALK_SWITCH")),
    )


def _transmitter_lock_of(values: Values) -> Lock | None:
    """One property on Axient Digital, two switches on ULX-D (docs/reference/protocols/shure.md 3.3, 5.3)."""
    if "TX_LOCK" in values:
        return _LOCKS.get(values["TX_LOCK"])
    menu, power = parse_switch(values.get("TX_MENU_LOCK")), parse_switch(values.get("TX_PWR_LOCK"))
    if menu is None and power is None:
        return None
    return _SWITCHED_LOCKS[bool(menu), bool(power)]


def _pack_battery_of(dialect: Dialect, values: Values) -> Battery:
    """The battery of the received transmitter. SLX-D+ may send its minutes as those of the link."""
    battery = battery_of(values, dialect.battery)
    minutes = _link_value_of(values, "LINK_TX_BATT_MINS") if dialect.has_links else None
    if minutes is None or battery.minutes is not None:
        return battery
    if parse_count(minutes) is None and battery.minutes_note is not None:
        return battery
    return replace(battery, minutes=parse_count(minutes), minutes_note=parse_minutes_note(minutes))


def _is_transmitter_muted(values: Values) -> bool | None:
    """ON mutes on ULX-D and plays on Axient Digital (docs/reference/protocols/shure.md 15.8)."""
    if "TX_MUTE_MODE_STATUS" in values:
        return parse_switch(values["TX_MUTE_MODE_STATUS"], on="MUTE", off="ON")
    return parse_switch(values.get("TX_MUTE_STATUS"))


def _transmitter_offset_db(dialect: Dialect, values: Values) -> int | None:
    """5.3 is certain. On ULX-D sources disagree whether 12 is to be taken off; plain unless too big.

    Source: docs/reference/protocols/shure.md 3.3.
    """
    highest_plain = 21
    raw = parse_number(values.get("TX_OFFSET"), 33)
    if raw is None:
        return None
    shifted = dialect.family in {Family.AXIENT, Family.ANX4} or raw > highest_plain
    return raw - 12 if shifted else raw


def battery_of(values: Values, names: Mapping[str, str], suffix: str = "") -> Battery:
    """The battery from the properties in ``names``, by our field; those of a slot end with ``suffix``."""
    raw = {field: values.get(name + suffix) for field, name in names.items()}
    return Battery(
        percent=parse_percent(raw.get("percent")),
        bars=parse_bars(raw.get("bars")),
        minutes=parse_count(raw.get("minutes")),
        type=parse_battery_type(raw.get("type")),
        minutes_note=parse_minutes_note(raw.get("minutes")),
        health_percent=parse_percent(raw.get("health_percent")),
        cycles=parse_count(raw.get("cycles")),
        # Sent 40 too high, so that it is never negative (docs/reference/protocols/shure.md 2.1).
        temperature_c=parse_shifted(raw.get("temperature_c"), -40),
    )


_SLOT_BATTERY = {
    "bars": "SLOT_BATT_BARS",
    "percent": "SLOT_BATT_CHARGE_PERCENT",
    "minutes": "SLOT_BATT_MINS",
    "type": "SLOT_BATT_TYPE",
    "health_percent": "SLOT_BATT_HEALTH_PERCENT",
    "cycles": "SLOT_BATT_CYCLE_COUNT",
}
_LINK_BATTERY = _SLOT_BATTERY | {"minutes": "LINK_TX_BATT_MINS"}


def _slots_of(values: Values) -> tuple[Slot, ...]:
    """The slots that hold a transmitter (docs/reference/protocols/shure.md 5.4, 7.2)."""
    return tuple(
        slot
        for number_of_slot in range(1, MAX_SLOTS + 1)
        if (slot := _slot_of(values, number_of_slot)) is not None
    )


def _slot_of(values: Values, slot: int) -> Slot | None:
    suffix = f" {slot}"
    status_value = values.get("SLOT_STATUS" + suffix) or values.get("LINK_STATUS" + suffix)
    status = _SLOT_STATES.get(status_value or "")
    if status is None or status is SlotStatus.EMPTY:
        return None
    names = _SLOT_BATTERY if "SLOT_BATT_MINS" + suffix in values else _LINK_BATTERY
    return Slot(
        number=slot,
        status=status,
        model=parse_text(values.get("SLOT_TX_MODEL" + suffix) or values.get("LINK_TX_MODEL" + suffix)),
        name=parse_text(values.get("SLOT_TX_DEVICE_ID" + suffix)),
        rf_on=parse_switch(values.get("SLOT_RF_OUTPUT" + suffix), on="RF_ON", off="RF_MUTE"),
        power_mw=parse_number(values.get("SLOT_RF_POWER" + suffix), MAX_POWER_MW),
        showlink_quality=parse_bars(values.get("SLOT_SHOWLINK_STATUS" + suffix)),
        battery=battery_of(values, names, suffix),
    )


def raw_values(values: Values) -> tuple[tuple[str, str], ...]:
    """The vendor's own values, sorted."""
    return tuple(sorted((name, unquote_text(value)) for name, value in values.items()))
