"""L 6000: a charger of up to four slots with two bays each (docs/reference/protocols/sennheiser.md 3.2)."""

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import DeviceWarning
from micboard_tui.domain.device import DeviceKind
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
    count_leading_values,
    expand_channels,
    leaf_addresses,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import (
    NO_ACCU_VALUE,
    get_item,
    parse_flag,
    parse_integer,
    parse_percent,
    parse_text,
)
from micboard_tui.manufacturers.sennheiser.warning_tokens import parse_tokens
from micboard_tui.protocols.ssc.messages import Value

BAYS_PER_SLOT = 2
PARAMETERS_EVERY_MS = 5000
"""Millivolts change all the time; they are not needed more often."""
COLDEST_C = -50
FULL_PERCENT = 97
"""From here on the lamp is green."""
_SLOTS = expand_channels("/slot{n}/type", range(1, 5))
_PACKS = {1: "BA 60", 2: "BA 61"}
"""What the charging modules LM 6060 and LM 6061 take. [inferred]"""
_STATES = {
    "green": BayState.READY,
    "greenflashing": BayState.CHARGING,
    "yellow": BayState.CHARGING,
    "yellowflashing": BayState.CHARGING,
    "red": BayState.FAULT,
    "redflashing": BayState.FAULT,
    # Storage mode, not yet and already at 69 to 71 % (docs/reference/protocols/sennheiser.md 10).
    "yellowredflashing": BayState.STORED,
    "yellowgreenflashing": BayState.STORED,
}
_ERRORS = {"red": "The battery is defective", "redflashing": "The battery is too hot or too cold"}
_NOTES = {"yellowflashing": "It is being regenerated"}
_BAY_WARNINGS = (
    (0, "The bay is too hot"),
    (8, "It is being regenerated"),
    (16, "The battery is defective"),
    (29, "The bay is too cold"),
)
"""The code of the first bay, and what it means; seven more bays follow."""
_FANS, _DEVICE_HOT = range(24, 28), 28
"""Of the device: a fan of each slot, and its temperature."""


def _branch(bay: int) -> str:
    slot, subslot = divmod(bay - 1, BAYS_PER_SLOT)
    return f"/slot{slot + 1}/subslot{subslot + 1}"


def _groups_for(count: int) -> tuple[AddressGroup, ...]:
    branches = [_branch(bay) for bay in range(1, count + 1)]
    states = tuple(
        address for branch in branches for address in leaf_addresses(branch, "accu_detection", "led")
    )
    return (
        AddressGroup(0, (DEVICE_NAME, STORAGE_MODE, DEVICE_WARNINGS), IDENTITY),
        AddressGroup(0, (*_SLOTS[: count // BAYS_PER_SLOT], *states)),
        AddressGroup(
            0, tuple(f"{branch}/accu_parameter" for branch in branches), period_ms=PARAMETERS_EVERY_MS
        ),
    )


def _bays_of(values: AddressValues) -> tuple[Bay, ...]:
    count = count_leading_values(values, _SLOTS) * BAYS_PER_SLOT
    return tuple(_bay_of(values, number) for number in range(1, count + 1))


def _bay_of(values: AddressValues, number: int) -> Bay:
    branch, slot = _branch(number), f"/slot{(number + 1) // BAYS_PER_SLOT}/type"
    raw = values.raw((slot, *leaf_addresses(branch, "accu_detection", "led", "accu_parameter")))
    module = parse_integer(values.get(slot), 0, 255)
    detected = parse_flag(values.get(f"{branch}/accu_detection"))
    if module == 0 or detected is False:
        return Bay(number, BayState.EMPTY, raw=raw)
    if detected is None:
        return Bay(number, raw=raw)
    parameters = values.get(f"{branch}/accu_parameter")
    battery = _battery_of(parameters)
    lamp = next(iter(parse_tokens(values.get(f"{branch}/led")) or ("",)))
    state = _STATES.get(lamp)
    if state is None and battery.percent is not None:
        is_full = battery.percent >= FULL_PERCENT
        state = BayState.READY if is_full else _state_while_filling(values.get(STORAGE_MODE))
    error, note = _ERRORS.get(lamp), _NOTES.get(lamp)
    return Bay(
        number,
        state or BayState.UNKNOWN,
        pack_model=_PACKS.get(module or 0),
        battery=battery,
        minutes_to_full=_minutes_of(parameters, 10, 11),
        error=error or _warning_of(values.get(DEVICE_WARNINGS), number) or note,
        raw=raw,
    )


def _state_while_filling(storage_mode: Value) -> BayState:
    """In storage mode a charger does not fill what is in it."""
    return BayState.STORED if parse_flag(storage_mode) else BayState.CHARGING


def _battery_of(parameters: Value) -> Battery:
    """Of the twelve numbers: 0 is °C, 5 and 6 hours and minutes left, 7 percent, 8 cycles, 9 health."""
    return Battery(
        percent=parse_percent(get_item(parameters, 7)),
        minutes=_minutes_of(parameters, 5, 6),
        health_percent=parse_percent(get_item(parameters, 9)),
        cycles=_parse_count(parameters, 8),
        temperature_c=parse_integer(get_item(parameters, 0), COLDEST_C, 150),
    )


def _minutes_of(parameters: Value, hours_at: int, minutes_at: int) -> int | None:
    hours, minutes = _parse_count(parameters, hours_at), _parse_count(parameters, minutes_at)
    return None if hours is None or minutes is None else hours * 60 + minutes


def _parse_count(parameters: Value, index: int) -> int | None:
    return parse_integer(get_item(parameters, index), 0, NO_ACCU_VALUE - 1)


def _warning_of(raw: Value, bay: int) -> str | None:
    """By numeric codes: eight bays from each of some first codes."""
    codes = _warning_codes(raw)
    return next((text for first_code, text in _BAY_WARNINGS if first_code + bay - 1 in codes), None)


def _device_warnings_of(values: AddressValues) -> frozenset[DeviceWarning]:
    """What concerns no bay: the fans of the slots, and the temperature of the whole device."""
    codes = _warning_codes(values.get(DEVICE_WARNINGS))
    fan = {DeviceWarning.FAN} if codes.intersection(_FANS) else set()
    return frozenset(fan | {DeviceWarning.TEMPERATURE} if _DEVICE_HOT in codes else fan)


def _warning_codes(raw: Value) -> frozenset[int]:
    items = raw if isinstance(raw, list) else []
    return frozenset(code for code in items if isinstance(code, int) and not isinstance(code, bool))


L_6000 = Family(
    title="L 6000",
    kind=DeviceKind.CHARGER,
    marker_address=_SLOTS[0],
    is_marker_value=lambda value: parse_text(value) is not None,
    counted_addresses=_SLOTS,
    count_units=lambda values: count_leading_values(values, _SLOTS) * BAYS_PER_SLOT,
    groups_for=_groups_for,
    bays_of=_bays_of,
    device_warnings_of=_device_warnings_of,
    products=("l6000",),
    settable=SettableProperties(
        device_name=DEVICE_NAME, unit_flash=lambda n: Flash(f"{_branch(n)}/identify")
    ),
)
