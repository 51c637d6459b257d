"""How the server writes charge, gain and states. The one home of its sentinels.

Source: docs/reference/protocols/shure.md 14.2.
"""

from micboard_tui.domain.bay import BayState
from micboard_tui.domain.value_ranges import MAX_BATTERY_CYCLES
from micboard_tui.protocols.shure_system_api.messages import Value

ONLINE, OFFLINE = "ONLINE", "OFFLINE"
CLIPPING = "CLIPPING"
CHARGING, DISCHARGING = "CHARGING", "DISCHARGING"
FULL, EMPTY, STORAGE = "FULL", "EMPTY", "OPTIMAL_STORAGE"
MAX_PERCENT = 100

MAX_GAIN_DB = 120
_BAYS = {CHARGING: BayState.CHARGING, FULL: BayState.READY, STORAGE: BayState.STORED}


def parse_percent(value: float | None) -> int | None:
    """0 to 100; None for anything else."""
    return None if value is None or not 0 <= value <= MAX_PERCENT else round(value)


def parse_count(value: float | None, highest: int = MAX_BATTERY_CYCLES) -> int | None:
    return None if value is None or not 0 <= value <= highest else int(value)


def parse_gain_db(value: Value) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value) if abs(value) <= MAX_GAIN_DB else None


def parse_switch(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def parse_text(value: Value) -> str | None:
    """A name or a term, without the blanks around it; None where there is nothing else."""
    return value.strip() or None if isinstance(value, str) else None


def parse_bay_state(state: str | None, target: str | None) -> BayState:
    """The state of a pack's bay; a pack that runs down is in use, unless a charger does it for storage."""
    if state == DISCHARGING:
        return BayState.STORED if target == STORAGE else BayState.IN_USE
    return _BAYS.get(state or "", BayState.UNKNOWN)
