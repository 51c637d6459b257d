"""The values of a command that sets something, as Shure's receivers judge them. Pure."""

from collections.abc import Sequence

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_strings.messages import quote_text

MAX_NAME = 8
"""What a SET of a name takes, however wide it is shown (docs/reference/protocols/shure.md 1.5)."""
_MAX_DIGITS = 9


class RefusedError(Exception):
    """The device says no: ``< REP ERR >``, or nothing at all."""


def parse_number(value: str) -> int:
    """Raises RefusedError for what is no number."""
    if value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS:
        return int(value)
    raise RefusedError


def single_value(values: Sequence[str]) -> str:
    """The only value. Raises RefusedError when there are more or none."""
    if len(values) != 1:
        raise RefusedError
    return values[0]


def braced_value(values: Sequence[str]) -> str:
    """The text of the only value, which must stand in braces."""
    value = single_value(values)
    if not (value.startswith("{") and value.endswith("}")):
        raise RefusedError
    return value[1:-1]


def parse_name(values: Sequence[str]) -> str:
    """A name that a receiver would take: 1 to 8 of its characters, in braces."""
    name = braced_value(values).rstrip()
    try:
        quote_text(name)
    except ProtocolError as error:
        raise RefusedError from error
    if not 1 <= len(name) <= MAX_NAME:
        raise RefusedError
    return name


def parse_step(values: Sequence[str], now: int, highest: int) -> int:
    """The number asked for, which may be ``INC 3`` or ``DEC 3`` from ``now``; these stop at the limits."""
    if len(values) == 2 and values[0] in {"INC", "DEC"}:  # noqa: PLR2004 - direction and step
        step = parse_number(values[1])
        return max(0, min(highest, now + (step if values[0] == "INC" else -step)))
    value = parse_number(single_value(values))
    if value > highest:
        raise RefusedError
    return value


def parse_switch(values: Sequence[str], *, now: bool) -> bool:
    """ON, OFF or TOGGLE."""
    value = single_value(values)
    if value == "TOGGLE":
        return not now
    if value not in {"ON", "OFF"}:
        raise RefusedError
    return value == "ON"
