"""The JSON document: what is printed is what the published schema says, and nothing unknown becomes 0."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError

from micboard_tui.contracts.documents.devices import channel_change_document, device_entry, devices_document
from micboard_tui.contracts.documents.rack_context import RackContext
from micboard_tui.domain.alarm import Alarm, AlarmStatus
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import (
    ChannelFacts,
    ChannelState,
    DeviceWarning,
    Meters,
    Slot,
    SlotStatus,
    Transmitter,
)
from micboard_tui.domain.device import (
    Device,
    DeviceFault,
    DeviceKind,
    DeviceSnapshot,
    DeviceState,
    DeviceStatus,
)
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ONLY_OF_ALARMS, ONLY_OF_DEVICES, ProblemCode
from tests.cli.schemas import list_objects, read_schema, strict_validator
from tests.tui.draw.test_channel_row import STATES

SCHEMA = read_schema("devices")
NOW = 1_000_000.0
CONTEXT = RackContext(NOW)
DEVICE = Device(DeviceId("rack"), "shure", "shure-strings", "127.0.0.2", 2202)
EXAMPLE = """
{"schema": 1, "generated_at": "2026-11-22T19:42:07.123Z", "version": 4711, "devices": [
  {"device_id": "1f2e", "manufacturer": "shure", "driver": "shure-strings", "kind": "receiver",
   "model": "ULXD4D", "name": "Rack A",
   "host": "127.0.0.2", "port": 2202, "location": "Main Stage", "location_id": "9c1d", "position": 1,
   "zone": "main", "serial": null, "firmware": "2.7.6.0", "rf_band": "G51", "is_online": true,
   "status": "online", "last_seen_at": "2026-11-22T19:42:07.004Z", "error": null,
   "problems": [],
   "channels": [
     {"number": 1, "name": "Lead Vox", "mic_number": "7", "performer": "Ada", "shared_pack": true,
      "role": "primary", "expected_off": false, "note": "left ear", "planned_model": null,
      "planned_pack": "Pack 7", "channel_behind_server": null,
      "link_state": "live", "link_since": "2026-11-22T18:03:11.950Z",
      "frequency_khz": 578350, "frequency2_khz": null, "group_channel": "06,11",
      "battery_percent": 88, "battery_bars": 4, "battery_minutes": 425, "battery_type": "li_ion",
      "battery_health_percent": 97, "battery_cycles": 41, "battery_temperature_c": 31,
      "rf_dbm": -41.0, "rf_low_dbm": -44.5, "rf_a_dbm": -41.0, "rf_b_dbm": null,
      "rf_a_percent": null, "rf_b_percent": null, "antenna": "A", "quality_percent": null,
      "audio_dbfs": -27.0, "audio_peak_dbfs": -11.0, "overload": false, "gain_db": 12,
      "receiver_muted": false, "transmitter_muted": null,
      "transmitter_model": "ULXD2", "transmitter_name": null, "transmitter_serial": null,
      "transmitter_power_mw": null,
      "transmitter_lock": null, "transmitter_talk_switch": null, "receiver_lock": null,
      "encryption": "off", "interference": false,
      "slots": [{"number": 1, "status": "linked_active", "transmitter_model": "ADX1",
        "transmitter_name": "Pack 7", "transmitter_power_mw": 20, "rf_on": true, "showlink_bars": 5,
        "battery_percent": 88, "battery_bars": 4, "battery_minutes": null, "battery_type": "li_ion"}],
      "dock": {"device_id": "77aa", "charger": "Desk", "bay": 2},
      "observed_at": "2026-11-22T19:42:07.004Z", "meters_at": "2026-11-22T19:42:06.904Z",
      "battery_at": "2026-11-22T19:42:07.004Z", "warnings": ["battery_low"],
      "alarms": [{"cause": "battery_low", "part": null, "priority": "at_break", "status": "acknowledged",
        "raised_at": "2026-11-22T19:40:00.500Z", "acknowledged_by": "Pia"}]}],
   "storage_mode": null, "device_warnings": [], "bays": [], "alarms": null}]}
