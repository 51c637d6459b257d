"""Leaves that can be written, each adapting what it is given as devices do.

Source: docs/reference/protocols/sennheiser.md 1.1.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from micboard_tui.protocols.ssc.codec import is_sendable
from micboard_tui.protocols.ssc.messages import Code, Json, Value
from micboard_tui.simulator.sennheiser.ssc.address_tree import Leaf, RefusedError

T = TypeVar("T")


@dataclass(slots=True)
class Setting(Generic[T]):
    """A value that nothing in the simulator depends on, but that is kept as it is written."""

    value: T

    def read(self) -> T:
        return self.value

    def write(self, value: T) -> None:
        self.value = value


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


def option_leaf(read: Callable[[], str], write: Callable[[str], None], options: Sequence[str]) -> Leaf:
    """One of some texts; any other is refused."""

    def choose(value: Value) -> None:
        if not isinstance(value, str) or value not in options:
            raise RefusedError(Code.NOT_ACCEPTABLE)
        write(value)

    return Leaf(read, choose, limits={"type": "String", "option": list(options)})


def list_leaf(read: Callable[[], list[Json]], write: Callable[[list[Json]], None]) -> Leaf:
    """An array as long as before; null leaves an element as it is."""

    def replace(value: Value) -> None:
        before = read()
        if not isinstance(value, list) or len(value) != len(before):
            raise RefusedError(Code.NOT_ACCEPTABLE)
        write([old if new is None else new for old, new in zip(before, value, strict=True)])

    return Leaf(read, replace)


def call_leaf(call: Callable[[Value], None]) -> Leaf:
    """Something that is done when it is written to, and cannot be read."""

    def refuse() -> Value:
        raise RefusedError(Code.NOT_ACCEPTABLE)

    return Leaf(refuse, call, is_subscribable=False, is_write_only=True)


def restore_leaf(call: Callable[[str], None], options: Sequence[str]) -> Leaf:
    """A call that takes one of some words."""

    def choose(value: Value) -> None:
        if not isinstance(value, str) or value not in options:
            raise RefusedError(Code.NOT_ACCEPTABLE)
        call(value)

    return call_leaf(choose)


def stored_switch(*, value: bool) -> Leaf:
    setting = Setting(value)
    return switch_leaf(setting.read, setting.write)


def stored_number(value: int, low: int, high: int, step: int = 1) -> Leaf:
    setting = Setting(value)
    return number_leaf(setting.read, setting.write, low, high, step)


def stored_text(value: str, longest: int) -> Leaf:
    setting = Setting(value)
    return text_leaf(setting.read, setting.write, longest)


def stored_option(options: Sequence[str]) -> Leaf:
    """It starts with the first."""
    setting = Setting(options[0])
    return option_leaf(setting.read, setting.write, options)
