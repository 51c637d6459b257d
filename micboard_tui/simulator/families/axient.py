"""Axient Digital: every antenna's level, quality, eight registered transmitters (reference/shure.md 5)."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial

from micboard_tui.protocols.shure_strings.messages import braced
from micboard_tui.simulator.channel import SLOTS, Channel
from micboard_tui.simulator.device import Device
from micboard_tui.simulator.families import shared
from micboard_tui.simulator.families.family import Family
from micboard_tui.simulator.families.slots import slot_properties
from micboard_tui.simulator.pack import Pack
from micboard_tui.simulator.property import Property, alone, digits, fixed, in_braces, level, number

OFFSET, MAX_LEVEL = 120, 120
MAX_RATE_MS = 65535
TX_OFFSET = 12
QUADVERSITY_ANTENNAS = 4
_UNKNOWN = "UNKNOWN"
_AUDIO_LEDS_DBFS = (-60.0, -50.0, -40.0, -30.0, -20.0, -10.0, -6.0)
_RF_LEDS_DBM = (-90.0, -80.0, -70.0, -60.0, -50.0)
_AUDIO_OVERLOAD_DBFS, _RF_OVERLOAD_DBM = -0.5, -19.0
_RED_DBM, _DARK_DBM = -85.0, -96.0
# What a real unit says without a transmitter, odd as it is (5.6).
_SILENT_PEAK, _SILENT_RMS = "005", "020"
POWER_MW = {"LOW": "002", "NORMAL": "010", "HIGH": "035"}


def quality(channel: Channel) -> str:
    return digits(channel.air.quality, 3, shared.UNKNOWN_3)


def audio_leds(channel: Channel) -> str:
    """One bit a lamp from the bottom, and 128 for overload (5.2)."""
    if not channel.air.is_heard:
        return "000"
    peak = channel.air.peak_dbfs
    lit = (1 << bisect_right(_AUDIO_LEDS_DBFS, peak)) - 1
    return f"{lit | (128 if peak >= _AUDIO_OVERLOAD_DBFS else 0):03d}"


def peak(channel: Channel) -> str:
    return level(channel.air.peak_dbfs, OFFSET, MAX_LEVEL) if channel.air.is_heard else _SILENT_PEAK


def rms(channel: Channel) -> str:
    return level(channel.air.rms_dbfs, OFFSET, MAX_LEVEL) if channel.air.is_heard else _SILENT_RMS


def rf_leds(rf_dbm: float) -> str:
    lit = (1 << bisect_right(_RF_LEDS_DBM, rf_dbm)) - 1
    return f"{lit | (32 if rf_dbm >= _RF_OVERLOAD_DBM else 0):02d}"


def antennas(channel: Channel, carrier: int = 0) -> str:
    """A letter for each: B receives, R has trouble, X is dark (5.2)."""
    air = channel.air
    if not air.is_heard:
        return ("R" if air.interference else "X") * air.antennas
    levels = air.rf_dbm[carrier * air.antennas : (carrier + 1) * air.antennas]
    return "".join("B" if each > _RED_DBM else "R" if each > _DARK_DBM else "X" for each in levels)


def sample(channel: Channel) -> list[bytes]:
    """Head, then for each carrier the letters and two numbers an antenna (5.5)."""
    air = channel.air
    words = [quality(channel), audio_leds(channel), peak(channel), rms(channel)]
    for start in range(0, len(air.rf_dbm), air.antennas):
        words.append(antennas(channel, start // air.antennas))
        for rf_dbm in air.rf_dbm[start : start + air.antennas]:
            words += (rf_leds(rf_dbm), level(rf_dbm, OFFSET, MAX_LEVEL))
    return " ".join(words).encode().split()


def _device(_device: Device, channels: Sequence[Channel]) -> list[Property[Device]]:
    quadversity = channels[0].air.antennas == QUADVERSITY_ANTENNAS
    return [
        shared.device_id(31),
        shared.model(),
        shared.firmware(24),
        shared.rf_band(),
        fixed("ENCRYPTION_MODE", "OFF"),
        fixed("QUADVERSITY_MODE", shared.on_off(quadversity)),
        fixed("TRANSMISSION_MODE", "STANDARD"),
        shared.device_flash(),
        shared.network_settings(),
    ]


def _channel(channel: Channel) -> list[Property[Channel]]:
    return [
        shared.channel_name(31),
        shared.audio_mute(),
        shared.audio_gain(),
        shared.meter_rate(MAX_RATE_MS),
        shared.frequency(7),
        shared.group_braced(),
        fixed("FD_MODE", "OFF" if channel.second is None else "FD-C"),
        *(() if channel.second is None else _second_carrier()),
        encryption_status(),
        interference_status(),
        fixed("UNREGISTERED_TX_STATUS", "OK"),
        shared.channel_flash(),
        Property("CHAN_QUALITY", quality, metered=True),
        Property("AUDIO_LED_BITMAP", audio_leds, metered=True),
        *audio_levels(),
        # A real unit leaves the antennas out of its list (5.6).
        Property("ANTENNA_STATUS", antennas, metered=True, listed=False),
        *_rf(channel),
        *_transmitter(),
        *_battery(),
        *(each for slot in range(1, SLOTS + 1) for each in slot_properties(slot)),
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
    """Only where frequency diversity combines two of them (5.2)."""

    def write_frequency(channel: Channel, words: Sequence[str]) -> None:
        channel.tune_second(number(alone(words)))

    def write_group(channel: Channel, words: Sequence[str]) -> None:
        group = shared.group_in(in_braces(words).rstrip())
        channel.tune_second(channel.band.frequency_of(*group), group)

    def read_frequency(channel: Channel) -> str:
        return digits(None if channel.second is None else channel.second.frequency_khz, 7, "0000000")

    return [
        Property("FREQUENCY2", read_frequency, write_frequency),
        Property("GROUP_CHANNEL2", lambda channel: shared.group_text(channel.second), write_group),
        interference_status("INTERFERENCE_STATUS2"),
    ]


def _rf(channel: Channel) -> list[Property[Channel]]:
    """Antennas A to D; 0 in a GET asks for all."""
    places = range(channel.air.antennas)
    return [
        *(_antenna("RSSI_LED_BITMAP", place, rf_leds) for place in places),
        *rssi(channel),
    ]


def rssi(channel: Channel) -> list[Property[Channel]]:
    return [
        _antenna("RSSI", place, lambda rf_dbm: level(rf_dbm, OFFSET, MAX_LEVEL))
        for place in range(channel.air.antennas)
    ]


def _antenna(name: str, place: int, write: Callable[[float], str]) -> Property[Channel]:
    def read(place: int, channel: Channel) -> str:
        return write(channel.air.rf_dbm[place])

    return Property(name, partial(read, place), second=str(place + 1), second_required=False, metered=True)


def _transmitter() -> list[Property[Channel]]:
    return [
        shared.of_pack("TX_MODEL", lambda pack: pack.model, _UNKNOWN),
        shared.of_pack("TX_DEVICE_ID", lambda pack: braced(pack.name, 31), braced("", 31)),
        shared.of_pack("TX_POWER_LEVEL", lambda pack: POWER_MW[pack.power], shared.UNKNOWN_3),
        shared.of_pack("TX_OFFSET", lambda pack: digits(pack.offset_db + TX_OFFSET, 3), shared.UNKNOWN_3),
        shared.of_pack("TX_INPUT_PAD", input_pad, shared.UNKNOWN_3),
        shared.of_pack("TX_POLARITY", lambda pack: pack.polarity, _UNKNOWN),
        shared.of_pack("TX_LOCK", lambda _: "NONE", _UNKNOWN),
        # Not the word that ULX-D uses: ON is the switch's position, so the mic is open (5.3).
        shared.of_pack("TX_MUTE_MODE_STATUS", lambda pack: "MUTE" if pack.is_muted else "ON", _UNKNOWN),
        shared.of_pack("TX_TALK_SWITCH", lambda _: "OFF", _UNKNOWN),
    ]


def input_pad(pack: Pack) -> str:
    """Bodypacks only: 000 takes 12 dB off, 012 nothing."""
    if pack.pad_on is None:
        return shared.UNKNOWN_3
    return "000" if pack.pad_on else "012"


def _battery() -> list[Property[Channel]]:
    return [
        shared.of_pack("TX_BATT_TYPE", shared.cells, "UNKN"),
        shared.of_pack("TX_BATT_BARS", shared.bars, shared.UNKNOWN_3),
        shared.of_pack("TX_BATT_CHARGE_PERCENT", shared.charge, shared.UNKNOWN_3),
        shared.of_pack("TX_BATT_MINS", shared.minutes, shared.UNKNOWN_5),
        shared.of_pack("TX_BATT_HEALTH_PERCENT", shared.health, shared.UNKNOWN_3),
        shared.of_pack("TX_BATT_CYCLE_COUNT", shared.cycles, shared.UNKNOWN_5),
        shared.of_pack("TX_BATT_TEMP_C", shared.temperature_c, shared.UNKNOWN_3),
        shared.of_pack("TX_BATT_TEMP_F", shared.temperature_f, shared.UNKNOWN_3),
    ]


AXIENT = Family(_device, _channel, sample)
