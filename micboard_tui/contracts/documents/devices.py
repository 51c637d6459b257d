"""Snapshots as the JSON document of docs/reference/devices.schema.json. Pure; unknown is null."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.problem_texts import PROBLEM_TEXTS, describe_missing_channel
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.battery import NO_BATTERY, Battery
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.bay_problem import find_bay_problems
from micboard_tui.domain.channel import ChannelState, Transmitter
from micboard_tui.domain.channel_spacing import spacings_of
from micboard_tui.domain.conflict import NO_CONFLICTS, Conflicts, find_conflicts
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot
from micboard_tui.domain.problem import ProblemCode, find_device_warnings, find_problems
from micboard_tui.domain.thresholds import Thresholds


def devices_document(
    snapshots: Sequence[DeviceSnapshot], now: float, rack: Sequence[DeviceSnapshot] = ()
) -> JsonObject:
    """The whole document, made at ``now`` (seconds since the epoch).

    ``rack`` are all devices where ``snapshots`` are only some: their channels may be in conflict with others.
    """
    conflicts = conflicts_among(rack or snapshots)
    return {
        "generated_at": format_timestamp(now),
        "devices": [device_entry(snapshot, now, conflicts) for snapshot in snapshots],
    }


def conflicts_among(rack: Iterable[DeviceSnapshot]) -> Conflicts:
    """The conflicts among the channels of all devices of ``rack``."""
    devices = list(rack)
    states = (channel for device in devices for channel in device.channels)
    return find_conflicts(states, spacings_of(devices))


def device_entry(snapshot: DeviceSnapshot, now: float, others: Conflicts = NO_CONFLICTS) -> JsonObject:
    """``others``: the conflicts among the channels of all devices, by channel."""
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
        "firmware": state.firmware,
        "is_online": state.is_online,
        "status": state.status.value,
        "last_seen_at": format_timestamp(state.last_seen_at),
        "error": _error_entry(fault) if fault else None,
        "problems": [
            _problem_entry(assignment, len(snapshot.channels))
            for assignment in snapshot.assignments_without_channel
        ],
        "channels": [channel_entry(channel, now, others) for channel in snapshot.channels],
        "storage_mode": state.storage_mode,
        "device_warnings": [warning.value for warning in find_device_warnings(state)],
        "bays": [bay_entry(bay, state.thresholds) for bay in state.bays],
    }


def _error_entry(fault: DeviceFault) -> JsonObject:
    return {"code": fault.code, "message": fault.message, "hint": fault.hint}


def _problem_entry(assignment: Assignment, count: int) -> JsonObject:
    code = ProblemCode.CHANNEL_MISSING
    message = describe_missing_channel(assignment, count)
    return {"code": code.value, "message": message, "hint": PROBLEM_TEXTS[code].cure}


def channel_entry(state: ChannelState, now: float, others: Conflicts = NO_CONFLICTS) -> JsonObject:
    """``others`` as for ``device_entry``."""
    facts, meters = state.facts, state.meters
    transmitter = facts.transmitter or Transmitter()
    battery = state.battery or NO_BATTERY
    return {
        "number": state.number,
        "name": facts.name,
        "mic_number": state.mic_number,
        "channel_behind_server": facts.channel_behind_server,
        "link_state": state.link_state.value,
        "frequency_khz": facts.frequency_khz,
        "group_channel": facts.group_channel,
        **_battery_entries(battery),
        "rf_dbm": meters.rf_dbm,
        "rf_a_dbm": meters.rf_a_dbm,
        "rf_b_dbm": meters.rf_b_dbm,
        "rf_a_percent": meters.rf_a_percent,
        "rf_b_percent": meters.rf_b_percent,
        "antenna": meters.antenna or None,
        "quality_percent": meters.quality_percent,
        "audio_dbfs": meters.audio_dbfs,
        "gain_db": facts.gain_db,
        "receiver_muted": facts.receiver_muted,
        "transmitter_muted": transmitter.muted,
        "transmitter_model": transmitter.model,
        "transmitter_name": transmitter.name,
        "transmitter_power_mw": transmitter.power_mw,
        "transmitter_lock": transmitter.lock and transmitter.lock.value,
        "transmitter_talk_switch": transmitter.is_talk_switch_on,
        "receiver_lock": facts.receiver_lock and facts.receiver_lock.value,
        "encryption": facts.encryption and facts.encryption.value,
        "interference": facts.interference,
        "performer": state.performer.name if state.performer else None,
        "shared_pack": state.assignment.shared_pack if state.assignment and state.performer else None,
        "observed_at": format_timestamp(state.observed_at),
        "meters_at": format_timestamp(state.meters_at),
        "battery_at": format_timestamp(state.battery_at),
        "warnings": [code.value for code in find_problems(state, now, conflicts=others.get(state.ref, ()))],
    }


def _battery_entries(battery: Battery) -> JsonObject:
    return {
        "battery_percent": battery.percent,
        "battery_bars": battery.bars,
        "battery_minutes": battery.minutes,
        "battery_type": battery.type and battery.type.value,
    }


def bay_entry(bay: Bay, thresholds: Thresholds) -> JsonObject:
    battery = bay.battery
    return {
        "number": bay.number,
        "state": bay.state.value,
        "pack_model": bay.pack_model,
        "pack_name": bay.pack_name,
        "pack_serial": bay.pack_serial,
        **_battery_entries(battery),
        "battery_health_percent": battery.health_percent,
        "battery_cycles": battery.cycles,
        "battery_temperature_c": battery.temperature_c,
        "minutes_to_full": bay.minutes_to_full,
        "error": bay.error,
        "warnings": [code.value for code in find_bay_problems(bay, thresholds)],
    }


def registered_device_entry(device: Device) -> JsonObject:
    """A device as it was registered, without what it tells."""
    return asdict(device)
