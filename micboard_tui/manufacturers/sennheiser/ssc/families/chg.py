"""Chargers that report everything in arrays, one entry a bay: CHG 70N-C, CHG 2N and CHG 4N. Pure.

docs/reference/protocols/sennheiser.md 2.7 and 2.8; shapes that are not certain are read leniently
(docs/reference/protocols/sennheiser.md 11).
"""

from dataclasses import replace

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.value_ranges import MAX_BATTERY_CYCLES
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    DEVICE_WARNINGS,
    IDENTITY,
    STORAGE_MODE,
    AddressGroup,
    Family,
    Flash,
    SettableProperties,
    leaf_addresses,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import (
    count_items,
    format_raw,
    get_item,
    parse_bars,
    parse_flag,
    parse_integer,
    parse_percent,
    parse_text,
)
from micboard_tui.manufacturers.sennheiser.warning_tokens import (
    NO_TOKENS,
    Tokens,
    own_warnings_of,
    parse_tokens,
)
from micboard_tui.protocols.ssc.messages import Value

FULL_PERCENT = 100
MAX_MINUTES = 100 * 60

_TYPE = "/bays/device_type"
_BATTERY = leaf_addresses("/bays", "bat_gauge", "bat_timetofull", "bat_health", "bat_cycles")
_CHG_70N = (
    _TYPE,
    *_BATTERY,
    *leaf_addresses("/bays", "state", "version", "serial", "warnings", "sync_error"),
)
_SPEECHLINE = (
    _TYPE,
    *_BATTERY,
    *leaf_addresses("/bays", "bat_bars", "active", "charging", "serial", "version", "linkdate", "state"),
)
_WARNINGS = {
    "batterycomerror": "The battery does not answer",
    "batterynotchargeable": "The battery cannot be charged",
    "batterynotdischargeable": "The battery cannot be discharged",
    "overcurrentdetected": "Too much current",
    "batterytempoutofrange": "The battery is too hot or too cold",
}
_ERROR_BITS = (
    "The transmitter does not answer",
    "The firmware update failed",
    "Too much current",
    "The charging voltage is missing",
)
_KINDS = {0: None, 1: "Handheld", 2: "Bodypack"}
_IN_ERROR = 2
"""Of a SpeechLine bay's states."""
_UPDATING = frozenset({"update", "dfumode"})


def _raw_values(values: AddressValues, addresses: tuple[str, ...], index: int) -> tuple[tuple[str, str], ...]:
    arrays = [(address, values.get(address)) for address in addresses]
    return tuple(
        sorted(
            (address, format_raw(get_item(array, index)))
            for address, array in arrays
            if index < count_items(array)
        )
    )


def _battery_of(values: AddressValues, index: int) -> Battery:
    gauge, _, health, cycles = (get_item(values.get(address), index) for address in _BATTERY)
    return Battery(
        percent=parse_percent(gauge),
        health_percent=parse_percent(health),
        cycles=parse_integer(cycles, 0, MAX_BATTERY_CYCLES),
    )


def _minutes_to_full(values: AddressValues, index: int) -> int | None:
    return parse_integer(get_item(values.get("/bays/bat_timetofull"), index), 0, MAX_MINUTES)


def _is_full(battery: Battery, minutes_to_full: int | None) -> bool:
    return battery.percent == FULL_PERCENT or (minutes_to_full == 0 and battery.percent is not None)


def _bays_of_70n(values: AddressValues) -> tuple[Bay, ...]:
    return tuple(_bay_70n(values, index) for index in range(count_items(values.get(_TYPE))))


def _bay_70n(values: AddressValues, index: int) -> Bay:
    kind = parse_text(get_item(values.get(_TYPE), index))
    raw = _raw_values(values, _CHG_70N, index)
    if kind == "NONE":
        # Whatever the numbers of an empty bay say, null or 0: nothing is in it.
        return Bay(index + 1, BayState.EMPTY, raw=raw)
    battery, to_full = _battery_of(values, index), _minutes_to_full(values, index)
    warnings = parse_tokens(get_item(values.get("/bays/warnings"), index)) or NO_TOKENS
    state = parse_tokens(get_item(values.get("/bays/state"), index)) or NO_TOKENS
    error = _error_of_70n(state, warnings)
    return Bay(
        index + 1,
        _state_of_70n(values, battery, to_full, error),
        pack_model=None if kind == "UNKNOWN" else kind,
        pack_serial=parse_text(get_item(values.get("/bays/serial"), index)),
        battery=battery,
        minutes_to_full=to_full,
        error=error or ("Its firmware is being updated" if state & _UPDATING else None),
        raw=raw,
    )


