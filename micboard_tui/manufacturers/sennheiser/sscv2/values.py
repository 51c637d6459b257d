"""Values as SSCv2 sends them, made safe: what is no name, no number or out of range becomes None. Pure.

The one home of sentinels (docs/reference/protocols/sennheiser.md 6.3, 6.4, 7).
"""

import math
from collections.abc import Iterator

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.value_ranges import MAX_BATTERY_MINUTES
from micboard_tui.protocols.sscv2.message import Json, write_json
from micboard_tui.protocols.sscv2.tree import Tree

MAX_PERCENT = 100

MAX_TEXT = 128
"""Of a name; the longest documented one has 18 characters."""
MAX_RAW = 256
NO_BATTERY = "NoBattery"
"""The type of cell that an EW-DX gives when there is none."""


def parse_text(value: Json) -> str | None:
    """A name or a term; None where there is nothing to read."""
    if not isinstance(value, str):
        return None
    return value.strip()[:MAX_TEXT] or None


def parse_number(value: Json, lowest: float, highest: float) -> float | None:
    """A number within its range; None for what is outside or no number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if lowest <= value <= highest and math.isfinite(value) else None


def parse_integer(value: Json, lowest: int, highest: int) -> int | None:
    """The same, rounded."""
    number = parse_number(value, lowest, highest)
    return None if number is None else round(number)


def parse_flag(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def parse_battery(charge: Json, minutes: Json, cell: Json = None) -> Battery:
    """Percent and minutes; -1 minutes means that none are known (docs/reference/protocols/sennheiser.md 6.4).

    ``cell`` only says whether there is a battery: a ``Battery`` is any rechargeable pack, a ``PrimaryCell``
    any other, so that the type of cell stays unknown (docs/reference/protocols/sennheiser.md 2.5).
    """
    if cell == NO_BATTERY:
        return Battery()
    return Battery(
        percent=parse_integer(charge, 0, MAX_PERCENT),
        minutes=parse_integer(minutes, 0, MAX_BATTERY_MINUTES),
    )


def raw_values(tree: Tree, *paths: str, without: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """The vendor's own spelling of some resources, sorted by name; fields ``without`` are left out."""
    return tuple(sorted(pair for path in paths for pair in _raw_fields(tree, path, without)))


def _raw_fields(tree: Tree, path: str, without: frozenset[str]) -> Iterator[tuple[str, str]]:
    if path not in tree:
        return
    short = path.removeprefix("/api/")
    value = tree.get(path)
    if not isinstance(value, dict):
        yield short, _format_raw(value)
        return
    for name, field in value.items():
        if name not in without:
            yield f"{short} {name}"[:MAX_RAW], _format_raw(field)


def _format_raw(value: Json) -> str:
    return (value if isinstance(value, str) else write_json(value).decode("ascii"))[:MAX_RAW]
