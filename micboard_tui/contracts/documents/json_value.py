"""What JSON is made of, and the version that all documents have."""

from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = dict[str, Json]

SCHEMA = 1
"""The version of every document: a property may be added, none is removed or gets another meaning."""