def _state_of_70n(
    values: AddressValues, battery: Battery, minutes_to_full: int | None, error: str | None
) -> BayState:
    """In storage mode what is not full is not filled, however little time is left to its end."""
    state = _state_of(
        error=error,
        is_full=_is_full(battery, minutes_to_full),
        is_charging=battery.percent is not None,
    )
    stores = parse_flag(values.get(STORAGE_MODE)) is True
    is_stored = stores and error is None and battery.percent is not None and battery.percent < FULL_PERCENT
    return BayState.STORED if is_stored else state


def _error_of_70n(state: Tokens, warnings: Tokens) -> str | None:
    if warnings:
        return ", ".join(sorted(_WARNINGS.get(warning, warning) for warning in warnings))
    return "The charger reports an error" if "error" in state else None


def _state_of(*, error: str | None, is_full: bool, is_charging: bool) -> BayState:
    if error:
        return BayState.FAULT
    if is_full:
        return BayState.READY
    return BayState.CHARGING if is_charging else BayState.UNKNOWN


def _bays_of_speechline(values: AddressValues) -> tuple[Bay, ...]:
    return tuple(_bay_speechline(values, index) for index in range(count_items(values.get(_TYPE))))


def _bay_speechline(values: AddressValues, index: int) -> Bay:
    raw = _raw_values(values, _SPEECHLINE, index)
    kind = get_item(values.get(_TYPE), index)
    active = parse_flag(get_item(values.get("/bays/active"), index))
    if active is False or (active is None and kind == 0):
        return Bay(index + 1, BayState.EMPTY, raw=raw)
    battery, to_full = _battery_of(values, index), _minutes_to_full(values, index)
    if battery.percent is None:
        battery = replace(battery, bars=parse_bars(get_item(values.get("/bays/bat_bars"), index)))
    charging = parse_flag(get_item(values.get("/bays/charging"), index)) is True
    error = _error_of_speechline(values.get("/bays/state"), index)
    return Bay(
        index + 1,
        _state_of(error=error, is_full=_is_full(battery, to_full), is_charging=charging),
        pack_model=_KINDS.get(kind) if isinstance(kind, int) else parse_text(kind),
        pack_serial=parse_text(get_item(values.get("/bays/serial"), index)),
        battery=battery,
        minutes_to_full=to_full,
        error=error,
        raw=raw,
    )


def _error_of_speechline(raw: Value, index: int) -> str | None:
    """Two arrays: states, and bitmaps of errors."""
    states, bitmaps = get_item(raw, 0), get_item(raw, 1)
    bitmap = parse_integer(get_item(bitmaps, index), 0, 255) or 0
    errors = [error for bit, error in enumerate(_ERROR_BITS) if bitmap >> bit & 1]
    if errors:
        return ", ".join(errors)
    return "The charger reports an error" if get_item(states, index) == _IN_ERROR else None


def _is_70n_value(value: Value) -> bool:
    """Both have this array; only CHG 70N-C writes values into it."""
    return isinstance(value, list) and any(isinstance(item, str) for item in value)


CHG_70N = Family(
    title="CHG 70N-C",
    kind=DeviceKind.CHARGER,
    marker_address=_TYPE,
    is_marker_value=_is_70n_value,
    counted_addresses=(),
    count_units=lambda values: count_items(values.get(_TYPE)),
    groups_for=lambda _: (
        AddressGroup(
            0,
            (DEVICE_NAME, *leaf_addresses("/device", "location", "storage_mode", "warnings", "cascade")),
            IDENTITY,
        ),
        AddressGroup(0, _CHG_70N),
    ),
    bays_of=_bays_of_70n,
    device_warnings_of=lambda values: own_warnings_of(parse_tokens(values.get(DEVICE_WARNINGS))),
    products=("chg70n",),
    settable=SettableProperties(
        device_name=DEVICE_NAME,
        device_flash=Flash("/device/identification/visual"),
        # null leaves the bays before it as they are (docs/reference/protocols/sennheiser.md 2.7).
        unit_flash=lambda n: Flash("/bays/identify", [*[None] * (n - 1), True], [*[None] * (n - 1), False]),
    ),
)
SPEECHLINE_CHARGER = Family(
    title="SpeechLine charger",
    kind=DeviceKind.CHARGER,
    marker_address=_TYPE,
    is_marker_value=lambda value: isinstance(value, list),
    counted_addresses=(),
    count_units=lambda values: count_items(values.get(_TYPE)),
    groups_for=lambda _: (
        AddressGroup(0, (DEVICE_NAME, "/device/state"), IDENTITY),
        AddressGroup(0, _SPEECHLINE),
    ),
    bays_of=_bays_of_speechline,
    products=("chg2n", "chg4n"),
)
