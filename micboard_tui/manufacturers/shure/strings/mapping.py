"""From Shure's words to ours: what a channel and a device are. Pure.

Reads the vendor's words as the session has collected them, keyed by property (``SLOT_STATUS 3``
where a second index is part of it). Since facts are made from the words as a whole, nothing stale
can survive a transmitter that went off (docs/reference/protocols/shure.md 15.4).
"""

from collections.abc import Mapping

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Encryption, Slot, SlotStatus, Transmitter
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.manufacturers.shure.strings.dialect import Dialect, Family
from micboard_tui.manufacturers.shure.strings.values import (
    bare_name,
    bars,
    battery_type,
    count,
    minutes_note,
    number,
    offset,
    percent,
    switch,
    word,
)
from micboard_tui.protocols.shure_strings.messages import text

Words = Mapping[str, str]

MAX_GAIN = 60
MAX_FREQUENCY_KHZ = 9_999_999
MAX_SLOTS = 8
MAX_POWER_MW = 251
MXW_SIZES = (2, 4, 8)
# docs/reference/protocols/shure.md 4, 8.4.
_MODELS = {Family.QLXD: "QLXD4", Family.PSM1000: "P10T"}
_SLOT_STATES = {
    "EMPTY": SlotStatus.EMPTY,
    "STANDARD": SlotStatus.STANDARD,
    "LINKED.INACTIVE": SlotStatus.LINKED_INACTIVE,
    "LINKED.ACTIVE": SlotStatus.LINKED_ACTIVE,
    # A real SLX-D+ on firmware 2.0.38.9 says it like this (docs/reference/protocols/shure.md 7.2).
    "offline": SlotStatus.LINKED_INACTIVE,
    "online": SlotStatus.LINKED_ACTIVE,
}


def device(dialect: Dialect, words: Words, channel_count: int) -> DeviceHeard:
    """What the device says of itself, with so many channels or bays.

    Source: docs/reference/protocols/shure.md 3.1, 5.1, 6.2, 8.2, 10, 11.
    """
    name = words.get(dialect.device_name)
    is_charger = dialect.kind is DeviceKind.CHARGER
    return DeviceHeard(
        kind=dialect.kind,
        channel_count=0 if is_charger else channel_count,
        model=word(words.get("MODEL")) or _only_model(dialect, channel_count),
        own_name=word(name) if dialect.has_braces else bare_name(name),
        firmware=word(words.get("FW_VER")),
        rf_band=word(words.get("RF_BAND")),
        raw=as_sent(words),
        bay_count=channel_count if is_charger else 0,
    )


def _only_model(dialect: Dialect, channel_count: int) -> str | None:
    """The model of a device that does not name it, where its family has but one with so many channels."""
    if dialect.family is Family.MXW:
        return f"MXWAPT{channel_count}" if channel_count in MXW_SIZES else None
    return _MODELS.get(dialect.family)


def facts(dialect: Dialect, words: Words, of_device: Words) -> ChannelFacts:
    """Everything a channel says of itself but its meters."""
    transmitter_word = words.get(dialect.tx_model)
    # The type word decides, since bars and antennas may be missing while a pack is on
    # (docs/reference/protocols/shure.md 15.5, 15.6).
    present = None if transmitter_word is None else word(transmitter_word) is not None
    rate_ms = count(words.get("METER_RATE"))
    return ChannelFacts(
        name=word(words.get("CHAN_NAME")),
        frequency_khz=number(words.get("FREQUENCY"), MAX_FREQUENCY_KHZ),
        frequency2_khz=_second_frequency(words),
        group_channel=word(words.get(dialect.group_channel)),
        gain_db=offset(words.get("AUDIO_GAIN"), -18, MAX_GAIN),
        receiver_muted=switch(words.get("AUDIO_MUTE")),
        encryption=_encryption(words, of_device),
        interference=_interference(words),
        transmitter_present=present,
        transmitter=_transmitter(dialect, words) if present else None,
        slots=_slots(words),
        meter_interval_s=None if rate_ms is None else rate_ms / 1000,
        raw=as_sent(words),
    )


def _second_frequency(words: Words) -> int | None:
    """The second carrier counts only while frequency diversity combines both.

    Source: docs/reference/protocols/shure.md 5.2.
    """
    if words.get("FD_MODE") != "FD-C":
        return None
    return number(words.get("FREQUENCY2"), MAX_FREQUENCY_KHZ)


def _encryption(words: Words, of_device: Words) -> Encryption | None:
    """3.1, 3.2, 4, 5.1, 5.2, 7.1: a fault of the key outweighs the mode."""
    if words.get("ENCRYPTION_WARNING") == "ON" or words.get("ENCRYPTION_STATUS") == "ERROR":
        return Encryption.MISMATCH
    for source in (words, of_device):
        for name in ("ENCRYPTION", "ENCRYPTION_MODE"):
            if (mode := word(source.get(name))) is not None:
                return Encryption.OFF if mode == "OFF" else Encryption.ON
    return None


