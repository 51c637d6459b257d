"""From JSON to values: bounded, lenient about missing fields, strict about malformed JSON.

Every function raises ProtocolError, and nothing else, for a message that is no JSON or has the wrong shape.
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
"""Characters; the longest ids known have about 90 (docs/reference/protocols/shure.md 14.2)."""
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
"""The one field of a simple value (docs/reference/protocols/shure.md 14.2)."""
DEVICE_EVENT_NAMES: Mapping[Feature, str] = {feature: name for name, feature in _DEVICE_EVENTS.items()}
CHANNEL_EVENT_NAMES: Mapping[Feature, str] = {feature: name for name, feature in _CHANNEL_EVENTS.items()}

Node: TypeAlias = Mapping[str, object]


def read_devices(body: bytes) -> DeviceList:
    document = _parse_json(body)
    page = _as_node(_as_node(document).get("pageInfo"))
    devices = [
        device
        for node in _iterate_nodes(document, MAX_DEVICES)
        if (device := _read_listed_device(node)) is not None
    ]
    return DeviceList(tuple(devices), page.get("hasNextPage") is True)


def read_channels(body: bytes) -> tuple[AudioChannel, ...]:
    return tuple(
        AudioChannel(
            channel_id,
            _read_text(node.get("role")),
            _read_text(node.get("group")),
            _read_texts(node.get("capabilities")),
        )
        for node in _iterate_nodes(_parse_json(body), MAX_CHANNELS)
        if (channel_id := _read_id(node.get("id"))) is not None
    )


def read_value(feature: Feature, body: bytes) -> Value:
    """The value of ``feature``; None where its field is missing or of another type."""
    return _read_feature(feature, _require_object(_parse_json(body)))


def read_range(body: bytes) -> GainRange:
    node = _require_object(_parse_json(body))
    for name in ("constraints", "gain", "range"):
        node = _as_node(node.get(name))
    return GainRange(
        _read_number(node.get("min")), _read_number(node.get("max")), _read_number(node.get("step"))
    )


def read_problem(body: bytes) -> str | None:
    """The server's own text of a refusal; None where there is none."""
    try:
        node = _as_node(_parse_json(body))
    except ProtocolError:
        return None
    return _read_text(node.get("detail")) or _read_text(node.get("title"))


def is_json(body: bytes) -> bool:
    try:
        _parse_json(body)
    except ProtocolError:
        return False
    return True


def read_transport(message: str) -> str:
    """The id of a WebSocket, from its first message. Raises ProtocolError where it has none.

    Source: docs/reference/protocols/shure.md 14.3.
    """
    transport = _read_id(_as_node(_parse_json(message)).get("transportId"))
    if transport is None:
        raise ProtocolError("The WebSocket did not send its transportId")
    return transport


def read_event(message: str) -> Event | None:
    """The event in a message of the WebSocket; None for an unknown one."""
    node = _require_object(_parse_json(message))
    envelope = _as_node(node.get("envelope"))
    name, device_id = envelope.get("eventName"), _read_id(envelope.get("deviceId"))
    if device_id is None or not isinstance(name, str):
        return None
    if name == STATE_CHANGE:
        return Event(device_id)
    channel_id = _read_id(envelope.get("audioChannelId"))
    feature = _DEVICE_EVENTS.get(name) if channel_id is None else _CHANNEL_EVENTS.get(name)
    if feature is None:
        return None
    return Event(device_id, feature, channel_id, _read_feature(feature, _as_node(node.get("body"))))


def minutes_of(duration: object) -> int | None:
    """Whole minutes of an ISO 8601 duration such as PT853M or PT1H5M."""
    match = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(digits or 0) for digits in match.groups())
    return (days * 24 + hours) * 60 + minutes + seconds // 60


def _parse_json(raw: bytes | str) -> object:
    if len(raw) > MAX_BODY:
        raise ProtocolError(f"{len(raw)} are more than {MAX_BODY} bytes")
    try:
        document: object = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("It is no JSON") from error
    return document


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _require_object(document: object) -> Node:
    if not isinstance(document, dict):
        raise ProtocolError("It is no JSON object")
    return document


def _as_node(value: object) -> Node:
    return value if isinstance(value, dict) else {}


def _iterate_nodes(document: object, limit: int) -> Iterator[Node]:
    """The first ``limit`` entries of a list in any of its three shapes.

    Source: docs/reference/protocols/shure.md 14.2.
    """
    entries = document
    if isinstance(document, dict):
        entries = document.get("edges", document.get("items"))
    if not isinstance(entries, list):
        raise ProtocolError("It is no list")
    for entry in entries[:limit]:
        node = _as_node(entry)
        yield _as_node(node["node"]) if "node" in node else node


def _read_listed_device(node: Node) -> ListedDevice | None:
    hardware, software = _as_node(node.get("hardwareIdentity")), _as_node(node.get("softwareIdentity"))
    protocol = _as_node(node.get("communicationProtocol"))
    device_id = _read_id(hardware.get("deviceId"))
    if device_id is None:
        return None
    capabilities, firmware_valid = node.get("capabilities"), software.get("firmwareValid")
    return ListedDevice(
        id=device_id,
        model=_read_text(software.get("model")),
        serial=_read_text(hardware.get("serialNumber")),
        firmware=_read_text(software.get("firmwareVersion")),
        state=_read_text(node.get("deviceState")),
        address=_read_text(protocol.get("address")),
        protocol=_read_text(protocol.get("name")),
        compatibility=_read_text(node.get("compatibility")),
        capabilities=_read_texts(capabilities) if isinstance(capabilities, list) else None,
        firmware_valid=firmware_valid if isinstance(firmware_valid, bool) else None,
    )


def _read_feature(feature: Feature, node: Node) -> Value:
    match feature:
        case Feature.BATTERY_LEVEL:
            return _read_battery_level(node)
        case Feature.BATTERY_HEALTH:
            return BatteryHealth(_read_number(node.get("percentage")), _read_number(node.get("cycleCount")))
        case Feature.NAME | Feature.ACTIVITY:
            return _read_text(node.get(FIELDS[feature]))
        case Feature.GAIN:
            return _read_number(node.get(FIELDS[feature]))
        case Feature.IDENTIFY | Feature.AUDIO_MUTE | Feature.MUTE:
            return _read_switch(node.get(FIELDS[feature]))


def _read_battery_level(node: Node) -> BatteryLevel:
    status = _as_node(node.get("status"))
    return BatteryLevel(
        _read_number(node.get("percentage")),
        _read_text(status.get("currentState")),
        _read_text(status.get("targetState")),
        minutes_of(status.get("timeToTargetState")),
    )


def _read_text(value: object) -> str | None:
    """A shortened text without lone surrogates, which can be neither stored nor printed."""
    if isinstance(value, bool | float | int):
        return str(value) if not isinstance(value, bool) and abs(value) < MAX_NUMBER else None
    return _replace_surrogates(value[:MAX_TEXT]) if isinstance(value, str) and value else None


def _read_id(value: object) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID:
        return None
    # An id with replaced characters would name something else.
    return value if _replace_surrogates(value) == value else None


def _replace_surrogates(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")


def _read_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_NUMBER:
        return None
    return value


def _read_switch(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _read_texts(value: object) -> tuple[str, ...]:
    elements: Iterable[object] = value[:MAX_CAPABILITIES] if isinstance(value, list) else ()
    return tuple(text for element in elements if (text := _read_text(element)) is not None)