"""


def check(value: object) -> None:
    strict_validator("devices").validate(value)


def test_the_documented_example_fits() -> None:
    check(json.loads(EXAMPLE))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("devices", 0, "surprise"), 1),
        (("generated_at",), "2026-11-22T19:42:07Z"),
        (("devices", 0, "port"), 0),
        (("devices", 0, "channels", 0, "slots", 0, "surprise"), 1),
        (("devices", 0, "channels", 0, "battery_percent"), 150),
        (("devices", 0, "channels", 0, "link_state"), "fine"),
        (("devices", 0, "channels", 0, "warnings"), ["tired"]),
    ],
)
def test_the_schema_says_no(path: tuple[str | int, ...], value: object) -> None:
    wrong = json.loads(EXAMPLE)
    place = wrong
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        check(wrong)


def test_every_word_of_ours_is_in_the_schema() -> None:
    channel = SCHEMA["$defs"]["channel"]["properties"]
    device = SCHEMA["$defs"]["device"]["properties"]
    assert channel["link_state"]["enum"] == [state.value for state in LinkState]
    assert channel["warnings"]["items"]["enum"] == [
        code.value for code in ProblemCode if code not in ONLY_OF_DEVICES | ONLY_OF_ALARMS
    ]
    assert device["status"]["enum"] == [status.value for status in DeviceStatus]
    assert SCHEMA["$defs"]["bay"]["properties"]["state"]["enum"] == [state.value for state in BayState]
    assert device["device_warnings"]["items"]["enum"] == [warning.value for warning in DeviceWarning]
    assert device["kind"]["enum"] == [kind.value for kind in DeviceKind]
    assert channel["role"]["enum"] == [*(role.value for role in Role), None]
    slot, alarm = SCHEMA["$defs"]["slot"]["properties"], SCHEMA["$defs"]["open_alarm"]["properties"]
    assert slot["status"]["enum"] == [status.value for status in SlotStatus]
    assert alarm["priority"]["enum"] == [priority.name.lower() for priority in AlarmPriority]
    assert alarm["status"]["enum"] == [
        status.value for status in AlarmStatus if status not in (AlarmStatus.SUPPRESSED, AlarmStatus.CLEARED)
    ]


@given(st.lists(STATES, max_size=3), st.sampled_from(DeviceStatus), st.none() | st.text())
def test_whatever_a_device_says_fits_the_schema(
    states: list[ChannelState], status: DeviceStatus, model: str | None
) -> None:
    fault = None if status is DeviceStatus.ONLINE else DeviceFault("DEVICE_SILENT", "No word", "Look")
    in_use = Bay(3, BayState.IN_USE, battery=Battery(3))
    bays = (Bay(1), Bay(2, BayState.READY, model, model, model, Battery(7, 1, 9), 5, model), in_use)
    snapshot = DeviceSnapshot(
        DEVICE,
        DeviceState(
            DEVICE.id,
            storage_mode=bool(states),
            status=status,
            model=model,
            fault=fault,
            bays=bays,
            device_warnings=frozenset(DeviceWarning),
        ),
        tuple(states),
    )
    check(json.loads(json.dumps(devices_document([snapshot], CONTEXT))))


def test_nothing_known_is_null_everywhere() -> None:
    nothing = DeviceSnapshot(DEVICE, DeviceState(DEVICE.id), (ChannelState(DEVICE.id, 1),))
    entry: dict[str, Any] = dict(device_entry(nothing, RackContext(0.0)))
    (channel,) = entry.pop("channels")
    told = {key for key, value in channel.items() if value not in (None, [], False)}
    assert told == {"number", "link_state"}
    assert [key for key, value in channel.items() if value is False] == ["expected_off"]
    unknown = {key for key, value in entry.items() if value is None}
    assert unknown == {
        "model",
        "location",
        "location_id",
        "serial",
        "firmware",
        "rf_band",
        "last_seen_at",
        "error",
        "storage_mode",
        "alarms",
    }


def test_a_performer_on_a_channel_that_is_not_there_is_a_problem_of_the_device() -> None:
    zoe = Assignment(ChannelRef(DEVICE.id, 5), Performer(PerformerId("zoe"), "Zoe"))
    channels = tuple(ChannelState(DEVICE.id, number) for number in range(1, 5))
    online = DeviceState(DEVICE.id, status=DeviceStatus.ONLINE)
    snapshot = DeviceSnapshot(DEVICE, online, channels, assignments_without_channel=(zoe,))
    entry = device_entry(snapshot, CONTEXT)
    assert entry["problems"] == [
        {
            "code": "channel_missing",
            "message": "Zoe is planned on channel 5, there are 4",
            "hint": "plan another channel",
        }
    ]
    check(json.loads(json.dumps(devices_document([snapshot], CONTEXT))))


def test_a_device_that_answered_in_part_has_its_error_beside_what_it_answered() -> None:
    fault = DeviceFault("DEVICE_UNREACHABLE", "It answered only in part", "Give it more time")
    state = DeviceState(DEVICE.id, status=DeviceStatus.ONLINE, fault=fault)
    entry = device_entry(DeviceSnapshot(DEVICE, state, ()), CONTEXT)
    assert entry["is_online"] is True
    assert entry["error"] == {
        "code": "DEVICE_UNREACHABLE",
        "message": "It answered only in part",
        "hint": "Give it more time",
    }


def test_every_value_of_a_channel_is_written_as_it_is() -> None:
    rack = Device(DeviceId("rack"), "shure", "shure-strings", "127.0.0.2", 2202, None, LocationId("stage"), 3)
    pack = Transmitter("ADX1", "Pack 7", "4129", battery=Battery(80, 4, 300, None, None, 97, 41, 31))
    slot = Slot(1, SlotStatus.LINKED_ACTIVE, "ADX1", "Pack 7", True, 20, 5, Battery(80))
    state = ChannelState(
        DEVICE.id,
        2,
        link_state=LinkState.LIVE,
        link_since=NOW - 60.5,
        facts=ChannelFacts(frequency_khz=578_350, frequency2_khz=601_125, transmitter=pack, slots=(slot,)),
        meters=Meters(rf_dbm=-50.0, audio_dbfs=-20.0, overload=True),
        audio_peak_dbfs=-3.0,
        rf_low_dbm=-70.5,
        observed_at=NOW - 0.25,
        meters_at=NOW - 0.3337,
        assignment=Assignment(
            ChannelRef(DEVICE.id, 2),
            Performer(PerformerId("ada"), "Ada"),
            Role.BACKUP,
            "left ear",
            expected_off=True,
            planned_model="ADX1",
            planned_pack="Pack 7",
            mic_number="7",
        ),
        dock=Dock(DeviceId("desk"), "Desk", Bay(2, BayState.READY)),
    )
    online = DeviceState(DEVICE.id, status=DeviceStatus.ONLINE, rf_band="G51", serial="99-7")
    snapshot = DeviceSnapshot(rack, online, (state,), "Main Stage")
    document: Any = devices_document([snapshot], CONTEXT, version=17)
    check(json.loads(json.dumps(document)))
    assert (document["version"], document["generated_at"]) == (17, "1970-01-12T13:46:40.000Z")
    (device,) = document["devices"]
    assert (device["location_id"], device["position"], device["rf_band"]) == ("stage", 3, "G51")
    assert device["serial"] == "99-7"
    (channel,) = device["channels"]
    expected = {
        "role": "backup",
        "note": "left ear",
        "expected_off": True,
        "planned_model": "ADX1",
        "planned_pack": "Pack 7",
        "mic_number": "7",
        "link_since": "1970-01-12T13:45:39.500Z",
        "frequency2_khz": 601_125,
        "battery_health_percent": 97,
        "battery_cycles": 41,
        "battery_temperature_c": 31,
        "rf_low_dbm": -70.5,
        "audio_peak_dbfs": -3.0,
        "overload": True,
        "transmitter_serial": "4129",
        "dock": {"device_id": "desk", "charger": "Desk", "bay": 2},
        "observed_at": "1970-01-12T13:46:39.750Z",
        "meters_at": "1970-01-12T13:46:39.666Z",
        "alarms": None,
    }
    assert {name: channel[name] for name in expected} == expected
    assert channel["slots"] == [
        {
            "number": 1,
            "status": "linked_active",
            "transmitter_model": "ADX1",
            "transmitter_name": "Pack 7",
            "transmitter_power_mw": 20,
            "rf_on": True,
            "showlink_bars": 5,
            "battery_percent": 80,
            "battery_bars": None,
            "battery_minutes": None,
            "battery_type": None,
        }
    ]
    change: Any = channel_change_document(state, snapshot, CONTEXT, version=17)
    strict_validator("devices", "channel_change").validate(json.loads(json.dumps(change)))
    assert change["channel"] == channel
    assert (change["device"], change["location"], change["location_id"]) == (
        "127.0.0.2",
        "Main Stage",
        "stage",
    )


def test_open_alarms_stand_with_what_they_are_about_and_hidden_and_cleared_ones_do_not() -> None:
    low = Alarm(
        AlarmKey(ProblemCode.BATTERY_LOW, DEVICE.id, 1),
        AlarmPriority.AT_BREAK,
        NOW - 90.25,
        NOW,
        acknowledged_by="Pia",
        acknowledged_at=NOW,
    )
    hidden = replace(low, key=AlarmKey(ProblemCode.RF_LOW, DEVICE.id, 1), hidden_by=low.key)
    cleared = replace(low, key=AlarmKey(ProblemCode.AUDIO_CLIP, DEVICE.id, 1), cleared_at=NOW)
    bay = Alarm(AlarmKey(ProblemCode.CHARGER_FAULT, DEVICE.id, part=4), AlarmPriority.SOON, NOW - 5.0, NOW)
    states = tuple(ChannelState(DEVICE.id, number) for number in (1, 2))
    snapshot = DeviceSnapshot(DEVICE, DeviceState(DEVICE.id), states)
    context = RackContext(NOW, alarms=AlarmList([low, hidden, cleared, bay]))
    document: Any = devices_document([snapshot], context)
    check(json.loads(json.dumps(document)))
    (device,) = document["devices"]
    first, second = device["channels"]
    assert first["alarms"] == [
        {
            "cause": "battery_low",
            "part": None,
            "priority": "at_break",
            "status": "acknowledged",
            "raised_at": "1970-01-12T13:45:09.750Z",
            "acknowledged_by": "Pia",
        }
    ]
    assert second["alarms"] == []
    assert [(alarm["cause"], alarm["part"]) for alarm in device["alarms"]] == [("charger_fault", 4)]
    unread = RackContext(NOW, alarms=AlarmList(is_read=False))
    (device,) = json.loads(json.dumps(devices_document([snapshot], unread)))["devices"]
    assert (device["alarms"], device["channels"][0]["alarms"]) == (None, None)


def test_each_property_of_the_schema_is_described() -> None:
    def list_properties() -> Iterator[tuple[str, Any]]:
        for part in list_objects(SCHEMA):
            yield from part.get("properties", {}).items()

    plain = {"schema", "code", "message", "channel"}
    described = {name for name, part in list_properties() if part.get("description")}
    assert {name for name, _ in list_properties()} - plain <= described
    for name, part in list_properties():
        if isinstance(part.get("type"), list) and "null" in part["type"]:
            assert "null" in part["description"] or name == "rf_b_percent", name
