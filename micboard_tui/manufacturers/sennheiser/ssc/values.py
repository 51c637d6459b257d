"""Numbers, flags, texts and lists as SSC devices write them. The one home of "unknown"."""

import json
import math
from typing import TypeAlias

from micboard_tui.protocols.ssc.messages import Json, Value

MAX_TEXT = 400
"""The longest string that any device documents (docs/reference/protocols/sennheiser.md 2.1)."""
MAX_ITEMS = 64
MAX_PERCENT = 100
SECONDS_A_MINUTE = 60
NO_ACCU_VALUE = 65280
"""An L 6000 writes 0xFF00 for "no value" [one codebase, unverified].

Source: docs/reference/protocols/sennheiser.md 3.2.
"""

Tokens: TypeAlias = frozenset[str]
NO_TOKENS: Tokens = frozenset()


def bounded(value: Value) -> Value:
    """What is kept of a value: strings and lists of strangers' gear have no end of their own."""
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, list):
        return [_bounded_item(each, 1) for each in value[:MAX_ITEMS]]
    return value


def _bounded_item(item: Json, depth: int) -> Json:
    """Lists hold texts, numbers, and at most one more level of lists."""
    if isinstance(item, list) and depth == 1:
        return [_bounded_item(each, 2) for each in item[:MAX_ITEMS]]
    if isinstance(item, list | dict):
        return None
    return bounded(item)


def shown(value: Value) -> str:
    """The vendor's own word for the detail screen."""
    return value if isinstance(value, str) else json.dumps(value)


def text(value: Json) -> str | None:
    """A name or a term; None where there is nothing to read. May come in an array of one.

    Source: docs/reference/protocols/sennheiser.md 2.1.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return (value.strip() or None) if isinstance(value, str) else None


def flag(value: Json) -> bool | None:
    """Servers coerce types, and so do we (docs/reference/protocols/sennheiser.md 1.1)."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None


def number(value: Json, low: float, high: float) -> float | None:
    """A number from ``low`` to ``high``; numeric strings are numbers. None for all else.

    Source: docs/reference/protocols/sennheiser.md 1.1.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        told = float(value)
    except (ValueError, OverflowError):
        return None
    return told if math.isfinite(told) and low <= told <= high else None


def whole(value: Json, low: int, high: int) -> int | None:
    told = number(value, low, high)
    return None if told is None else round(told)


def percent(value: Json) -> int | None:
    return whole(value, 0, MAX_PERCENT)


def tokens(value: Json) -> Tokens | None:
    """Warnings, alike in every spelling: ``NoLink`` and ``No Link`` are ``nolink``. None: not told.

    They come as an array, as one string, or as an empty string for none.
    """
    if value == []:
        return NO_TOKENS
    items = value if isinstance(value, list) else [value]
    words = [each for each in items if isinstance(each, str)]
    if not words and value != [None]:
        return None
    return frozenset(token for word in words if (token := _plain(word)))


def _plain(word: str) -> str:
    return "".join(each for each in word.lower() if each.isalnum())


def item(value: Value, index: int) -> Json:
    """One entry of an array; None where it has none."""
    return value[index] if isinstance(value, list) and index < len(value) else None


def size(value: Value) -> int:
    """How many entries an array has."""
    return len(value) if isinstance(value, list) else 0
