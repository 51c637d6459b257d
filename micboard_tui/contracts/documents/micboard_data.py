"""What micboard, the program for a browser by karlcswanson, serves: ``/data.json``, and its WebSocket.

It is for its pages and for programs that were written for it. Slots are the channels of all receivers and
in-ear transmitters, numbered from 1 in rack order. Its groups are our locations, the first nine of them.

A page reads ``/data.json`` first and every second. What changes comes over the WebSocket in messages with up
to three lists: ``chart-update`` with levels, ``data-update`` with channels of which anything else changed,
and ``group-update``. ``MicboardRack`` is what a message is made from, together with the one before.

Source: karlcswanson/micboard, py/tornado_server.py, py/networkdevice.py, py/config.py, js/app.js, js/data.js.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from micboard_tui.contracts.documents.json_value import Json, JsonObject
from micboard_tui.contracts.documents.micboard_channels import channel_entry, device_type
from micboard_tui.contracts.documents.timestamp import round_timestamp
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import ChannelRef

MAX_GROUPS = 9
"""Its keys 1 to 9 choose them."""
_OF_LEVELS = {"audio_level", "rf_level", "audio_level_l", "audio_level_r"}
_STATUSES = {DeviceStatus.ONLINE: "CONNECTED", DeviceStatus.CONNECTING: "CONNECTING"}


@dataclass(frozen=True, slots=True)
class MicboardRack:
    """All channels as micboard shows them at one moment, by slot."""

    at: float = 0.0
    """Seconds since the epoch."""
    channels: Mapping[int, JsonObject] = field(default_factory=dict)
    heard_at: Mapping[int, float | None] = field(default_factory=dict)
    """When the levels of each were received last."""
    groups: Mapping[int, JsonObject] = field(default_factory=dict)


def read_rack(devices: Sequence[DeviceSnapshot], now: float) -> MicboardRack:
    """What messages of the WebSocket are made from. ``devices`` are all, in rack order."""
    slots = number_slots(devices)
    channels = [
        (slots[state.ref], device, state)
        for device in devices
        for state in device.channels
        if state.ref in slots
    ]
    return MicboardRack(
        now,
        {slot: channel_entry(device, state, slot, now) for slot, device, state in channels},
        {slot: state.meters_at for slot, _, state in channels},
        dict(enumerate(_groups(devices, slots), 1)),
    )


def update_message(before: MicboardRack, after: MicboardRack) -> JsonObject:
    """The message that says what is different now; empty: nothing is."""
    at = round_timestamp(after.at)
    charts: list[Json] = [
        {
            **{name: value for name, value in entry.items() if name in _OF_LEVELS},
            "slot": slot,
            "type": entry["type"],
            "timestamp": at,
        }
        for slot, entry in after.channels.items()
        if after.heard_at[slot] is not None and after.heard_at[slot] != before.heard_at.get(slot)
    ]
    changed: list[Json] = [
        {**entry, "timestamp": at}
        for slot, entry in after.channels.items()
        if _without_levels(entry) != _without_levels(before.channels.get(slot, {}))
    ]
    # Some pages take those that come for all that there are.
    groups: list[Json] = [] if after.groups == before.groups else [*after.groups.values()]
    lists = {"chart-update": charts, "data-update": changed, "group-update": groups}
    return {name: entries for name, entries in lists.items() if entries}


def micboard_document(devices: Sequence[DeviceSnapshot], now: float, url: str, port: int) -> JsonObject:
    """What ``/data.json`` has. ``url`` and ``port``: where this is served, for its page about itself."""
    slots = number_slots(devices)
    shown = _shown_devices(devices)
    return {
        "receivers": [_receiver_entry(device, slots, now) for device in shown],
        "url": url,
        "gif": [],
        "jpg": [],
        "mp4": [],
        "config": {
            "slots": [
                {
                    "slot": slots[state.ref],
                    "ip": device.device.host,
                    "type": device_type(device),
                    "channel": state.number,
                }
                for device in shown
                for state in device.channels
            ],
            "groups": [*_groups(devices, slots)],
            "port": port,
            "prefixes": [],
        },
        "discovered": [],
    }


def number_slots(devices: Sequence[DeviceSnapshot]) -> Mapping[ChannelRef, int]:
    """The slot of each channel, from 1 in rack order."""
    channels = (state.ref for device in _shown_devices(devices) for state in device.channels)
    return {ref: slot for slot, ref in enumerate(channels, 1)}


def _shown_devices(devices: Sequence[DeviceSnapshot]) -> list[DeviceSnapshot]:
    return [device for device in devices if device.state.kind is not DeviceKind.CHARGER]


def _receiver_entry(device: DeviceSnapshot, slots: Mapping[ChannelRef, int], now: float) -> JsonObject:
    return {
        "ip": device.device.host,
        "type": device_type(device),
        "status": _STATUSES.get(device.state.status, "DISCONNECTED"),
        "raw": {**dict(device.state.raw)},
        "tx": [
            {**channel_entry(device, state, slots[state.ref], now), "raw": {**dict(state.facts.raw)}}
            for state in device.channels
        ],
    }


def _groups(devices: Sequence[DeviceSnapshot], slots: Mapping[ChannelRef, int]) -> list[JsonObject]:
    """One for each location with channels, in rack order."""
    of_location: dict[str, list[Json]] = {}
    titles: dict[str, str] = {}
    for device in _shown_devices(devices):
        location = device.device.location_id
        if location is not None and device.channels:
            titles[location] = device.location or location
            of_location.setdefault(location, []).extend(slots[state.ref] for state in device.channels)
    return [
        {"group": number, "title": titles[location], "slots": of_location[location], "hide_charts": False}
        for number, location in enumerate(list(of_location)[:MAX_GROUPS], 1)
    ]


def _without_levels(entry: JsonObject) -> JsonObject:
    return {name: value for name, value in entry.items() if name not in _OF_LEVELS}
