"""A changed copy of a frozen value, for what is copied hundreds of times a second. Pure."""

from typing import TypeVar

Value = TypeVar("Value")


def copy_with(value: Value, **changes: object) -> Value:
    """The same as ``dataclasses.replace`` at a quarter of its cost: nothing is checked, and nothing runs.

    For frozen dataclasses that have neither slots nor cached properties; ``changes`` are fields.
    """
    copy = object.__new__(type(value))
    object.__setattr__(copy, "__dict__", {**vars(value), **changes})
    return copy
