"""From JSON to values: bounded, lenient about what is missing, strict about what is no JSON.

Everything raises ProtocolError, and nothing else, for a message that is none.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NoReturn, TypeAlias

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_system_api.messages import (
    AudioChannel,
    BatteryHealth,
    BatteryLevel,
    DeviceList,
    Event,
    Feature,
    GainRange,
    ListedDevice,
    Value,
)

MAX_BODY = 1024 * 1024
"""Bytes; a list of 500 devices has about 300,000."""
MAX_DEVICES = 512
MAX_CHANNELS = 128
"""Of one device."""
MAX_CAPABILITIES = 128
MAX_ID = 512
"""Ids travel back in paths; the longest seen are about 90 (docs/reference/protocols/shure.md 14.2)."""
MAX_TEXT = 128
MAX_NUMBER = 1e9
_DURATION = re.compile(
    r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})(?:\.\d{1,9})?S)?)?", re.ASCII
)
_DEVICE_EVENTS = {
    "DEVICE_NAME": Feature.NAME,
    "DEVICE_IDENTIFY": Feature.IDENTIFY,
    "DEVICE_AUDIO_MUTE": Feature.AUDIO_MUTE,
    "DEVICE_BATTERY_LEVEL": Feature.BATTERY_LEVEL,
    "DEVICE_BATTERY_HEALTH": Feature.BATTERY_HEALTH,
}
_CHANNEL_EVENTS = {
    "AUDIO_CHANNEL_NAME": Feature.NAME,
    "AUDIO_CHANNEL_MUTE": Feature.MUTE,
    "AUDIO_CHANNEL_GAIN": Feature.GAIN,
    "AUDIO_CHANNEL_ACTIVITY": Feature.ACTIVITY,
}
STATE_CHANGE = "DEVICE_STATE_CHANGE"
FIELDS: Mapping[Feature, str] = {
    Feature.NAME: "name",
    Feature.IDENTIFY: "identifying",
    Feature.AUDIO_MUTE: "muted",
    Feature.MUTE: "muted",
    Feature.GAIN: "gain",
    Feature.ACTIVITY: "audioLevel",
}
"""The one field that tells a simple value (docs/reference/protocols/shure.md 14.2)."""
DEVICE_EVENT_NAMES: Mapping[Feature, str] = {feature: name for name, feature in _DEVICE_EVENTS.items()}
CHANNEL_EVENT_NAMES: Mapping[Feature, str] = {feature: name for name, feature in _CHANNEL_EVENTS.items()}

Node: TypeAlias = Mapping[str, object]


def read_devices(body: bytes) -> DeviceList:
    whole = _json(body)
    page = _node(_node(whole).get("pageInfo"))
    devices = [device for node in _nodes(whole, MAX_DEVICES) if (device := _device(node)) is not None]
    return DeviceList(tuple(devices), page.get("hasNextPage") is True)


def read_channels(body: bytes) -> tuple[AudioChannel, ...]:
    return tuple(
        AudioChannel(
            channel_id, _text(node.get("role")), _text(node.get("group")), _words(node.get("capabilities"))
        )
        for node in _nodes(_json(body), MAX_CHANNELS)
        if (channel_id := _id(node.get("id"))) is not None
    )


def read_value(feature: Feature, body: bytes) -> Value:
    """What is told of ``feature``; None where the field that tells it is missing or of another kind."""
    return _value(feature, _object(_json(body)))


def read_range(body: bytes) -> GainRange:
    node = _object(_json(body))
    for name in ("constraints", "gain", "range"):
        node = _node(node.get(name))
    return GainRange(_number(node.get("min")), _number(node.get("max")), _number(node.get("step")))


def read_problem(body: bytes) -> str | None:
    """Why the server refuses, in its own words; None where it does not say."""
    try:
        node = _node(_json(body))
    except ProtocolError:
        return None
    return _text(node.get("detail")) or _text(node.get("title"))


def read_transport(message: str) -> str:
    """The id of a WebSocket, from its first message. Raises ProtocolError where it has none.

    Source: docs/reference/protocols/shure.md 14.3.
    """
    transport = _id(_node(_json(message)).get("transportId"))
    if transport is None:
        raise ProtocolError("The WebSocket does not tell its transportId")
    return transport


def read_event(message: str) -> Event | None:
    """What was pushed; None for an event that we do not know."""
    node = _object(_json(message))
    envelope = _node(node.get("envelope"))
    name, device_id = envelope.get("eventName"), _id(envelope.get("deviceId"))
    if device_id is None or not isinstance(name, str):
        return None
    if name == STATE_CHANGE:
        return Event(device_id)
    channel_id = _id(envelope.get("audioChannelId"))
    feature = _DEVICE_EVENTS.get(name) if channel_id is None else _CHANNEL_EVENTS.get(name)
    if feature is None:
        return None
    return Event(device_id, feature, channel_id, _value(feature, _node(node.get("body"))))


def minutes_of(duration: object) -> int | None:
    """Whole minutes of an ISO 8601 duration such as PT853M or PT1H5M."""
    match = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return (days * 24 + hours) * 60 + minutes + seconds // 60


def _json(raw: bytes | str) -> object:
    if len(raw) > MAX_BODY:
        raise ProtocolError(f"{len(raw)} are more than {MAX_BODY} bytes")
    try:
        whole: object = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("It is no JSON") from error
    return whole


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _object(whole: object) -> Node:
    if not isinstance(whole, dict):
        raise ProtocolError("It is no JSON object")
    return whole


def _node(value: object) -> Node:
    return value if isinstance(value, dict) else {}


def _nodes(whole: object, limit: int) -> Iterator[Node]:
    """The entries of a list in any of its three shapes, as many as we believe in.

    Source: docs/reference/protocols/shure.md 14.2.
    """
    entries = whole
    if isinstance(whole, dict):
        entries = whole.get("edges", whole.get("items"))
    if not isinstance(entries, list):
        raise ProtocolError("It is no list")
    for entry in entries[:limit]:
        node = _node(entry)
        yield _node(node["node"]) if "node" in node else node


def _device(node: Node) -> ListedDevice | None:
    hardware, software = _node(node.get("hardwareIdentity")), _node(node.get("softwareIdentity"))
    protocol = _node(node.get("communicationProtocol"))
    device_id = _id(hardware.get("deviceId"))
    if device_id is None:
        return None
    capabilities = node.get("capabilities")
    return ListedDevice(
        id=device_id,
        model=_text(software.get("model")),
        serial=_text(hardware.get("serialNumber")),
        firmware=_text(software.get("firmwareVersion")),
        state=_text(node.get("deviceState")),
        address=_text(protocol.get("address")),
        protocol=_text(protocol.get("name")),
        compatibility=_text(node.get("compatibility")),
        capabilities=_words(capabilities) if isinstance(capabilities, list) else None,
    )


def _value(feature: Feature, node: Node) -> Value:
    match feature:
        case Feature.BATTERY_LEVEL:
            return _battery_level(node)
        case Feature.BATTERY_HEALTH:
            return BatteryHealth(_number(node.get("percentage")), _number(node.get("cycleCount")))
        case Feature.NAME | Feature.ACTIVITY:
            return _text(node.get(FIELDS[feature]))
        case Feature.GAIN:
            return _number(node.get(FIELDS[feature]))
        case Feature.IDENTIFY | Feature.AUDIO_MUTE | Feature.MUTE:
            return _switch(node.get(FIELDS[feature]))


def _battery_level(node: Node) -> BatteryLevel:
    status = _node(node.get("status"))
    return BatteryLevel(
        _number(node.get("percentage")),
        _text(status.get("currentState")),
        _text(status.get("targetState")),
        minutes_of(status.get("timeToTargetState")),
    )


def _text(value: object) -> str | None:
    """Short and able to travel on: lone surrogates can be neither stored nor printed."""
    if isinstance(value, bool | float | int):
        return str(value) if not isinstance(value, bool) and abs(value) < MAX_NUMBER else None
    return _sound(value[:MAX_TEXT]) if isinstance(value, str) and value else None


def _id(value: object) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID:
        return None
    # Replaced characters would ask for something else.
    return value if _sound(value) == value else None


def _sound(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_NUMBER:
        return None
    return value


def _switch(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _words(value: object) -> tuple[str, ...]:
    words: Iterable[object] = value if isinstance(value, list) else ()
    return tuple(word for each in list(words)[:MAX_CAPABILITIES] if (word := _text(each)) is not None)
