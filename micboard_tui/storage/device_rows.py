"""Rows from domain values, and domain values from rows. Rows do not leave this package."""

import json

from sqlalchemy import RowMapping

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.battery import NO_BATTERY, Battery, BatteryType, LastBattery, MinutesNote
from micboard_tui.domain.channel import (
    NO_WARNINGS,
    ChannelFacts,
    ChannelState,
    DeviceWarning,
    Encryption,
    Lock,
    Meters,
    Transmitter,
)
from micboard_tui.domain.device import (
    Device,
    DeviceFault,
    DeviceKind,
    DeviceState,
    DeviceStatus,
)
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStart
from micboard_tui.storage.stored_values import (
    dump_bays,
    dump_pairs,
    dump_slots,
    load_bays,
    load_list,
    load_pairs,
    load_slots,
    storable,
)

_PROBLEM_CODES = frozenset(code.value for code in ProblemCode)


def device_values(device: Device) -> dict[str, object]:
    return {
        "id": device.id,
        "manufacturer": device.manufacturer,
        "driver": device.driver,
        "host": device.host,
        "port": device.port,
        "name": storable(device.name),
        "location_id": device.location_id,
        "position": device.position,
        "fingerprint": device.fingerprint,
        "out_of_service": device.out_of_service,
        "zone": device.zone,
    }


def device_of(row: RowMapping) -> Device:
    return Device(
        id=DeviceId(row["id"]),
        manufacturer=row["manufacturer"],
        driver=row["driver"],
        host=row["host"],
        port=row["port"],
        name=row["name"],
        location_id=LocationId(row["location_id"]) if row["location_id"] else None,
        position=row["position"],
        fingerprint=row["fingerprint"],
        out_of_service=bool(row["out_of_service"]),
        zone=row["zone"],
    )


def location_values(location: Location) -> dict[str, object]:
    return {
        "id": location.id,
        "parent_id": location.parent_id,
        "name": storable(location.name),
        "position": location.position,
        "is_rf_zone": location.is_rf_zone,
        "out_of_service": location.out_of_service,
    }


def location_of(row: RowMapping) -> Location:
    return Location(
        LocationId(row["id"]),
        row["name"],
        LocationId(row["parent_id"]) if row["parent_id"] else None,
        row["position"],
        bool(row["is_rf_zone"]),
        bool(row["out_of_service"]),
    )


# The tuples below are in the order of the columns of their tables.


def state_tuple(state: DeviceState) -> tuple[object, ...]:
    fault = state.fault
    return (
        state.device_id,
        state.status.value,
        state.status_since,
        state.kind.value,
        storable(state.model),
        storable(state.own_name),
        storable(state.firmware),
        storable(state.rf_band),
        state.last_seen_at,
        fault.code if fault else None,
        storable(fault.message) if fault else None,
        storable(fault.hint) if fault else None,
        dump_pairs(state.raw),
        dump_bays(state.bays),
        state.storage_mode,
        _device_warnings_text(state.device_warnings),
        storable(state.serial),
    )


def state_of(row: RowMapping, device_id: DeviceId) -> DeviceState:
    if row["status"] is None:
        return DeviceState(device_id)
    fault = row["fault_code"]
    return DeviceState(
        device_id,
        status=DeviceStatus(row["status"]),
        status_since=row["status_since"],
        kind=DeviceKind(row["kind"]),
        model=row["model"],
        own_name=row["own_name"],
        firmware=row["firmware"],
        rf_band=row["rf_band"],
        last_seen_at=row["last_seen_at"],
        fault=DeviceFault(fault, row["fault_message"] or "", row["fault_hint"] or "") if fault else None,
        raw=load_pairs(row["raw"]),
        bays=load_bays(row["bays"]),
        storage_mode=None if row["storage_mode"] is None else bool(row["storage_mode"]),
        device_warnings=_device_warnings_of(row["device_warnings"]),
        serial=row["serial"],
    )


def facts_tuple(state: ChannelState) -> tuple[object, ...]:
    facts = state.facts
    transmitter = facts.transmitter or Transmitter()
    battery = transmitter.battery if facts.transmitter_present else NO_BATTERY
    return (
        state.device_id,
        state.number,
        storable(facts.name),
        facts.frequency_khz or None,
        facts.frequency2_khz or None,
        storable(facts.group_channel),
        facts.gain_db,
        facts.receiver_muted,
        facts.encryption and facts.encryption.value,
        facts.interference,
        facts.transmitter_present,
        storable(transmitter.model),
        storable(transmitter.name),
        transmitter.muted,
        transmitter.power_mw,
        storable(transmitter.power_word),
        transmitter.offset_db,
        battery.percent,
        battery.bars,
        battery.minutes,
        battery.type and battery.type.value,
        battery.minutes_note and battery.minutes_note.value,
        battery.health_percent,
        battery.cycles,
        battery.temperature_c,
        facts.meter_interval_s,
        dump_slots(facts.slots),
        dump_pairs(facts.raw),
        storable(transmitter.serial),
        storable(facts.channel_behind_server),
        storable(facts.shared_carrier),
        _device_warnings_text(facts.device_warnings),
        facts.receiver_lock and facts.receiver_lock.value,
        transmitter.lock and transmitter.lock.value,
        transmitter.is_talk_switch_on,
    )


