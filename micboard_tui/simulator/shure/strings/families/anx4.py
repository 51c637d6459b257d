"""ANX4: an Axient Digital receiver whose channels depend on its mode, with slots or for ULX-D transmitters.

Source: docs/reference/protocols/shure.md 5.8, which one program knows. What is not there is as Axient Digital
has it; the padding of values and what packs without a filter or phantom power send is [inferred].
"""

from collections.abc import Callable, Sequence

from micboard_tui.protocols.shure_strings.messages import quote_text
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families import axient, shared_properties
from micboard_tui.simulator.shure.strings.families.axient_slots import property_of_active
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.properties import Property, fixed_property, setting_property
from micboard_tui.simulator.stage.pack import Pack

_PHANTOM_POWER = {"AD3": "048"}
"""Of a plug-on transmitter; other packs have none."""
_HIGH_PASS = {"AD3": "080", "ADX1": "040", "AD1": "000"}


def _phantom_power(pack: Pack) -> str:
    return _PHANTOM_POWER.get(pack.model, shared_properties.UNKNOWN_3)


def _high_pass(pack: Pack) -> str:
    return _HIGH_PASS.get(pack.model, shared_properties.UNKNOWN_3)


_READS: dict[str, Callable[[Pack], str]] = {
    "PHANTOM_POWER": _phantom_power,
    "HIGH_PASS_FILTER": _high_pass,
}
_SLOT_PREFIX, _PACK_PREFIX = "SLOT_", "TX_"


def _device(mode: str, channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    numbers = ",".join(str(channel.number) for channel in channels)
    return [
        shared_properties.device_id(31),
        shared_properties.model(),
        shared_properties.firmware(24),
        shared_properties.rf_band(),
        fixed_property("ENCRYPTION_MODE", "OFF"),
        fixed_property("TRANSMISSION_MODE", mode),
        fixed_property("NUMBER_CHANNELS_LICENSED", str(len(channels))),
        fixed_property("AVAILABLE_CHANNELS", quote_text(numbers)),
        setting_property("ANTENNA_CONFIGURATION", "AUTOMATIC", "AB", "CD", "QUADVERSITY", read_only=True),
        shared_properties.device_flash(),
        shared_properties.network_settings(),
        shared_properties.network_name(),
    ]


def _device_in(mode: str) -> Callable[[DeviceIdentity, Sequence[Channel]], list[Property[DeviceIdentity]]]:
    return lambda _device_itself, channels: _device(mode, channels)


def _channel(channel: Channel) -> list[Property[Channel]]:
    return [
        *axient.channel_properties(channel),
        *(
            shared_properties.of_pack(_PACK_PREFIX + name, read, shared_properties.UNKNOWN_3)
            for name, read in _READS.items()
        ),
        *(
            property_of_active(slot, f"{_SLOT_PREFIX}{name}", read, shared_properties.UNKNOWN_3)
            for slot in range(1, len(channel.slots) + 1)
            for name, read in _READS.items()
        ),
    ]


ANX4 = Family(_device_in("AD_STANDARD"), _channel, axient.sample)
ANX4_ULXD = Family(_device_in("ULXD_STANDARD"), _channel, axient.sample)
"""Its transmitters are in no slots; that it describes them as Axient Digital does is [inferred]."""
