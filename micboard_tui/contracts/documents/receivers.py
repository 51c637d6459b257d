"""Receivers in the words of the first plan of the API: ``battery_level`` and ``signal_strength``.

Only this document has them; all others say how a battery is known and which level is meant. The words are
those of justprosound/django-micboard, too, so that its clients find them.
"""

from collections.abc import Iterable, Sequence

from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot
from micboard_tui.domain.link_state import ON_AIR

KHZ_A_MHZ = 1000


def receivers_document(devices: Sequence[DeviceSnapshot], now: float) -> JsonObject:
    """The receivers among ``devices``, in their order."""
    return _document([receiver_entry(device, device.channels) for device in list_receivers(devices)], now)


def low_battery_document(
    devices: Sequence[DeviceSnapshot], now: float, threshold: int, *, with_unknown: bool = False
) -> JsonObject:
    """The receivers with a pack at or below ``threshold`` percent, each with these channels only.

    A pack of which no charge is known is not low; ``with_unknown`` lists it as well.
    """
    found = []
    for device in list_receivers(devices):
        levels = [(channel, battery_level(device, channel)) for channel in device.channels]
        channels = [
            channel
            for channel, level in levels
            if (level is not None and level <= threshold)
            or (with_unknown and has_unknown_battery(device, channel))
        ]
        if channels:
            found.append(receiver_entry(device, channels))
    return {**_document(found, now), "threshold": threshold}


def list_receivers(devices: Sequence[DeviceSnapshot]) -> list[DeviceSnapshot]:
    """Without chargers and transmitters of in-ear monitors."""
    return [device for device in devices if device.state.kind is DeviceKind.RECEIVER]


def receiver_entry(device: DeviceSnapshot, channels: Sequence[ChannelState]) -> JsonObject:
    """A receiver with some of its channels; its own levels are the worst of those that are on the air."""
    entries = [_channel_entry(device, channel) for channel in channels]
    registered, state = device.device, device.state
    return {
        "id": registered.id,
        "name": device.title,
        "manufacturer": registered.manufacturer,
        "model": state.model,
        "ip_address": registered.host,
        "port": registered.port,
        "firmware_version": state.firmware,
        "location": device.location,
        "location_id": registered.location_id,
        "is_online": state.is_online,
        "last_seen": format_timestamp(state.last_seen_at),
        "battery_level": _worst(battery_level(device, channel) for channel in channels),
        "signal_strength": _worst(
            # Without a carrier some receivers report the level of the noise.
            channel.meters.rf_dbm
            for channel in channels
            if channel.link_state in ON_AIR
        ),
        "channel_count": len(device.channels),
        "channels": [*entries],
    }


def battery_level(device: DeviceSnapshot, channel: ChannelState) -> int | None:
    """The charge of the pack in percent; in steps of 20 where it reports bars; None: not known now."""
    share = channel.battery.share if device.state.is_online and channel.battery is not None else None
    return None if share is None else round(share * 100)


def has_unknown_battery(device: DeviceSnapshot, channel: ChannelState) -> bool:
    """Whether a pack is received of which no charge is known, in percent or bars."""
    return channel.battery is not None and battery_level(device, channel) is None


def _channel_entry(device: DeviceSnapshot, channel: ChannelState) -> JsonObject:
    khz = channel.facts.frequency_khz
    return {
        "number": channel.number,
        "name": channel.display_name,
        "frequency": None if khz is None else khz / KHZ_A_MHZ,
        "battery_level": battery_level(device, channel),
        "signal_strength": channel.meters.rf_dbm,
        "link_state": channel.link_state.value,
    }


def _document(receivers: list[JsonObject], now: float) -> JsonObject:
    return {
        "schema": SCHEMA,
        "generated_at": format_timestamp(now),
        "count": len(receivers),
        "receivers": [*receivers],
    }


def _worst(levels: Iterable[float | None]) -> float | None:
    """The lowest that is known."""
    return min((level for level in levels if level is not None), default=None)
