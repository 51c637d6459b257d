"""What a search of the network found, as JSON."""

from dataclasses import asdict

from micboard_tui.contracts.device import Findings
from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.ports import FoundDevice


def findings_document(findings: Findings) -> JsonObject:
    """The interfaces that were listened on, and each device."""
    return {
        "schema": SCHEMA,
        "listened_on": [asdict(interface) for interface in findings.interfaces],
        "is_complete": findings.is_complete,
        "found": [_found_device_entry(device) for device in findings.devices],
    }


def _found_device_entry(found: FoundDevice) -> JsonObject:
    """The document has called the fault of a device its obstacle from the first."""
    return {"obstacle" if name == "fault" else name: value for name, value in asdict(found).items()}
