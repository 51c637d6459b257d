"""What the scripted server tells the page: devices, channels and alarms as the API has them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Document = Mapping[str, Any]
METERS = (
    "rf_dbm",
    "rf_a_dbm",
    "rf_b_dbm",
    "rf_a_percent",
    "rf_b_percent",
    "audio_dbfs",
    "audio_peak_dbfs",
    "quality_percent",
    "antenna",
)


def ago(seconds: float) -> str:
    """A moment so long ago, as documents have it."""
    at = datetime.now(UTC) - timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def channel(number: int, name: str | None, **changes: object) -> Document:
    """A channel on which all is well."""
    return {
        "number": number,
        "name": name,
        "mic_number": str(number),
        "performer": None,
        "role": None,
        "expected_off": False,
        "link_state": "live",
        "link_since": ago(600),
        "frequency_khz": 482125,
        "group_channel": "06,11",
        "battery_percent": 88,
        "battery_bars": 4,
        "battery_minutes": 425,
        "battery_type": "li_ion",
        "rf_dbm": -52.0,
        "rf_a_dbm": -52.0,
        "rf_b_dbm": -61.0,
        "rf_a_percent": None,
        "rf_b_percent": None,
        "audio_dbfs": -20.0,
        "audio_peak_dbfs": -12.0,
        "quality_percent": None,
        "antenna": "A",
        "gain_db": 12,
        "receiver_muted": False,
        "transmitter_muted": False,
        "transmitter_model": "ULXD2",
        "transmitter_name": "Ada",
        "transmitter_power_mw": 10,
        "encryption": "off",
        "dock": None,
        "observed_at": ago(0),
        "meters_at": ago(0),
        "battery_at": ago(0),
        "warnings": [],
        "alarms": [],
        **changes,
    }


NO_BATTERY: Document = {
    "battery_percent": None,
    "battery_bars": None,
    "battery_minutes": None,
    "battery_type": None,
}
ONLY_PERCENT: Document = {
    "rf_dbm": None,
    "rf_a_dbm": None,
    "rf_b_dbm": None,
    "rf_a_percent": 72,
    "rf_b_percent": 40,
}


def device(
    device_id: str, name: str, *channels: Document, location: str = "Main Stage", **changes: object
) -> Document:
    """A receiver that answers."""
    return {
        "device_id": device_id,
        "manufacturer": "shure",
        "kind": "receiver",
        "model": "ULXD4Q",
        "name": name,
        "host": "127.0.0.2",
        "location": location,
        "location_id": location.casefold(),
        "firmware": "2.7.6.0",
        "is_online": True,
        "status": "online",
        "error": None,
        "channels": list(channels),
        **changes,
    }


def alarm(
    cause: str, device_id: str | None, number: int | None, title: str, cure: str, **changes: object
) -> Document:
    """An alarm that is new."""
    return {
        "cause": cause,
        "device_id": device_id,
        "channel": number,
        "part": None,
        "location_id": None,
        "title": title,
        "cure": cure,
        "about": "all devices" if device_id is None else f"Rack A/{number}",
        "mic_number": None,
        "name": None,
        "priority": "now",
        "status": "raised",
        "is_new": True,
        "raised_at": ago(75),
        "cleared_at": None,
        "count": 1,
        "acknowledged_by": None,
        "acknowledged_at": None,
        "is_shelved": False,
        "shelved_by": None,
        "hidden_by": None,
        "note": None,
        **changes,
    }


def location(name: str, *above: str) -> Document:
    """``above``: what it lies in, the innermost first."""
    return {
        "location_id": name.casefold(),
        "name": name,
        "within": [each.casefold() for each in (name, *above)],
    }


def snapshot(
    devices: Sequence[Document],
    alarms: Sequence[Document] = (),
    show: Document | None = None,
    version: int = 1,
    locations: Sequence[Document] | None = None,
) -> Document:
    """``locations``: without them those of the devices, none within another."""
    names = dict.fromkeys(entry["location"] for entry in devices)
    flat = [location(name) for name in names]
    return {
        "type": "snapshot",
        "version": version,
        "generated_at": ago(0),
        "devices": list(devices),
        "locations": flat if locations is None else list(locations),
        "alarms": list(alarms),
        "show": show,
        "read_by": None,
        "lost": None,
    }


def changes(*channels: Document, device_id: str = "a", since: int = 1, version: int = 2) -> Document:
    return {
        "type": "changes",
        "version": version,
        "since": since,
        "generated_at": ago(0),
        "devices": [],
        "channels": [{"device_id": device_id, **entry} for entry in channels],
    }


def meters(entry: Document, device_id: str = "a", version: int = 1) -> Document:
    row = [device_id, entry["number"], *(entry[name] for name in METERS)]
    return {"type": "meters", "version": version, "generated_at": ago(0), "rows": [row]}
