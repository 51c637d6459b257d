"""L 6000: a charger of up to four slots with two bays each (docs/reference/protocols/sennheiser.md 3.2)."""

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    IDENTITY,
    Controls,
    Family,
    Flash,
    Group,
    below,
    numbered,
    run_length,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import (
    NO_ACCU_VALUE,
    flag,
    item,
    percent,
    text,
    tokens,
    whole,
)
from micboard_tui.protocols.ssc.messages import Value

BAYS_A_SLOT = 2
PARAMETERS_EVERY_MS = 5000
"""Millivolts change all the time; nobody needs them more often."""
COLDEST_C = -50
FULL_PERCENT = 97
"""From here on the lamp is green."""
_SLOTS = numbered("/slot{n}/type", range(1, 5))
_PACKS = {1: "BA 60", 2: "BA 61"}
"""What the charging modules LM 6060 and LM 6061 take. [inferred]"""
_STATES = {
    "green": BayState.READY,
    "greenflashing": BayState.CHARGING,
    "yellow": BayState.CHARGING,
    "yellowflashing": BayState.CHARGING,
    "red": BayState.FAULT,
    "redflashing": BayState.FAULT,
    "yellowredflashing": BayState.CHARGING,
    "yellowgreenflashing": BayState.READY,
}
_ERRORS = {"red": "The battery is defective", "redflashing": "The battery is too hot or too cold"}
_NOTES = {"yellowflashing": "It is being regenerated"}
_WARNINGS = ((0, "The bay is too hot"), (8, "It is being regenerated"), (16, "The battery is defective"))
_TOO_COLD, _FANS, _DEVICE_HOT = 29, 24, 28


def _branch(bay: int) -> str:
    slot, place = divmod(bay - 1, BAYS_A_SLOT)
    return f"/slot{slot + 1}/subslot{place + 1}"


def _groups(count: int) -> tuple[Group, ...]:
    branches = [_branch(bay) for bay in range(1, count + 1)]
    states = tuple(each for branch in branches for each in below(branch, "accu_detection", "led"))
    return (
        Group(0, (DEVICE_NAME, *below("/device", "storage_mode", "warnings")), IDENTITY),
        Group(0, (*_SLOTS[: count // BAYS_A_SLOT], *states)),
        Group(0, tuple(f"{branch}/accu_parameter" for branch in branches), period_ms=PARAMETERS_EVERY_MS),
    )


def _bays(words: Words) -> tuple[Bay, ...]:
    count = run_length(words, _SLOTS) * BAYS_A_SLOT
    return tuple(_bay(words, number) for number in range(1, count + 1))


def _bay(words: Words, number: int) -> Bay:
    branch, slot = _branch(number), f"/slot{(number + 1) // BAYS_A_SLOT}/type"
    raw = words.raw((slot, *below(branch, "accu_detection", "led", "accu_parameter")))
    module = whole(words.get(slot), 0, 255)
    detected = flag(words.get(f"{branch}/accu_detection"))
    if module == 0 or detected is False:
        return Bay(number, BayState.EMPTY, raw=raw)
    if detected is None:
        return Bay(number, raw=raw)
    parameters = words.get(f"{branch}/accu_parameter")
    battery = _battery(parameters)
    lamp = next(iter(tokens(words.get(f"{branch}/led")) or ("",)))
    state = _STATES.get(lamp)
    if state is None and battery.percent is not None:
        state = BayState.READY if battery.percent >= FULL_PERCENT else BayState.CHARGING
    error, note = _ERRORS.get(lamp), _NOTES.get(lamp)
    return Bay(
        number,
        state or BayState.UNKNOWN,
        pack_model=_PACKS.get(module or 0),
        battery=battery,
        minutes_to_full=_minutes(parameters, 10, 11),
        error=error or _warning(words.get("/device/warnings"), number) or note,
        raw=raw,
    )


def _battery(parameters: Value) -> Battery:
    """Of the twelve numbers: 0 is °C, 5 and 6 hours and minutes left, 7 percent, 8 cycles, 9 health."""
    return Battery(
        percent=percent(_told(parameters, 7)),
        minutes=_minutes(parameters, 5, 6),
        health_percent=percent(_told(parameters, 9)),
        cycles=whole(_told(parameters, 8), 0, NO_ACCU_VALUE - 1),
        temperature_c=whole(_told(parameters, 0), COLDEST_C, 150),
    )


def _told(parameters: Value, index: int) -> int | None:
    return whole(item(parameters, index), COLDEST_C, NO_ACCU_VALUE - 1)


def _minutes(parameters: Value, hours_at: int, minutes_at: int) -> int | None:
    hours, minutes = _told(parameters, hours_at), _told(parameters, minutes_at)
    return None if hours is None or minutes is None or min(hours, minutes) < 0 else hours * 60 + minutes


def _warning(raw: Value, bay: int) -> str | None:
    """Numbers: eight bays from each of some bases, a fan a slot, the whole device."""
    told = {each for each in raw if isinstance(each, int)} if isinstance(raw, list) else set()
    for base, words in (*_WARNINGS, (_TOO_COLD, "The bay is too cold")):
        if base + bay - 1 in told:
            return words
    if _FANS + (bay - 1) // BAYS_A_SLOT in told:
        return "The fan of its slot fails"
    return "The charger is too hot" if _DEVICE_HOT in told else None


L_6000 = Family(
    title="L 6000",
    kind=DeviceKind.CHARGER,
    mark=_SLOTS[0],
    marks=lambda value: text(value) is not None,
    counted=_SLOTS,
    count=lambda words: run_length(words, _SLOTS) * BAYS_A_SLOT,
    groups=_groups,
    bays=_bays,
    controls=Controls(device_name=DEVICE_NAME, flash_unit=lambda n: Flash(f"{_branch(n)}/identify")),
)
