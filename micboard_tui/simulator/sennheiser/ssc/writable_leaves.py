"""Leaves that can be written, each adapting what it is given as devices do.

Source: docs/reference/protocols/sennheiser.md 1.1.
"""

import math
from collections.abc import Callable

from micboard_tui.protocols.ssc.codec import is_sendable
from micboard_tui.protocols.ssc.messages import Code, Value
from micboard_tui.simulator.sennheiser.ssc.address_tree import Leaf, RefusedError


def setter(of: object, attribute: str) -> Callable[[object], None]:
    """Writes an attribute."""
    return lambda value: setattr(of, attribute, value)


def number_leaf(
    read: Callable[[], int], write: Callable[[int], None], low: int, high: int, step: int
) -> Leaf:
    """A number on a grid; whatever is asked for, the nearest point of it holds."""

    def snap(value: Value) -> None:
        try:
            number = float(value) if isinstance(value, int | float | str) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise RefusedError(Code.NOT_ACCEPTABLE)
        write(min(high, low + round((min(high, max(low, number)) - low) / step) * step))

    return Leaf(read, snap, limits={"type": "Number", "min": low, "max": high, "inc": step})


def switch_leaf(read: Callable[[], bool], write: Callable[[bool], None]) -> Leaf:
    """Yes or no; an empty string and 0 are no."""

    def flip(value: Value) -> None:
        if isinstance(value, list):
            raise RefusedError(Code.NOT_ACCEPTABLE)
        write(bool(value))

    return Leaf(read, flip, limits={"type": "Boolean"})


def text_leaf(
    read: Callable[[], str], write: Callable[[str], None], longest: int, *, capitals: bool = False
) -> Leaf:
    """A text; what is too long is cut."""

    def cut(value: Value) -> None:
        if isinstance(value, list) or not is_sendable(str(value)):
            raise RefusedError(Code.NOT_ACCEPTABLE)
        short = str(value)[:longest]
        write(short.upper() if capitals else short)

    return Leaf(read, cut, limits={"type": "String"})