def reading_tuple(state: ChannelState) -> tuple[object, ...]:
    meters, last = state.meters, state.last_battery
    battery = last.battery if last else NO_BATTERY
    levels = meters.antenna_levels_dbm
    return (
        state.device_id,
        state.number,
        state.link_state.value,
        state.link_since,
        state.observed_at,
        state.meters_at,
        state.expected_period_s,
        meters.rf_dbm,
        meters.rf_a_dbm,
        meters.rf_b_dbm,
        meters.audio_dbfs,
        state.audio_peak_dbfs,
        meters.antenna,
        meters.carrier,
        meters.quality_percent,
        meters.overload,
        json.dumps(levels) if levels else "[]",
        battery.percent,
        battery.bars,
        battery.minutes,
        battery.type and battery.type.value,
        last.observed_at if last else None,
        meters.rf_a_percent,
        meters.rf_b_percent,
    )


def problem_tuple(start: ProblemStart) -> tuple[object, ...]:
    key = start.key
    return key.device_id, key.channel or 0, key.code.value, key.part, start.since, start.seen_at


def problem_of(row: RowMapping) -> ProblemStart | None:
    """None for a problem that only a newer program knows."""
    if row["code"] not in _PROBLEM_CODES:
        return None
    key = ProblemKey(
        DeviceId(row["device_id"]), row["channel"] or None, ProblemCode(row["code"]), int(row["part"])
    )
    return ProblemStart(key, float(row["since"]), float(row["seen_at"]))


def channel_of(
    row: RowMapping, assignment: Assignment | None, rf_zone: LocationId | None = None
) -> ChannelState:
    transmitter_present = _flag(row["transmitter_present"])
    return ChannelState(
        device_id=DeviceId(row["device_id"]),
        number=row["number"],
        link_state=LinkState(row["link_state"]) if row["link_state"] else LinkState.UNKNOWN,
        link_since=row["link_since"],
        facts=ChannelFacts(
            name=row["name"],
            frequency_khz=row["frequency_khz"],
            frequency2_khz=row["frequency2_khz"],
            shared_carrier=row["shared_carrier"],
            group_channel=row["group_channel"],
            gain_db=row["gain_db"],
            receiver_muted=_flag(row["receiver_muted"]),
            encryption=Encryption(row["encryption"]) if row["encryption"] else None,
            interference=_flag(row["interference"]),
            transmitter_present=transmitter_present,
            transmitter=_transmitter_of(row) if transmitter_present else None,
            slots=load_slots(row["slots"]),
            meter_interval_s=row["meter_interval_s"],
            raw=load_pairs(row["raw"]),
            channel_behind_server=row["channel_behind_server"],
            device_warnings=_device_warnings_of(row["device_warnings"]),
            receiver_lock=_lock_of(row["receiver_lock"]),
        ),
        meters=Meters(
            row["rf_dbm"],
            row["rf_a_dbm"],
            row["rf_b_dbm"],
            row["audio_dbfs"],
            row["antenna"] or None,
            _flag(row["carrier"]),
            row["quality_percent"],
            bool(row["overload"]),
            tuple(None if level is None else float(level) for level in load_list(row["antenna_levels_dbm"])),
            row["rf_a_percent"],
            row["rf_b_percent"],
        ),
        audio_peak_dbfs=row["audio_peak_dbfs"],
        last_battery=_last_battery_of(row),
        observed_at=row["observed_at"],
        meters_at=row["meters_at"],
        expected_period_s=row["expected_period_s"],
        assignment=assignment,
        rf_zone=rf_zone,
    )


def _transmitter_of(row: RowMapping) -> Transmitter:
    note, kind = row["battery_minutes_note"], row["battery_type"]
    return Transmitter(
        model=row["transmitter_model"],
        name=row["transmitter_name"],
        serial=row["transmitter_serial"],
        muted=_flag(row["transmitter_muted"]),
        power_mw=row["transmitter_power_mw"],
        power_word=row["transmitter_power_word"],
        offset_db=row["transmitter_offset_db"],
        lock=_lock_of(row["transmitter_lock"]),
        is_talk_switch_on=_flag(row["transmitter_talk_switch"]),
        battery=Battery(
            percent=row["battery_percent"],
            bars=row["battery_bars"],
            minutes=row["battery_minutes"],
            type=BatteryType(kind) if kind else None,
            minutes_note=MinutesNote(note) if note else None,
            health_percent=row["battery_health_percent"],
            cycles=row["battery_cycles"],
            temperature_c=row["battery_temperature_c"],
        ),
    )


def _device_warnings_text(warnings: frozenset[DeviceWarning]) -> str | None:
    return " ".join(sorted(warnings)) if warnings else None


def _device_warnings_of(stored: str | None) -> frozenset[DeviceWarning]:
    """Without those that only a newer program knows."""
    if not stored:
        return NO_WARNINGS
    words = frozenset(stored.split())
    return frozenset(warning for warning in DeviceWarning if warning.value in words)


def _last_battery_of(row: RowMapping) -> LastBattery | None:
    if row["last_battery_at"] is None:
        return None
    kind = row["last_battery_type"]
    battery = Battery(
        percent=row["last_battery_percent"],
        bars=row["last_battery_bars"],
        minutes=row["last_battery_minutes"],
        type=BatteryType(kind) if kind else None,
    )
    return LastBattery(battery, row["last_battery_at"])


def _lock_of(stored: str | None) -> Lock | None:
    return Lock(stored) if stored else None


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
