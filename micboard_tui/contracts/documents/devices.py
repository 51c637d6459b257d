"""Devices as the JSON document of docs/reference/devices.schema.json. Pure; unknown is null."""

from collections.abc import Sequence
from dataclasses import asdict

from micboard_tui.contracts.documents.batteries import battery_condition, battery_level
from micboard_tui.contracts.documents.channels import channel_entry
from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.rack_context import RackContext
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.problem_texts import PROBLEM_TEXTS, describe_missing_channel
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.bay_problem import find_bay_problems
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot
from micboard_tui.domain.problem import ProblemCode, find_device_warnings
from micboard_tui.domain.thresholds import Thresholds


def devices_document(
    snapshots: Sequence[DeviceSnapshot], context: RackContext, version: int | None = None
) -> JsonObject:
    """The whole document. ``version``: of the live state that it shows; None: it shows what is stored."""
    return {
        "schema": SCHEMA,
        "generated_at": format_timestamp(context.now),
        "version": version,
        "devices": [device_entry(snapshot, context) for snapshot in snapshots],
    }


def channel_change_document(
    state: ChannelState, device: DeviceSnapshot | None, context: RackContext, version: int | None = None
) -> JsonObject:
    """One channel with where it is, as ``watch`` prints it in a line."""
    return {
        "schema": SCHEMA,
        "generated_at": format_timestamp(context.now),
        "version": version,
        "device_id": state.device_id,
        "device": device.title if device else None,
        "location": device.location if device else None,
        "location_id": device.device.location_id if device else None,
        "channel": channel_entry(state, context),
    }


def device_entry(snapshot: DeviceSnapshot, context: RackContext) -> JsonObject:
    """A device with its channels and bays."""
    device, state = snapshot.device, snapshot.state
    fault = state.fault
    return {
        "device_id": device.id,
        "manufacturer": device.manufacturer,
        "driver": device.driver,
        "kind": state.kind.value,
        "model": state.model,
        "name": snapshot.title,
        "host": device.host,
        "port": device.port,
        "location": snapshot.location,
        "location_id": device.location_id,
        "position": device.position,
        "zone": device.zone,
        "serial": state.serial,
        "firmware": state.firmware,
        "rf_band": state.rf_band,
        "is_online": state.is_online,
        "status": state.status.value,
        "last_seen_at": format_timestamp(state.last_seen_at),
        "error": _error_entry(fault) if fault else None,
        "problems": [
            _problem_entry(assignment, len(snapshot.channels))
            for assignment in snapshot.assignments_without_channel
        ],
        "channels": [channel_entry(channel, context) for channel in snapshot.channels],
        "storage_mode": state.storage_mode,
        "device_warnings": [warning.value for warning in find_device_warnings(state)],
        "bays": [bay_entry(bay, state.thresholds) for bay in state.bays],
        "alarms": context.device_alarms(device.id),
    }


def _error_entry(fault: DeviceFault) -> JsonObject:
    return {"code": fault.code, "message": fault.message, "hint": fault.hint}


def _problem_entry(assignment: Assignment, count: int) -> JsonObject:
    code = ProblemCode.CHANNEL_MISSING
    message = describe_missing_channel(assignment, count)
    return {"code": code.value, "message": message, "hint": PROBLEM_TEXTS[code].cure}


def bay_entry(bay: Bay, thresholds: Thresholds) -> JsonObject:
    """A bay of a charger, or a pack that a server reports; ``thresholds``: what the pack is judged by."""
    return {
        "number": bay.number,
        "state": bay.state.value,
        "pack_model": bay.pack_model,
        "pack_name": bay.pack_name,
        "pack_serial": bay.pack_serial,
        **battery_level(bay.battery),
        **battery_condition(bay.battery),
        "minutes_to_full": bay.minutes_to_full,
        "error": bay.error,
        "warnings": [code.value for code in find_bay_problems(bay, thresholds)],
    }


def registered_device_entry(device: Device) -> JsonObject:
    """A device as it was registered, without what it tells."""
    return asdict(device)
