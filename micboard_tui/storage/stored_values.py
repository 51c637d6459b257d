"""Texts and lists as they are stored: within bounds, lists as JSON."""

import json
from typing import Any

from micboard_tui.domain.battery import Battery, BatteryType
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import Slot, SlotStatus
from micboard_tui.domain.value_ranges import MAX_BAYS

MAX_TEXT = 500
"""Characters of any text that a device gives."""
MAX_PAIRS = 1024
"""Properties that are kept of a device or a channel."""
MAX_SLOTS = 64
MAX_JSON = 4_000_000
"""Characters of a list; what is stored has less by the bounds above."""


def storable(text: str | None) -> str | None:
    """``text`` within ``MAX_TEXT``, without NUL and lone surrogates, which not every database accepts."""
    if text is None or (len(text) <= MAX_TEXT and text.isascii() and "\0" not in text):
        return text
    return text[:MAX_TEXT].replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def dump_pairs(raw: tuple[tuple[str, str], ...]) -> str:
    """As JSON, within the bounds. Not remembered: words that differ each time would fill the memory."""
    return json.dumps([(name[:MAX_TEXT], value[:MAX_TEXT]) for name, value in raw[:MAX_PAIRS]])


def load_list(text: str | None) -> list[Any]:
    """A list that was stored as JSON. Raises ValueError or RecursionError when it is none of ours."""
    if text is None:
        return []
    if len(text) > MAX_JSON:
        raise ValueError("too long")
    loaded = json.loads(text)
    if not isinstance(loaded, list):
        raise ValueError("no list")  # noqa: TRY004 - of what is stored, and not of an argument
    return loaded


def _slot_values(slot: Slot) -> list[object]:
    battery = slot.battery
    return [
        slot.number,
        slot.status.value,
        slot.model,
        slot.name,
        slot.rf_on,
        slot.power_mw,
        slot.showlink_quality,
        battery.percent,
        battery.bars,
        battery.minutes,
        battery.type and battery.type.value,
    ]


def _slot_of(values: list[Any]) -> Slot:
    number, status, model, name, rf_on, power_mw, quality, percent, bars, minutes, kind = values
    battery = Battery(percent, bars, minutes, BatteryType(kind) if kind else None)
    return Slot(number, SlotStatus(status), model, name, rf_on, power_mw, quality, battery)


def _bay_values(bay: Bay) -> list[object]:
    battery = bay.battery
    return [
        bay.number,
        bay.state.value,
        storable(bay.pack_model),
        storable(bay.pack_name),
        storable(bay.pack_serial),
        battery.percent,
        battery.bars,
        battery.minutes,
        battery.type and battery.type.value,
        battery.health_percent,
        battery.cycles,
        battery.temperature_c,
        bay.minutes_to_full,
        storable(bay.error),
        bay.raw,
    ]


def _bay_of(values: list[Any]) -> Bay:
    number, state, model, name, serial, percent, bars, minutes, kind, health, cycles, *others = values
    temperature, minutes_to_full, error, raw = others
    battery = Battery(
        percent,
        bars,
        minutes,
        BatteryType(kind) if kind else None,
        health_percent=health,
        cycles=cycles,
        temperature_c=temperature,
    )
    pairs = tuple((name, value) for name, value in raw)
    return Bay(number, BayState(state), model, name, serial, battery, minutes_to_full, error, pairs)


def load_pairs(raw: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in load_list(raw))


def dump_slots(slots: tuple[Slot, ...]) -> str:
    return json.dumps([_slot_values(slot) for slot in slots[:MAX_SLOTS]]) if slots else "[]"


def load_slots(stored: str | None) -> tuple[Slot, ...]:
    """Raises ValueError, TypeError or RecursionError, as all that load here."""
    return tuple(map(_slot_of, load_list(stored)))


def dump_bays(bays: tuple[Bay, ...]) -> str:
    return json.dumps([_bay_values(bay) for bay in bays[:MAX_BAYS]]) if bays else "[]"


def load_bays(stored: str | None) -> tuple[Bay, ...]:
    return tuple(map(_bay_of, load_list(stored)))
