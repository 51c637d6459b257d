"""QLX-D: a ULX-D with one channel and fewer properties, silent where others answer REP ERR.

Source: docs/reference/protocols/shure.md 4.
"""

from collections.abc import Sequence

from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families import shared_properties, ulxd
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.properties import Property, setting_property


def _device(_device: DeviceIdentity, _channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    return [
        shared_properties.device_id(8),
        shared_properties.firmware(18),
        setting_property("ENCRYPTION", "OFF", "ON"),
        Property("MAC_ADDR", lambda device: device.mac, listed=False),
    ]


def _channel(_channel: Channel) -> list[Property[Channel]]:
    return [
        shared_properties.channel_name(8),
        shared_properties.audio_gain(),
        shared_properties.frequency(6),
        shared_properties.group_plain(),
        ulxd.key_warning(),
        shared_properties.meter_rate(ulxd.MAX_RATE_MS),
        *ulxd.meters(),
        *ulxd.transmitter(),
        *ulxd.battery(),
        # Asked for with an index by the one client that is known to ask (docs/reference/protocols/shure.md
        # 1.11).
        Property("MAC_ADDR", lambda channel: channel.settings.get("MAC_ADDR", ""), listed=False),
    ]


QLXD = Family(_device, _channel, ulxd.sample, says_err=False, takes_index_0=False)
