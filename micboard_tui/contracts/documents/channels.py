"""Channels as entries of the JSON document of docs/reference/devices.schema.json. Unknown is null."""

from micboard_tui.contracts.documents.batteries import battery_condition, battery_level
from micboard_tui.contracts.documents.json_value import Json, JsonObject
from micboard_tui.contracts.documents.rack_context import RackContext
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.battery import NO_BATTERY
from micboard_tui.domain.channel import ChannelState, Slot, Transmitter
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.docked_pack import Dock

_NO_TRANSMITTER = Transmitter()
_NO_ASSIGNMENT: JsonObject = {
    "mic_number": None,
    "performer": None,
    "shared_pack": None,
    "role": None,
    "expected_off": False,
    "note": None,
    "planned_model": None,
    "planned_pack": None,
}


def channel_entry(state: ChannelState, context: RackContext) -> JsonObject:
    """All that is known of a channel."""
    facts, meters = state.facts, state.meters
    transmitter = facts.transmitter or _NO_TRANSMITTER
    battery = state.battery or NO_BATTERY
    assignment = state.assignment
    return {
        "number": state.number,
        "name": facts.name,
        **(_NO_ASSIGNMENT if assignment is None else _assignment_members(assignment)),
        "channel_behind_server": facts.channel_behind_server,
        "link_state": state.link_state.value,
        "link_since": format_timestamp(state.link_since),
        "frequency_khz": facts.frequency_khz,
        "frequency2_khz": facts.frequency2_khz,
        "group_channel": facts.group_channel,
        **battery_level(battery),
        **battery_condition(battery),
        "rf_dbm": meters.rf_dbm,
        "rf_low_dbm": state.rf_low_dbm,
        "rf_a_dbm": meters.rf_a_dbm,
        "rf_b_dbm": meters.rf_b_dbm,
        "rf_a_percent": meters.rf_a_percent,
        "rf_b_percent": meters.rf_b_percent,
        "antenna": meters.antenna or None,
        "quality_percent": meters.quality_percent,
        "audio_dbfs": meters.audio_dbfs,
        "audio_peak_dbfs": state.audio_peak_dbfs,
        "overload": None if state.meters_at is None else meters.overload,
        "gain_db": facts.gain_db,
        "receiver_muted": facts.receiver_muted,
        "transmitter_muted": transmitter.muted,
        "transmitter_model": transmitter.model,
        "transmitter_name": transmitter.name,
        "transmitter_serial": transmitter.serial,
        "transmitter_power_mw": transmitter.power_mw,
        "transmitter_lock": transmitter.lock and transmitter.lock.value,
        "transmitter_talk_switch": transmitter.is_talk_switch_on,
        "receiver_lock": facts.receiver_lock and facts.receiver_lock.value,
        "encryption": facts.encryption and facts.encryption.value,
        "interference": facts.interference,
        "slots": [_slot_entry(slot) for slot in facts.slots] if facts.slots else [],
        "dock": _dock_entry(state.dock) if state.dock else None,
        "observed_at": format_timestamp(state.observed_at),
        "meters_at": format_timestamp(state.meters_at),
        "battery_at": format_timestamp(state.battery_at),
        "warnings": context.channel_warnings(state),
        "alarms": context.channel_alarms(state),
    }


def placed_channel_entry(entry: JsonObject, device: DeviceSnapshot) -> JsonObject:
    """The entry of a channel by itself, with the device that it belongs to and where that is."""
    return {
        "device_id": device.device.id,
        "device": device.title,
        "location": device.location,
        "location_id": device.device.location_id,
        **entry,
    }


def _assignment_members(assignment: Assignment) -> JsonObject:
    performer = assignment.performer
    return {
        "mic_number": assignment.mic_number,
        "performer": None if performer is None else performer.name,
        "shared_pack": assignment.shared_pack if performer else None,
        "role": assignment.role.value,
        "expected_off": assignment.expected_off,
        "note": assignment.note,
        "planned_model": assignment.planned_model,
        "planned_pack": assignment.planned_pack,
    }


def _slot_entry(slot: Slot) -> Json:
    return {
        "number": slot.number,
        "status": slot.status.value,
        "transmitter_model": slot.model,
        "transmitter_name": slot.name,
        "transmitter_power_mw": slot.power_mw,
        "rf_on": slot.rf_on,
        "showlink_bars": slot.showlink_quality,
        **battery_level(slot.battery),
    }


def _dock_entry(dock: Dock) -> Json:
    return {"device_id": dock.device_id, "charger": dock.charger, "bay": dock.bay.number}
