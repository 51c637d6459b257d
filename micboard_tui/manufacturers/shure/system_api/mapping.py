"""From the server's values to ours: channels, meters and bays. Pure.

The API tells no frequency, RF, antenna, transmitter or encryption (docs/reference/protocols/shure.md
14.6); all of
that stays None, and the raw values for the detail screen say so.
"""

from collections.abc import Iterator

from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import NO_WARNINGS, ChannelFacts, DeviceWarning, Meters
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.docked_pack import OCCUPIED
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.observation import DeviceHeard
from micboard_tui.domain.value_ranges import MAX_BATTERY_MINUTES
from micboard_tui.manufacturers.shure.system_api.channel_numbers import Numbering
from micboard_tui.manufacturers.shure.system_api.inventory import Site, is_iem, is_left_out
from micboard_tui.manufacturers.shure.system_api.values import (
    CLIPPING,
    DISCHARGING,
    EMPTY,
    FULL,
    OFFLINE,
    ONLINE,
    parse_bay_state,
    parse_count,
    parse_gain_db,
    parse_percent,
    parse_switch,
    parse_text,
)
from micboard_tui.protocols.shure_system_api.messages import (
    AudioChannel,
    BatteryHealth,
    BatteryLevel,
    Feature,
    ListedDevice,
)

MODEL = "SystemAPI"
DEVICE_ID, CHANNEL_ID = "device id", "channel id"
"""Raw properties of a channel by which the server addresses it."""
NOT_PROVIDED = "not provided by this API"
NOT_PROVIDED_OF_RECEIVERS = "frequency, RF, antenna, transmitter, its battery, encryption"
NOT_PROVIDED_OF_IEM = "frequency, RF power, encryption, audio level but low, good, clipping"
NOT_PROVIDED_OF_PACKS = "charger and bay, temperature, the receiver's channel"
_HARDWARE = frozenset({DeviceWarning.HARDWARE})
"""Of a device whose firmware is not valid. [one codebase, unverified]

Source: docs/reference/protocols/shure.md 14.2, 19.
"""
Raw = tuple[tuple[str, str], ...]


def device_of(site: Site, numbering: Numbering, *, pushed: int | None) -> DeviceHeard:
    """The server as one device: all channels and bays behind it (docs/adr/0011).

    ``pushed``: how many values are pushed; None while there is no WebSocket.
    """
    shown = list(site.shown_devices())
    left_out = [device for device in site.devices.values() if is_left_out(device)]
    raw = {
        f"device {device.model or 'without model'} {device.id}": _describe_device(site, numbering, device)
        for device in shown
    }
    raw[NOT_PROVIDED] = NOT_PROVIDED_OF_RECEIVERS
    raw["values pushed"] = "none, all are polled" if pushed is None else str(pushed)
    if left_out:
        raw["read by command strings"] = ", ".join(
            sorted(f"{device.model} {device.id}" for device in left_out)
        )
    if site.has_more:
        raw["devices not listed"] = "the server has more than its first page"
    return DeviceHeard(
        kind=_kind_of(shown, numbering),
        channel_count=numbering.channel_count,
        model=MODEL,
        raw=tuple(sorted(raw.items())),
        bay_count=len(numbering.bays),
    )


def facts_of(site: Site, device_id: str, index: int, meter_interval_s: float | None) -> ChannelFacts:
    """The facts of the channel at an index of a device's list, without its meters."""
    owner = site.devices.get(device_id)
    channels = site.channels.get(device_id, ())
    channel = channels[index] if index < len(channels) else None
    is_reached = owner is not None and owner.state != OFFLINE
    behind_server = channel_label(_title_of(site, device_id), index + 1)
    if owner is None or channel is None:
        return ChannelFacts(
            meter_interval_s=meter_interval_s if is_reached else 0.0,
            is_offline=not is_reached,
            channel_behind_server=behind_server,
            raw=_raw_of_device(site, device_id),
        )
    is_online = owner.state == ONLINE
    return ChannelFacts(
        name=parse_text(site.value(device_id, Feature.NAME, channel.id)),
        gain_db=parse_gain_db(site.value(device_id, Feature.GAIN, channel.id)) if is_online else None,
        receiver_muted=_is_muted(site, device_id, channel) if is_online else None,
        # It transmits by itself as long as it is there; what a receiver hears is not reported.
        transmitter_present=True if is_iem(owner) and is_online else None,
        meter_interval_s=meter_interval_s if is_reached else 0.0,
        is_offline=not is_reached,
        channel_behind_server=behind_server,
        device_warnings=_HARDWARE if owner.firmware_valid is False else NO_WARNINGS,
        raw=_raw_of_channel(site, owner, channel, f"{index + 1} of {len(channels)}"),
    )


def meters_of(site: Site, device_id: str, index: int) -> Meters:
    """Low, good or clipping: a term and no level, so only clipping can be reported."""
    owner = site.devices.get(device_id)
    channels = site.channels.get(device_id, ())
    if owner is None or owner.state != ONLINE or index >= len(channels):
        return Meters()
    activity = site.value(device_id, Feature.ACTIVITY, channels[index].id)
    return Meters(carrier=True if is_iem(owner) else None, overload=activity == CLIPPING)


