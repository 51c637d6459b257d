"""How far apart two carriers have to be, by the systems that they belong to. Pure.

The figures, and where they come from: docs/explanation/alarms.md.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId

_LEAST_KHZ: Mapping[str, int] = {
    "AD4": 125,
    "ADX5": 125,
    "ANX4": 125,
    "ULXD4": 125,
    "QLXD4": 350,
    "SLXD4": 600,
    "EWDX": 300,
    "EWDEM": 600,
    "EM6000": 200,
    "L6000": 200,
    "EM300500G4": 400,
    "EM100G4": 400,
    "EM500G4": 400,
}
"""By how the names of models begin, without blanks and hyphens: in the densest mode that a system has.

Which mode a device is in is not looked at; a set that is planned for a dense one is in order.
"""


@lru_cache(maxsize=256)
def find_spacing(model: str | None) -> int:
    """In kHz; 0: not known of this model, so that only carriers on one frequency count."""
    name = "" if model is None else model.upper().replace(" ", "").replace("-", "")
    return next((khz for start, khz in _LEAST_KHZ.items() if name.startswith(start)), 0)


def spacings_of(devices: Iterable[DeviceSnapshot]) -> dict[DeviceId, int]:
    """Those of all devices of which one is known."""
    return {device.device.id: khz for device in devices if (khz := find_spacing(device.state.model))}
