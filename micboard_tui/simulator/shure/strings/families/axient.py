"""Axient Digital: every antenna's level, quality, eight registered transmitters.

Source: docs/reference/protocols/shure.md 5.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from micboard_tui.protocols.shure_strings.messages import quote_text
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.set_values import braced_value, parse_number, single_value
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families import shared_properties
from micboard_tui.simulator.shure.strings.families.axient_slots import (
    POWER_MW,
    input_pad,
    slot_properties,
    tx_offset,
)
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.properties import Property, fixed_property, format_digits

OFFSET, MAX_LEVEL = 120, 120
MAX_RATE_MS = 65535
QUADVERSITY_ANTENNAS = 4
_UNKNOWN = "UNKNOWN"
# What a real unit says without a transmitter, odd as it is (docs/reference/protocols/shure.md 5.6).
_SILENT_PEAK, _SILENT_RMS = "005", "020"
_AUDIO_LEDS_DBFS = (-60.0, -50.0, -40.0, -30.0, -20.0, -10.0, -6.0)
_RF_LEDS_DBM = (-90.0, -80.0, -70.0, -60.0, -50.0)
_RED_DBM, _DARK_DBM = -85.0, -96.0


def _lamps(limits: Sequence[float], overload_db: float, overload_bit: int, width: int) -> list[str]:
    """For every level the lamps that are lit, one bit each from the bottom.

    Source: docs/reference/protocols/shure.md 5.2.
    """
    return [
        f"{(1 << bisect_right(limits, level)) - 1 | (overload_bit if level >= overload_db else 0):0{width}d}"
        for level in range(-OFFSET, MAX_LEVEL - OFFSET + 1)
    ]


# A level has 121 values at most, so its texts are looked up.
_AUDIO_LEDS = _lamps(_AUDIO_LEDS_DBFS, 0.0, 128, 3)
_RF_LEDS = _lamps(_RF_LEDS_DBM, -19.0, 32, 2)
_LEVELS = [f"{raw:03d}" for raw in range(MAX_LEVEL + 1)]
_LETTERS = [
    "B" if level > _RED_DBM else "R" if level > _DARK_DBM else "X"
    for level in range(-OFFSET, MAX_LEVEL - OFFSET + 1)
]


def quality(channel: Channel) -> str:
    return format_digits(channel.air.quality, 3, shared_properties.UNKNOWN_3)


def audio_leds(channel: Channel) -> str:
    return _AUDIO_LEDS[_raw(channel.air.peak_dbfs)] if channel.air.is_heard else "000"


def peak(channel: Channel) -> str:
    return _LEVELS[_raw(channel.air.peak_dbfs)] if channel.air.is_heard else _SILENT_PEAK


def rms(channel: Channel) -> str:
    return _LEVELS[_raw(channel.air.rms_dbfs)] if channel.air.is_heard else _SILENT_RMS


def rf_leds(rf_dbm: float) -> str:
    return _RF_LEDS[_raw(rf_dbm)]


def rf_level(rf_dbm: float) -> str:
    return _LEVELS[_raw(rf_dbm)]


def antennas(channel: Channel, carrier: int = 0) -> str:
    """A letter for each: B receives, R has trouble, X is dark (docs/reference/protocols/shure.md 5.2)."""
    air = channel.air
    if not air.is_heard:
        return ("R" if air.interference else "X") * air.antennas
    levels = air.rf_dbm[carrier * air.antennas : (carrier + 1) * air.antennas]
    return "".join([_LETTERS[_raw(level)] for level in levels])


def sample(channel: Channel) -> list[bytes]:
    """Head, then for each carrier the letters and two numbers an antenna.

    Source: docs/reference/protocols/shure.md 5.5.
    """
    air = channel.air
    values = [quality(channel), audio_leds(channel), peak(channel), rms(channel)]
    for start in range(0, len(air.rf_dbm), air.antennas):
        values.append(antennas(channel, start // air.antennas))
        for rf_dbm in air.rf_dbm[start : start + air.antennas]:
            raw = _raw(rf_dbm)
            values += (_RF_LEDS[raw], _LEVELS[raw])
    return " ".join(values).encode().split()


def _raw(level_db: float) -> int:
    """The number that travels, -120 dB and below as 0."""
    raw = round(level_db) + OFFSET
    return raw if 0 <= raw <= MAX_LEVEL else (0 if raw < 0 else MAX_LEVEL)


def _device(_device: DeviceIdentity, channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    quadversity = channels[0].air.antennas == QUADVERSITY_ANTENNAS
    return [
        shared_properties.device_id(31),
        shared_properties.model(),
        shared_properties.firmware(24),
        shared_properties.rf_band(),
        fixed_property("ENCRYPTION_MODE", "OFF"),
        fixed_property("QUADVERSITY_MODE", shared_properties.on_off(quadversity)),
        fixed_property("TRANSMISSION_MODE", "STANDARD"),
        shared_properties.device_flash(),
        shared_properties.network_settings(),
        # A real unit leaves it out of its list (docs/reference/protocols/shure.md 5.1).
        replace(shared_properties.network_name(), listed=False),
    ]


def channel_properties(channel: Channel) -> list[Property[Channel]]:
    """Everything of a channel, with the slots that it has."""
    return [
        shared_properties.channel_name(31),
        shared_properties.audio_mute(),
        shared_properties.audio_gain(),
        shared_properties.meter_rate(MAX_RATE_MS),
        shared_properties.frequency(7),
        shared_properties.group_braced(),
        fixed_property("FD_MODE", "OFF" if channel.second is None else "FD-C"),
        *(() if channel.second is None else _second_carrier()),
        encryption_status(),
        interference_status(),
        fixed_property("UNREGISTERED_TX_STATUS", "OK"),
        shared_properties.channel_flash(),
        Property("CHAN_QUALITY", quality, metered=True),
        Property("AUDIO_LED_BITMAP", audio_leds, metered=True),
        *audio_levels(),
        # A real unit leaves the antennas out of its list (docs/reference/protocols/shure.md 5.6).
        Property("ANTENNA_STATUS", antennas, metered=True, listed=False),
        *_rf(channel),
        *_transmitter(),
        *_battery(),
        *(entry for slot in range(1, len(channel.slots) + 1) for entry in slot_properties(slot)),
    ]


def encryption_status() -> Property[Channel]:
    return Property("ENCRYPTION_STATUS", lambda channel: "ERROR" if channel.air.key_mismatch else "OK")


def interference_status(name: str = "INTERFERENCE_STATUS") -> Property[Channel]:
    return Property(name, lambda channel: "DETECTED" if channel.air.interference else "NONE")


def audio_levels() -> list[Property[Channel]]:
    return [
        Property("AUDIO_LEVEL_PEAK", peak, metered=True),
        Property("AUDIO_LEVEL_RMS", rms, metered=True),
    ]


def _second_carrier() -> list[Property[Channel]]:
    """Only where frequency diversity combines two of them (docs/reference/protocols/shure.md 5.2)."""

    def write_frequency(channel: Channel, values: Sequence[str]) -> None:
        channel.tune_second(parse_number(single_value(values)))

    def write_group(channel: Channel, values: Sequence[str]) -> None:
        group = shared_properties.group_in(braced_value(values).rstrip())
        channel.tune_second(channel.preset_khz(group), group)

    def read_frequency(channel: Channel) -> str:
        return format_digits(None if channel.second is None else channel.second.frequency_khz, 7, "0000000")

    return [
        Property("FREQUENCY2", read_frequency, write_frequency),
        Property("GROUP_CHANNEL2", lambda channel: shared_properties.group_text(channel.second), write_group),
        interference_status("INTERFERENCE_STATUS2"),
    ]


def _rf(channel: Channel) -> list[Property[Channel]]:
    """Antennas A to D; 0 in a GET asks for all."""
    return [
        *(_antenna_property("RSSI_LED_BITMAP", antenna, rf_leds) for antenna in range(channel.air.antennas)),
        *rssi(channel),
    ]


def rssi(channel: Channel) -> list[Property[Channel]]:
    return [_antenna_property("RSSI", antenna, rf_level) for antenna in range(channel.air.antennas)]


def _antenna_property(name: str, antenna: int, write: Callable[[float], str]) -> Property[Channel]:
    def read(antenna: int, channel: Channel) -> str:
        return write(channel.air.rf_dbm[antenna])

    return Property(
        name, partial(read, antenna), second=str(antenna + 1), second_required=False, metered=True
    )


def _transmitter() -> list[Property[Channel]]:
    return [
        shared_properties.of_pack("TX_MODEL", lambda pack: pack.model, _UNKNOWN),
        shared_properties.of_pack("TX_DEVICE_ID", lambda pack: quote_text(pack.name, 31), quote_text("", 31)),
        shared_properties.of_pack(
            "TX_POWER_LEVEL", lambda pack: POWER_MW[pack.power], shared_properties.UNKNOWN_3
        ),
        shared_properties.of_pack("TX_OFFSET", tx_offset, shared_properties.UNKNOWN_3),
        shared_properties.of_pack("TX_INPUT_PAD", input_pad, shared_properties.UNKNOWN_3),
        shared_properties.of_pack("TX_POLARITY", lambda pack: pack.polarity, _UNKNOWN),
        shared_properties.of_pack("TX_LOCK", lambda pack: pack.lock, _UNKNOWN),
        # Not the word that ULX-D uses: ON is the switch's position, so the mic is open
        # (docs/reference/protocols/shure.md 5.3).
        shared_properties.of_pack(
            "TX_MUTE_MODE_STATUS", lambda pack: "MUTE" if pack.is_muted else "ON", _UNKNOWN
        ),
        shared_properties.of_pack(
            "TX_TALK_SWITCH", lambda pack: shared_properties.on_off(pack.talks), _UNKNOWN
        ),
    ]


def _battery() -> list[Property[Channel]]:
    return [
        shared_properties.of_pack("TX_BATT_TYPE", shared_properties.cells, "UNKN"),
        shared_properties.of_pack("TX_BATT_BARS", shared_properties.bars, shared_properties.UNKNOWN_3),
        shared_properties.of_pack(
            "TX_BATT_CHARGE_PERCENT", shared_properties.charge, shared_properties.UNKNOWN_3
        ),
        shared_properties.of_pack("TX_BATT_MINS", shared_properties.minutes, shared_properties.UNKNOWN_5),
        shared_properties.of_pack(
            "TX_BATT_HEALTH_PERCENT", shared_properties.health, shared_properties.UNKNOWN_3
        ),
        shared_properties.of_pack(
            "TX_BATT_CYCLE_COUNT", shared_properties.cycles, shared_properties.UNKNOWN_5
        ),
        shared_properties.of_pack(
            "TX_BATT_TEMP_C", shared_properties.temperature_c, shared_properties.UNKNOWN_3
        ),
        shared_properties.of_pack(
            "TX_BATT_TEMP_F", shared_properties.temperature_f, shared_properties.UNKNOWN_3
        ),
    ]


AXIENT = Family(_device, channel_properties, sample)
