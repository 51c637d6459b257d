"""Numbers, flags, texts and arrays as SSC devices write them. The one home of "unknown". Pure."""

import json
import math

from micboard_tui.protocols.ssc.messages import Json, Value

MAX_TEXT = 400
"""The longest string that any device documents (docs/reference/protocols/sennheiser.md 2.1)."""
MAX_ITEMS = 64
MAX_PERCENT = 100
WIRE_BARS, OUR_BARS = 6, 5
NO_ACCU_VALUE = 65280
"""An L 6000 writes 0xFF00 for "no value" [one codebase, unverified].

Source: docs/reference/protocols/sennheiser.md 3.2.
"""


def limit_size(value: Value) -> Value:
    """The part of a value that is kept: strings and arrays from the network have no limit of their own."""
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, list):
        return [_limit_item(item, 1) for item in value[:MAX_ITEMS]]
    return value


def _limit_item(item: Json, depth: int) -> Json:
    """Arrays hold texts, numbers, and at most one more level of arrays."""
    if isinstance(item, list) and depth == 1:
        return [_limit_item(inner, 2) for inner in item[:MAX_ITEMS]]
    if isinstance(item, list | dict):
        return None
    return limit_size(item)


def format_raw(value: Json) -> str:
    """The vendor's own spelling, for the detail screen."""
    return value if isinstance(value, str) else json.dumps(value)


def parse_text(value: Json) -> str | None:
    """A name or a term; None where there is nothing to read. May come in an array of one.

    Source: docs/reference/protocols/sennheiser.md 2.1.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return (value.strip() or None) if isinstance(value, str) else None


def parse_flag(value: Json) -> bool | None:
    """Servers coerce types, and so do we (docs/reference/protocols/sennheiser.md 1.1)."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None


def parse_number(value: Json, lowest: float, highest: float) -> float | None:
    """A number within its range; numeric strings are numbers. None for all else.

    Source: docs/reference/protocols/sennheiser.md 1.1.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and lowest <= number <= highest else None


def parse_integer(value: Json, lowest: int, highest: int) -> int | None:
    """The same, rounded."""
    number = parse_number(value, lowest, highest)
    return None if number is None else round(number)


def parse_percent(value: Json) -> int | None:
    return parse_integer(value, 0, MAX_PERCENT)


def parse_bars(value: Json) -> int | None:
    """SpeechLine has six bars, we have five: rounded down, and 0 only where the wire has 0."""
    bars = parse_integer(value, 0, WIRE_BARS)
    return bars and max(1, bars * OUR_BARS // WIRE_BARS)


def get_item(value: Json, index: int) -> Json:
    """One entry of an array; None where it has none."""
    return value[index] if isinstance(value, list) and index < len(value) else None


def count_items(value: Value) -> int:
    """How many entries an array has; 0 for what is no array."""
    return len(value) if isinstance(value, list) else 0
