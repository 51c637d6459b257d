"""What stands in most payloads that are written with names of fields: entries are compressed against it.

It is a part of the wire, as the names themselves are: who reads must have the very same bytes. A program with
other ones would need another ``WIRE_MAJOR``. So a field that comes anew is not added here; it is only longer.
"""

import msgspec

_BATTERY = {"percent": 80, "bars": 4, "minutes": 245, "type": "li_ion"}
_RARE = (
    {
        "key": {"cause": "battery_critical", "device_id": "", "channel": 1, "location_id": "", "part": ""},
        "priority": 1,
        "raised_at": 0.5,
        "last_seen_at": 0.5,
        "count": 1,
        "is_flapping": True,
        "cleared_at": 0.5,
        "acknowledged_by": "",
        "acknowledged_at": 0.5,
        "shelved_by": "",
        "shelved_until": 0.5,
        "hidden_by": {},
        "note": "",
    },
    {"p10": 0.5, "p50": 0.5, "p90": 0.5, "source": "minutes", "confidence": "high"},
    {
        "battery": {
            "critical_minutes": 15,
            "critical_percent": 10,
            "critical_bars": 1,
            "low_minutes": 30,
            "low_percent": 20,
            "low_bars": 2,
        },
        "rf_low_dbm": -85.5,
        "rf_critical_dbm": -95.5,
        "quality_low_percent": 40,
        "audio_clip_dbfs": -0.5,
        "sound_dbfs": -60.5,
    },
    {
        "bays": [
            {
                "number": 1,
                "state": "charging",
                "pack_model": "",
                "pack_name": "",
                "pack_serial": "",
                "battery": {"health_percent": 100, "cycles": 10, "temperature_c": 25},
                "minutes_to_full": 30,
                "error": "",
            }
        ]
    },
    {
        "fault": {
            "code": "DEVICE_UNREACHABLE",
            "message": "No answer from ",
            "hint": "Check its power and its cable",
        }
    },
    {"kind": "charger", "storage_mode": False, "serial": "", "clock_offset_s": 0.5, "device_warnings": []},
    {"dock": {"device_id": "", "charger": "", "bay": {}}, "rf_zone": "", "fault_code": "", "slots": []},
    {"frequency2_khz": 0, "shared_carrier": True, "receiver_lock": "", "interference": False},
    {"power_word": "", "offset_db": 0, "lock": "none", "is_talk_switch_on": False, "receiver_muted": False},
    [
        "status",
        "offline",
        "refused",
        "link_state",
        "offline",
        "rf_lost",
        "transmitter_off",
        "muted",
        "docked",
    ],
    {"manufacturer": "sennheiser", "driver": "sennheiser-sscv2", "host": "192.168.", "zone": "", "port": 443},
    {"last_battery": {"battery": {"percent": 80, "bars": 4, "minutes": 245}, "observed_at": 0.5}},
)
_TYPICAL = {
    "device": {
        "id": "",
        "manufacturer": "shure",
        "driver": "shure-strings",
        "host": "10.0.0.1",
        "port": 2202,
        "name": "",
        "location_id": "",
        "position": 1,
    },
    "state": {
        "device_id": "",
        "status": "online",
        "status_since": 1_764_000_000.5,
        "model": "ULXD4Q",
        "own_name": "",
        "firmware": "2.7.6.0",
        "rf_band": "G51",
    },
    "channels": [
        {
            "number": 1,
            "link_state": "live",
            "link_since": 1_764_000_000.5,
            "facts": {
                "name": "",
                "frequency_khz": 578_350,
                "group_channel": "06,11",
                "gain_db": 12,
                "receiver_muted": False,
                "encryption": "off",
                "interference": False,
                "transmitter_present": True,
                "transmitter": {
                    "model": "ULXD2",
                    "name": "",
                    "serial": "",
                    "muted": False,
                    "power_mw": 10,
                    "battery": _BATTERY,
                },
                "meter_interval_s": 0.1,
            },
            "expected_period_s": 0.1,
            "assignment": {
                "channel": {"device_id": "", "number": 1},
                "performer": {"id": "", "name": "", "part": "", "note": ""},
                "role": "primary",
                "since": 1_764_000_000.5,
                "mic_number": "",
            },
            "judged": {
                "problems": [{"code": "battery_low", "since": 1_764_000_000.5}],
                "history": [
                    {"link": "rf_lost", "at": 1_764_000_000.5},
                    {"link": "live", "at": 1_764_000_000.5},
                ],
            },
        }
    ],
    "thresholds": [{}],
    "location": "",
}

TYPICAL_PAYLOAD = msgspec.msgpack.encode((_RARE, _TYPICAL))
