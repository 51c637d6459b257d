"""What a charger sends of one bay (docs/reference/protocols/shure.md 11). Pure.

No charger says which transmitter a pack belongs to, what the pack is called, or its serial number.
"""

from micboard_tui.domain.battery import NO_BATTERY
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.strings.mapping import Values, battery_of, raw_values
from micboard_tui.manufacturers.shure.values import parse_number, parse_switch

MAX_MINUTES_TO_FULL = 65528
FULL_MINUTES = 65529
MAX_ERROR = 253
"""254 and 255 mean that no battery is there."""
_STATES = {
    "FULL": BayState.READY,
    "WARM_FULL": BayState.READY,
    # At about 40 % (docs/reference/protocols/shure.md 19). That discharging serves storage is [inferred].
    "READY_TO_STORE": BayState.STORED,
    "DISCHARGE_CALC": BayState.STORED,
    "DISCHARGING": BayState.STORED,
    "DISCHARGING_WARM": BayState.STORED,
    "DISCHARGING_COLD": BayState.STORED,
    "CALCULATING": BayState.CHARGING,
    "NORMAL": BayState.CHARGING,
    "WARM": BayState.CHARGING,
    "PRECHARGE": BayState.CHARGING,
    # That a charger waits until such a battery has cooled down or warmed up is [inferred].
    "HOT": BayState.FAULT,
    "COLD": BayState.FAULT,
    "ERROR": BayState.FAULT,
    "NO_BATT": BayState.EMPTY,
}
_REASONS = {
    "HOT": "The battery is too hot to be charged",
    "COLD": "The battery is too cold to be charged",
    "ERROR": "The charger reports an error",
}
ERROR_CODE = "254"
CHARGE_PROPERTIES = ("BATT_CHARGE", "BATT_BARS")
_NO_CHARGE = "The charger cannot tell the battery's charge"
_ERRORS = {
    1: "The charging module is of an unknown kind",
    2: "The battery is not recognised",
    3: "The battery was discharged too deeply and does not recover",
    4: "Charging failed",
    5: "The battery needs to be checked",
    6: "The charger needs to be checked",
    7: "The charger cannot communicate with the battery",
}


def bay_of(dialect: Dialect, number: int, values: Values) -> Bay:
    """All that is known of the bay in a place, counted from 1."""
    state_value = values.get("BATT_STATE", "")
    is_there = parse_switch(values.get("BATT_DETECTED"), on="YES", off="NO")
    if is_there is False or state_value == "NO_BATT":
        return Bay(number, BayState.EMPTY, battery=NO_BATTERY, raw=raw_values(values))
    error = _error_of(values, state_value)
    return Bay(
        number,
        BayState.FAULT if error else _STATES.get(state_value, BayState.UNKNOWN),
        battery=battery_of(values, dialect.battery),
        minutes_to_full=_parse_minutes_to_full(values.get("BATT_TIME_TO_FULL")),
        error=error,
        raw=raw_values(values),
    )


def _error_of(values: Values, state_value: str) -> str | None:
    code = parse_number(values.get("BATT_ERROR"), MAX_ERROR)
    if code:
        return _ERRORS.get(code, f"The charger reports error {code}")
    if reason := _REASONS.get(state_value):
        return reason
    return _NO_CHARGE if any(values.get(name) == ERROR_CODE for name in CHARGE_PROPERTIES) else None


def _parse_minutes_to_full(raw: str | None) -> int | None:
    """65529 says full; the codes above say why it is not known."""
    value = parse_number(raw, FULL_MINUTES)
    if value is None or value <= MAX_MINUTES_TO_FULL:
        return value
    return 0