def _interference(words: Words) -> bool | None:
    """3.2 says CRITICAL, 5.2 DETECTED; the second carrier counts like the first."""
    told = [
        words[name] for name in ("RF_INT_DET", "INTERFERENCE_STATUS", "INTERFERENCE_STATUS2") if name in words
    ]
    return any(each in {"CRITICAL", "DETECTED"} for each in told) if told else None


def _transmitter(dialect: Dialect, words: Words) -> Transmitter:
    return Transmitter(
        model=word(words.get(dialect.tx_model)),
        name=word(words.get("TX_DEVICE_ID")),
        muted=_transmitter_muted(words),
        power_mw=number(words.get("TX_POWER_LEVEL"), MAX_POWER_MW),
        power_word=word(words.get("TX_RF_PWR")),
        offset_db=_transmitter_offset(dialect, words),
        battery=battery(words, dialect.battery),
    )


def _transmitter_muted(words: Words) -> bool | None:
    """ON mutes on ULX-D and plays on Axient Digital (docs/reference/protocols/shure.md 15.8)."""
    if "TX_MUTE_MODE_STATUS" in words:
        return switch(words["TX_MUTE_MODE_STATUS"], on="MUTE", off="ON")
    return switch(words.get("TX_MUTE_STATUS"))


def _transmitter_offset(dialect: Dialect, words: Words) -> int | None:
    """5.3 is certain. On ULX-D sources disagree whether 12 is to be taken off; plain unless too big.

    Source: docs/reference/protocols/shure.md 3.3.
    """
    highest_plain = 21
    raw = number(words.get("TX_OFFSET"), 33)
    if raw is None:
        return None
    shifted = dialect.family is Family.AXIENT or raw > highest_plain
    return raw - 12 if shifted else raw


def battery(words: Words, names: Mapping[str, str], suffix: str = "") -> Battery:
    """What the properties in ``names`` tell, by our field; those of a slot end with ``suffix``."""
    raw = {field: words.get(name + suffix) for field, name in names.items()}
    return Battery(
        percent=percent(raw.get("percent")),
        bars=bars(raw.get("bars")),
        minutes=count(raw.get("minutes")),
        type=battery_type(raw.get("type")),
        minutes_note=minutes_note(raw.get("minutes")),
        health_percent=percent(raw.get("health_percent")),
        cycles=count(raw.get("cycles")),
        # Sent 40 too high, so that it is never negative (docs/reference/protocols/shure.md 2.1).
        temperature_c=offset(raw.get("temperature_c"), -40),
    )


_SLOT_BATTERY = {
    "bars": "SLOT_BATT_BARS",
    "percent": "SLOT_BATT_CHARGE_PERCENT",
    "minutes": "SLOT_BATT_MINS",
    "type": "SLOT_BATT_TYPE",
    "health_percent": "SLOT_BATT_HEALTH_PERCENT",
    "cycles": "SLOT_BATT_CYCLE_COUNT",
}


def _slots(words: Words) -> tuple[Slot, ...]:
    """The slots that hold a transmitter (docs/reference/protocols/shure.md 5.4, 7.2)."""
    return tuple(
        slot
        for number_of_slot in range(1, MAX_SLOTS + 1)
        if (slot := _slot(words, number_of_slot)) is not None
    )


def _slot(words: Words, slot: int) -> Slot | None:
    suffix = f" {slot}"
    told = words.get("SLOT_STATUS" + suffix) or words.get("LINK_STATUS" + suffix)
    status = _SLOT_STATES.get(told or "")
    if status is None or status is SlotStatus.EMPTY:
        return None
    return Slot(
        number=slot,
        status=status,
        model=word(words.get("SLOT_TX_MODEL" + suffix) or words.get("LINK_TX_MODEL" + suffix)),
        name=word(words.get("SLOT_TX_DEVICE_ID" + suffix)),
        rf_on=switch(words.get("SLOT_RF_OUTPUT" + suffix), on="RF_ON", off="RF_MUTE"),
        power_mw=number(words.get("SLOT_RF_POWER" + suffix), MAX_POWER_MW),
        showlink_quality=bars(words.get("SLOT_SHOWLINK_STATUS" + suffix)),
        battery=battery(words, _SLOT_BATTERY, suffix),
    )


def as_sent(words: Words) -> tuple[tuple[str, str], ...]:
    """The vendor's own words, sorted."""
    return tuple(sorted((name, text(value)) for name, value in words.items()))
