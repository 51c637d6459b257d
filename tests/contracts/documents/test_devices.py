"""The JSON document: what is printed is what the published schema says, and nothing unknown becomes 0."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from micboard_tui.contracts.documents.devices import device_entry, devices_document
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState, DeviceWarning
from micboard_tui.domain.device import (
    Device,
    DeviceFault,
    DeviceKind,
    DeviceSnapshot,
    DeviceState,
    DeviceStatus,
)
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ONLY_OF_ALARMS, ONLY_OF_DEVICES, ProblemCode
from tests.tui.draw.test_channel_row import STATES

SCHEMA: Mapping[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "reference" / "devices.schema.json").read_text(encoding="utf-8")
)
DEVICE = Device(DeviceId("rack"), "shure", "shure-strings", "127.0.0.2", 2202)
EXAMPLE = """
{"schema": 1, "generated_at": "2026-11-22T19:42:07Z", "devices": [
  {"device_id": "1f2e", "manufacturer": "shure", "driver": "shure-strings", "kind": "receiver",
   "model": "ULXD4D", "name": "Rack A",
   "host": "127.0.0.2", "port": 2202, "location": "Main Stage", "firmware": "2.7.6.0", "is_online": true,
   "status": "online", "last_seen_at": "2026-11-22T19:42:07Z", "error": null,
   "problems": [],
   "channels": [
     {"number": 1, "name": "Lead Vox", "mic_number": "7", "channel_behind_server": null, "link_state": "live",
      "frequency_khz": 578350,
      "group_channel": "06,11",
      "battery_percent": 88, "battery_bars": 4, "battery_minutes": 425, "battery_type": "li_ion",
      "rf_dbm": -41.0, "rf_a_dbm": -41.0, "rf_b_dbm": null, "rf_a_percent": null, "rf_b_percent": null,
      "antenna": "A", "quality_percent": null,
      "audio_dbfs": -27.0, "gain_db": 12, "receiver_muted": false, "transmitter_muted": null,
      "transmitter_model": "ULXD2", "transmitter_name": null, "transmitter_power_mw": null,
      "transmitter_lock": null, "transmitter_talk_switch": null, "receiver_lock": null,
      "encryption": "off", "interference": false, "performer": "Ada", "shared_pack": true,
      "observed_at": "2026-11-22T19:42:07Z", "meters_at": "2026-11-22T19:42:06Z",
      "battery_at": "2026-11-22T19:42:07Z", "warnings": []}],
   "storage_mode": null, "device_warnings": [], "bays": []}]}
"""


def check(value: object) -> None:
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(value)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_documented_example_fits() -> None:
    check(json.loads(EXAMPLE))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("devices", 0, "surprise"), 1),
        (("devices", 0, "port"), 0),
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
    check(json.loads(json.dumps({"schema": 1, **devices_document([snapshot], 1_000_000.0)})))


def test_nothing_known_is_null_everywhere() -> None:
    nothing = DeviceSnapshot(DEVICE, DeviceState(DEVICE.id), (ChannelState(DEVICE.id, 1),))
    entry: dict[str, Any] = dict(device_entry(nothing, 0.0))
    (channel,) = entry.pop("channels")
    assert {key for key, value in channel.items() if value not in (None, [])} == {"number", "link_state"}
    unknown = {key for key, value in entry.items() if value is None}
    assert unknown == {"model", "location", "firmware", "last_seen_at", "error", "storage_mode"}


def test_a_performer_on_a_channel_that_is_not_there_is_a_problem_of_the_device() -> None:
    zoe = Assignment(ChannelRef(DEVICE.id, 5), Performer(PerformerId("zoe"), "Zoe"))
    channels = tuple(ChannelState(DEVICE.id, number) for number in range(1, 5))
    online = DeviceState(DEVICE.id, status=DeviceStatus.ONLINE)
    snapshot = DeviceSnapshot(DEVICE, online, channels, assignments_without_channel=(zoe,))
    entry = device_entry(snapshot, 1_000_000.0)
    assert entry["problems"] == [
        {
            "code": "channel_missing",
            "message": "Zoe is planned on channel 5, there are 4",
            "hint": "plan another channel",
        }
    ]
    check(json.loads(json.dumps({"schema": 1, **devices_document([snapshot], 1_000_000.0)})))


def test_a_device_that_answered_in_part_has_its_error_beside_what_it_answered() -> None:
    fault = DeviceFault("DEVICE_UNREACHABLE", "It answered only in part", "Give it more time")
    state = DeviceState(DEVICE.id, status=DeviceStatus.ONLINE, fault=fault)
    entry = device_entry(DeviceSnapshot(DEVICE, state, ()), 1_000_000.0)
    assert entry["is_online"] is True
    assert entry["error"] == {
        "code": "DEVICE_UNREACHABLE",
        "message": "It answered only in part",
        "hint": "Give it more time",
    }
