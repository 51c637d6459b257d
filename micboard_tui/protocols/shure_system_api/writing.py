"""From values to JSON: the answers and events of a server, and the few bodies that a client sends."""

import json
from collections.abc import Mapping, Sequence

from micboard_tui.protocols.shure_system_api.messages import (
    AudioChannel,
    BatteryHealth,
    BatteryLevel,
    DeviceList,
    Event,
    Feature,
    GainRange,
    ListedDevice,
    Shape,
    Value,
)
from micboard_tui.protocols.shure_system_api.reading import (
    CHANNEL_EVENT_NAMES,
    DEVICE_EVENT_NAMES,
    FIELDS,
    STATE_CHANGE,
)

Body = dict[str, object]


def write_devices(devices: DeviceList, shape: Shape = Shape.PAGE) -> bytes:
    nodes = [_node_of(device) for device in devices.devices]
    return _encode_json(_wrap_nodes(nodes, shape, has_more=devices.has_more))


def write_channels(channels: Sequence[AudioChannel], shape: Shape = Shape.LIST) -> bytes:
    nodes = [
        # A channel without a group has null there, and not no field.
        {"group": channel.group}
        | _drop_unknown({"id": channel.id, "role": channel.role, "capabilities": channel.capabilities})
        for channel in channels
    ]
    return _encode_json(_wrap_nodes(nodes, shape))


def write_value(feature: Feature, value: Value) -> bytes:
    return _encode_json(value_body(feature, value))


def value_body(feature: Feature, value: Value) -> Body:
    """The object that carries ``value``, the same in requests, answers and events."""
    match value:
        case BatteryLevel():
            status = {"currentState": value.state, "targetState": value.target}
            if value.minutes_to_target is not None:
                status["timeToTargetState"] = f"PT{value.minutes_to_target}M"
            return _drop_unknown({"percentage": value.percent, "status": _drop_unknown(status)})
        case BatteryHealth():
            return _drop_unknown({"percentage": value.percent, "cycleCount": value.cycles})
        case _:
            # A battery of which nothing is known has no field of its own.
            return _drop_unknown({FIELDS.get(feature, "percentage"): value})


def write_range(limits: GainRange) -> bytes:
    gain_range = _drop_unknown({"min": limits.low, "max": limits.high, "step": limits.step})
    return _encode_json({"constraints": {"gain": {"range": gain_range}}})


def write_problem(status: int, title: str, detail: str, instance: str) -> bytes:
    """The body of a refusal (docs/reference/protocols/shure.md 14.1)."""
    return _encode_json(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": instance}
    )


def write_transport(transport: str) -> str:
    return json.dumps({"transportId": transport})


def write_event(event: Event) -> str:
    envelope: Body = {"eventName": STATE_CHANGE, "deviceId": event.device_id}
    if event.feature is None:
        return json.dumps({"envelope": envelope, "body": {}})
    names = DEVICE_EVENT_NAMES if event.channel_id is None else CHANNEL_EVENT_NAMES
    envelope["eventName"] = names[event.feature]
    if event.channel_id is not None:
        envelope["audioChannelId"] = event.channel_id
    return json.dumps({"envelope": envelope, "body": value_body(event.feature, event.value)})


def _wrap_nodes(nodes: Sequence[Body], shape: Shape, *, has_more: bool = False) -> object:
    match shape:
        case Shape.PAGE:
            edges = [{"cursor": str(index), "node": node} for index, node in enumerate(nodes)]
            cursors = {"startCursor": "0", "endCursor": str(max(0, len(nodes) - 1))}
            page = {"hasNextPage": has_more, "hasPreviousPage": False, **cursors}
            return {"pageInfo": page, "edges": edges}
        case Shape.ITEMS:
            return {"items": list(nodes)}
        case Shape.LIST:
            return list(nodes)


def _node_of(device: ListedDevice) -> Body:
    return _drop_unknown(
        {
            "hardwareIdentity": _drop_unknown({"deviceId": device.id, "serialNumber": device.serial}),
            "softwareIdentity": _drop_unknown(
                {
                    "firmwareVersion": device.firmware,
                    "model": device.model,
                    "firmwareValid": device.firmware_valid,
                }
            ),
            "communicationProtocol": _drop_unknown({"name": device.protocol, "address": device.address}),
            "compatibility": device.compatibility,
            "deviceState": device.state,
            "capabilities": device.capabilities,
        }
    )


def _drop_unknown(fields: Mapping[str, object]) -> Body:
    """``fields`` without those that are None: a reduced entry has no empty fields.

    Source: docs/reference/protocols/shure.md 14.2.
    """
    return {name: value for name, value in fields.items() if value is not None}


def _encode_json(whole: object) -> bytes:
    return json.dumps(whole).encode()
