"""Settings as their sources hold them: values in sections within sections."""

from collections.abc import Iterator, Mapping
from typing import Any

Values = Mapping[str, Any]
"""By key; the value of a section is a mapping of its own."""


def flatten(values: Values, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """``{"board": {"fps": 10}}`` as ``("board.fps", 10)``."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def put_over(lower: Values, upper: Values) -> Values:
    """The values of both, where there are two those of ``upper``."""
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = put_over(below, value)
        else:
            merged[key] = value
    return merged
