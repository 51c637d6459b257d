"""SLX-D, and SLX-D+ as a real unit on firmware 2.0.38.9 speaks it, or as its document has it.

Source: docs/reference/protocols/shure.md 6, 7, 19.
"""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.protocols.shure_strings.messages import quote_text
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families import axient, shared_properties, ulxd
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.properties import Property, fixed_property, setting_property

LINKS = 2
"""Transmitters that an SLX-D+ channel is linked with (docs/reference/protocols/shure.md 7.2)."""


def best_rf(channel: Channel) -> str:
    return axient.rf_level(max(channel.air.rf_dbm))


def sample(channel: Channel) -> list[bytes]:
    """``peak rms rssi``, one level only: that of the better antenna.

    Source: docs/reference/protocols/shure.md 6.3.
    """
    return f"{axient.peak(channel)} {axient.rms(channel)} {best_rf(channel)}".encode().split()


def _device(_device: DeviceIdentity, _channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    return [
        shared_properties.model(),
        shared_properties.device_id(8),
        shared_properties.rf_band(),
        setting_property("LOCK_STATUS", "OFF", "MENU", "ALL", read_only=True),
        shared_properties.firmware(24),
        shared_properties.device_flash(),
    ]


def _channel(_channel: Channel) -> list[Property[Channel]]:
    return [*_receiver(), _rssi(), *_transmitter()]


def _channel_as_documented(channel: Channel) -> list[Property[Channel]]:
    return [*_receiver(), *axient.rssi(channel), *_transmitter()]


def _rssi() -> Property[Channel]:
    """One value for both antennas, as two real units answered (docs/reference/protocols/shure.md 19)."""
    return Property("RSSI", best_rf, metered=True)


def _receiver() -> list[Property[Channel]]:
    return [
        shared_properties.channel_name(31),
        shared_properties.audio_gain(),
        fixed_property("AUDIO_OUT_LVL_SWITCH", "MIC"),
        shared_properties.group_braced(),
        shared_properties.frequency(7),
        shared_properties.meter_rate(axient.MAX_RATE_MS),
        # Written to only (docs/reference/protocols/shure.md 6.2).
        shared_properties.channel_flash(gettable=False),
        *axient.audio_levels(),
    ]


def _transmitter() -> list[Property[Channel]]:
    return [
        shared_properties.of_pack("TX_MODEL", lambda pack: pack.model, "UNKNOWN"),
        shared_properties.of_pack("TX_BATT_MINS", shared_properties.minutes, shared_properties.UNKNOWN_5),
        shared_properties.of_pack("TX_BATT_BARS", shared_properties.bars, shared_properties.UNKNOWN_3),
    ]


def _plus_device(device: DeviceIdentity, channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    return [
        *_device(device, channels),
        fixed_property("ENCRYPTION_MODE", "OFF"),
        shared_properties.network_name(),
        setting_property("AUDIO_SUMMING_MODE", "OFF", read_only=True),
        setting_property("APP_CONNECTION_ENABLED", "ON", read_only=True),
        shared_properties.network_settings(),
    ]


def _documented_device(device: DeviceIdentity, channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    """One property has a shorter name."""
    return [
        replace(own, name="APP_CONN_ENABLED") if own.name == "APP_CONNECTION_ENABLED" else own
        for own in _plus_device(device, channels)
    ]


def _plus_channel(_channel: Channel) -> list[Property[Channel]]:
    return [
        *_receiver(),
        _rssi(),
        Property("ANTENNA_STATUS", ulxd.antenna, metered=True),
        axient.encryption_status(),
        axient.interference_status(),
        shared_properties.network_channel_name(),
        *_transmitter(),
        *(_link(number) for number in range(1, LINKS + 1)),
        *(_link_model(number) for number in range(1, LINKS + 1)),
    ]


def _link(number: int) -> Property[Channel]:
    def read(channel: Channel) -> str:
        return "online" if number == 1 and channel.air.pack.is_on else "offline"

    return Property("LINK_STATUS", read, second=str(number))


def _link_model(number: int) -> Property[Channel]:
    def read(channel: Channel) -> str:
        return quote_text(channel.air.pack.model if number == 1 else "", 10)

    return Property("SLOT_TX_MODEL", read, second=str(number))


def _documented_channel(channel: Channel) -> list[Property[Channel]]:
    """Type and minutes of the transmitter are those of its link, and there is one link."""
    return [
        *_receiver(),
        *axient.rssi(channel),
        Property("ANTENNA_STATUS", ulxd.antenna, metered=True),
        axient.encryption_status(),
        axient.interference_status(),
        shared_properties.network_channel_name(),
        Property("LINK_STATUS", _documented_status, second="1"),
        Property("LINK_TX_MODEL", lambda channel: quote_text(_linked_model(channel), 10), second="1"),
        Property("LINK_TX_BATT_MINS", _linked_minutes, second="1"),
    ]


def _documented_status(channel: Channel) -> str:
    return "LINKED.ACTIVE" if channel.air.pack.is_on else "LINKED.INACTIVE"


def _linked_model(channel: Channel) -> str:
    return channel.air.pack.model


def _linked_minutes(channel: Channel) -> str:
    pack = channel.air.pack
    return shared_properties.minutes(pack) if pack.is_on else shared_properties.UNKNOWN_5


_SHORT_LIST = frozenset({"CHAN_NAME", "AUDIO_GAIN", "FREQUENCY", "GROUP_CHANNEL", "METER_RATE", "TX_MODEL"})
"""The whole of it is not documented (docs/reference/protocols/shure.md 7.6). [inferred]"""

SLXD = Family(_device, _channel, sample)
SLXD_AS_DOCUMENTED = Family(_device, _channel_as_documented, sample)
"""With a REP for each antenna, which only the text of the manufacturer has.

Source: docs/reference/protocols/shure.md 6.2.
"""
SLXD_PLUS = Family(
    _plus_device,
    _plus_channel,
    sample,
    lists_all_channels=False,
    short_list=_SHORT_LIST,
)
SLXD_PLUS_DOCUMENTED = Family(_documented_device, _documented_channel, sample)
"""How its document has it, where the real unit does otherwise."""