def bay_of(site: Site, device_id: str, number: int) -> Bay:
    """A battery that the server knows: in a charger while it charges or has charged, in use while it runs."""
    owner = site.devices.get(device_id)
    if owner is None:
        return Bay(number, raw=_raw_of_pack(site, device_id))
    name = parse_text(site.value(device_id, Feature.NAME))
    if owner.state != ONLINE:
        raw = _raw_of_pack(site, device_id)
        return Bay(number, pack_model=owner.model, pack_name=name, pack_serial=owner.serial, raw=raw)
    level = site.value(device_id, Feature.BATTERY_LEVEL)
    charge = level if isinstance(level, BatteryLevel) else BatteryLevel()
    state = parse_bay_state(charge.state, charge.target)
    fills = state in OCCUPIED and charge.target == FULL
    return Bay(
        number,
        state,
        pack_model=owner.model,
        pack_name=name,
        pack_serial=owner.serial,
        battery=_battery_of(charge, site.value(device_id, Feature.BATTERY_HEALTH)),
        minutes_to_full=_parse_minutes(charge) if fills else None,
        raw=_raw_of_pack(site, device_id),
    )


def _battery_of(level: BatteryLevel, health: object) -> Battery:
    charge = parse_percent(level.percent)
    if level == BatteryLevel() and health is None:
        return NO_BATTERY
    known_health = health if isinstance(health, BatteryHealth) else BatteryHealth()
    runs_down = level.state == DISCHARGING and level.target == EMPTY
    return Battery(
        percent=charge,
        minutes=_parse_minutes(level) if runs_down else None,
        health_percent=parse_percent(known_health.percent),
        cycles=parse_count(known_health.cycles),
    )


def _parse_minutes(level: BatteryLevel) -> int | None:
    return parse_count(level.minutes_to_target, MAX_BATTERY_MINUTES)


def _is_muted(site: Site, device_id: str, channel: AudioChannel) -> bool | None:
    """The whole device can be muted, or one channel of it."""
    device_mute = parse_switch(site.value(device_id, Feature.AUDIO_MUTE))
    channel_mute = parse_switch(site.value(device_id, Feature.MUTE, channel.id))
    if device_mute or channel_mute:
        return True
    return device_mute if channel_mute is None else channel_mute


def _title_of(site: Site, device_id: str) -> str:
    """What a device behind the server is called: by its name, its model, or at least its id."""
    owner = site.devices.get(device_id)
    name = parse_text(site.value(device_id, Feature.NAME))
    return name or (owner.model if owner is not None else None) or device_id


def _kind_of(shown: list[ListedDevice], numbering: Numbering) -> DeviceKind:
    with_channels = [device for device in shown if numbering.channels.get(device.id)]
    if with_channels and all(map(is_iem, with_channels)):
        return DeviceKind.IEM_TRANSMITTER
    return DeviceKind.CHARGER if numbering.bays and not with_channels else DeviceKind.RECEIVER


def _describe_device(site: Site, numbering: Numbering, device: ListedDevice) -> str:
    """One device behind the server in a line: its name, where it is, and which numbers are its."""
    name = parse_text(site.value(device.id, Feature.NAME))
    numbers = numbering.channels.get(device.id)
    bay_number = numbering.bays.get(device.id)
    parts = [
        name and f"'{name}'",
        (device.state or "state unknown").lower(),
        device.address and f"at {device.address}",
        device.firmware and f"firmware {device.firmware}",
        numbers and f"channels {numbers[0]} to {numbers[-1]}",
        bay_number and f"bay {bay_number}",
    ]
    return ", ".join(part for part in parts if part)


def _raw_of_pack(site: Site, device_id: str) -> Raw:
    return tuple(sorted((*_iterate_raw(site, device_id), (NOT_PROVIDED, NOT_PROVIDED_OF_PACKS))))


def _raw_of_device(site: Site, device_id: str) -> Raw:
    return tuple(sorted(_iterate_raw(site, device_id)))


def _raw_of_channel(site: Site, owner: ListedDevice, channel: AudioChannel, index: str) -> Raw:
    values = {
        **dict(_iterate_raw(site, owner.id)),
        "channel": index,
        CHANNEL_ID: channel.id,
        "channel role": channel.role,
        "channel group": channel.group,
        "activity": parse_text(site.value(owner.id, Feature.ACTIVITY, channel.id)),
        NOT_PROVIDED: NOT_PROVIDED_OF_IEM if is_iem(owner) else NOT_PROVIDED_OF_RECEIVERS,
    }
    return tuple(sorted((name, value) for name, value in values.items() if value is not None))


def _iterate_raw(site: Site, device_id: str) -> Iterator[tuple[str, str]]:
    owner = site.devices.get(device_id)
    if owner is None:
        yield "device state", "not in the server's list any more"
        return
    level = site.value(device_id, Feature.BATTERY_LEVEL)
    charge = level if isinstance(level, BatteryLevel) else BatteryLevel()
    values = {
        "device": owner.model,
        DEVICE_ID: owner.id,
        "device address": owner.address,
        "device name": parse_text(site.value(device_id, Feature.NAME)),
        "device protocol": owner.protocol,
        "device serial": owner.serial,
        "device state": owner.state,
        "firmware": owner.firmware,
        "firmware valid": None if owner.firmware_valid is None else str(owner.firmware_valid).lower(),
        "battery state": charge.state,
        "battery target": charge.target,
    }
    yield from ((name, value) for name, value in values.items() if value is not None)
