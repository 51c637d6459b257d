"""ULX-D: two meters a channel, a transmitter that only talks (docs/reference/protocols/shure.md 3)."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.protocols.shure_strings.messages import quote_text
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families import shared_properties
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.properties import (
    Property,
    fixed_property,
    format_digits,
    format_level,
    setting_property,
)
from micboard_tui.simulator.stage.pack import Pack

RF_OFFSET, MAX_RF = 128, 115
AUDIO_OFFSET, MAX_AUDIO = 50, 50
MAX_RATE_MS = 99999
PACK_FIRMWARE, FIRMWARE_WIDTH = "2.7.0.0", 18
UNKNOWN_WORD = "UNKN"
_TABLE_PACKS = frozenset({"ULXD6", "ULXD8"})
"""Boundary and gooseneck have a mute button and a name; the others do not report it.

Source: docs/reference/protocols/shure.md 3.3.
"""
_DIVERSITY = ("OFF", "1+2", "3+4", "1+2/3+4")


def antenna(channel: Channel) -> str:
    """Which of the two lamps is lit; only ever one, and none in a fade.

    Source: docs/reference/protocols/shure.md 3.4.
    """
    air = channel.air
    if not air.carrier:
        return "XX"
    return "XB" if air.antenna % 2 else "AX"


def rf(channel: Channel) -> str:
    """The level of the antenna in use."""
    return format_level(channel.air.rf_dbm[channel.air.antenna], RF_OFFSET, MAX_RF)


def audio(channel: Channel) -> str:
    return format_level(channel.air.peak_dbfs, AUDIO_OFFSET, MAX_AUDIO)


def sample(channel: Channel) -> list[bytes]:
    """``ant rf aud``."""
    return f"{antenna(channel)} {rf(channel)} {audio(channel)}".encode().split()


def _device(_device: DeviceIdentity, channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    has_many = len(channels) > 1
    several: list[Property[DeviceIdentity]] = [
        setting_property("AUDIO_SUMMING_MODE", *_DIVERSITY, "1+2+3+4"),
        setting_property("FREQUENCY_DIVERSITY_MODE", *_DIVERSITY),
    ]
    return [
        shared_properties.model(),
        shared_properties.device_id(8),
        shared_properties.firmware(18),
        setting_property("ENCRYPTION", "OFF", "AUTO", "MANUAL"),
        *(several if has_many else ()),
        setting_property("HIGH_DENSITY", "OFF", "ON"),
        setting_property("SCAN_LOCK", "OFF", "ON"),
        setting_property("SYNC_LOCK", "OFF", "ON"),
        *((shared_properties.network_name(),) if has_many else ()),
        shared_properties.device_flash(),
        shared_properties.network_settings(),
    ]


def _channel(channel: Channel) -> list[Property[Channel]]:
    # Its transcript lists neither (docs/reference/protocols/shure.md 17.1), nor has a single receiver Dante.
    dante_name = fixed_property("NA_CHAN_NAME", quote_text(f"{channel.number:02d}", 31))
    return [
        *((replace(dante_name, listed=False),) if channel.has_network_audio else ()),
        replace(
            shared_properties.of_pack("TX_FW_VER", _pack_firmware, quote_text("", FIRMWARE_WIDTH)),
            listed=False,
        ),
        shared_properties.channel_name(8),
        shared_properties.audio_mute(),
        shared_properties.audio_gain(),
        shared_properties.frequency(6),
        shared_properties.group_plain(),
        Property("RF_INT_DET", lambda channel: "CRITICAL" if channel.air.interference else "NONE"),
        key_warning(),
        shared_properties.meter_rate(MAX_RATE_MS),
        *meters(),
        shared_properties.channel_flash(),
        *transmitter(),
        *battery(),
    ]


def key_warning() -> Property[Channel]:
    return Property("ENCRYPTION_WARNING", lambda channel: shared_properties.on_off(channel.air.key_mismatch))


def meters() -> list[Property[Channel]]:
    return [
        Property("RF_ANTENNA", antenna, metered=True),
        Property("RX_RF_LVL", rf, metered=True),
        Property("AUDIO_LVL", audio, metered=True),
    ]


def transmitter() -> list[Property[Channel]]:
    """What ULX-D and QLX-D report of it (docs/reference/protocols/shure.md 3.3)."""
    return [
        shared_properties.of_pack("TX_TYPE", lambda pack: pack.model, UNKNOWN_WORD),
        shared_properties.of_pack("TX_DEVICE_ID", _pack_name, quote_text("", 8)),
        shared_properties.of_pack(
            "TX_OFFSET", lambda pack: format_digits(pack.offset_db, 3), shared_properties.UNKNOWN_3
        ),
        shared_properties.of_pack("TX_RF_PWR", lambda pack: pack.power, UNKNOWN_WORD),
        shared_properties.of_pack(
            "TX_MENU_LOCK", lambda pack: shared_properties.on_off(pack.lock in {"MENU", "ALL"}), UNKNOWN_WORD
        ),
        shared_properties.of_pack(
            "TX_PWR_LOCK", lambda pack: shared_properties.on_off(pack.lock in {"POWER", "ALL"}), UNKNOWN_WORD
        ),
        shared_properties.of_pack("TX_MUTE_STATUS", _mute_status, UNKNOWN_WORD),
        shared_properties.of_pack("TX_MUTE_BUTTON_STATUS", _button_status, UNKNOWN_WORD),
        shared_properties.of_pack("TX_POWER_SOURCE", _power_source, "UNKNOWN"),
    ]


def battery() -> list[Property[Channel]]:
    return [
        shared_properties.of_pack("BATT_TYPE", shared_properties.cells, UNKNOWN_WORD),
        shared_properties.of_pack("BATT_BARS", shared_properties.bars, shared_properties.UNKNOWN_3),
        shared_properties.of_pack("BATT_CHARGE", shared_properties.charge, shared_properties.UNKNOWN_3),
        shared_properties.of_pack("BATT_RUN_TIME", shared_properties.minutes, shared_properties.UNKNOWN_5),
        shared_properties.of_pack("BATT_CYCLE", shared_properties.cycles, shared_properties.UNKNOWN_5),
        shared_properties.of_pack("BATT_HEALTH", shared_properties.health, shared_properties.UNKNOWN_3),
        shared_properties.of_pack(
            "BATT_TEMP_C", shared_properties.temperature_c, shared_properties.UNKNOWN_3
        ),
        shared_properties.of_pack(
            "BATT_TEMP_F", shared_properties.temperature_f, shared_properties.UNKNOWN_3
        ),
    ]


def _pack_name(pack: Pack) -> str:
    return quote_text(pack.name if pack.model in _TABLE_PACKS else "", 8)


def _pack_firmware(_pack: Pack) -> str:
    """Newer receivers report it (docs/reference/protocols/shure.md 3.3); ours are all of one version."""
    return quote_text(PACK_FIRMWARE, FIRMWARE_WIDTH)


def _mute_status(pack: Pack) -> str:
    return shared_properties.on_off(pack.is_muted) if pack.model in _TABLE_PACKS else UNKNOWN_WORD


def _button_status(pack: Pack) -> str:
    return "RELEASED" if pack.model in _TABLE_PACKS else UNKNOWN_WORD


def _power_source(pack: Pack) -> str:
    return "BATTERY" if pack.model in _TABLE_PACKS else "UNKNOWN"


ULXD = Family(_device, _channel, sample)
