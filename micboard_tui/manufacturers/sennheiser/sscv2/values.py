"""Values as SSCv2 tells them, made safe: what is no name, no number or out of range becomes None.

The one home of sentinels (docs/reference/protocols/sennheiser.md 6.3, 6.4, 7).
"""

import math
from collections.abc import Iterator

from micboard_tui.domain.battery import Battery
from micboard_tui.protocols.sscv2.message import Json, write_json
from micboard_tui.protocols.sscv2.tree import Tree

MAX_PERCENT = 100
MAX_MINUTES = 100_000
MAX_TEXT = 128
"""Of a name; the longest documented one has 18 characters."""
MAX_RAW = 256
NO_BATTERY_WORD = "NoBattery"


def word(value: Json) -> str | None:
    """A name or a term; None where there is nothing to say."""
    if not isinstance(value, str):
        return None
    return value.strip()[:MAX_TEXT] or None


def number(value: Json, lowest: float, highest: float) -> float | None:
    """A number within its range; None for what is outside or no number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if lowest <= value <= highest and math.isfinite(value) else None


def whole(value: Json, lowest: int, highest: int) -> int | None:
    """The same, rounded."""
    told = number(value, lowest, highest)
    return None if told is None else round(told)


def switch(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def battery(charge: Json, minutes: Json, kind: Json = None) -> Battery:
    """Percent and minutes; -1 minutes means that none are known (docs/reference/protocols/sennheiser.md 6.4).

    The kind of cell is not told: a ``Battery`` is any rechargeable pack, a ``PrimaryCell`` any other
    (docs/reference/protocols/sennheiser.md 2.5).
    """
    if kind == NO_BATTERY_WORD:
        return Battery()
    return Battery(
        percent=whole(charge, 0, MAX_PERCENT),
        minutes=whole(minutes, 0, MAX_MINUTES),
    )


def raw(tree: Tree, *paths: str, without: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """The vendor's own words of some resources, sorted by name."""
    return tuple(sorted(pair for path in paths for pair in _told(tree, path, without)))


def _told(tree: Tree, path: str, without: frozenset[str]) -> Iterator[tuple[str, str]]:
    if path not in tree:
        return
    short = path.removeprefix("/api/")
    value = tree.get(path)
    if not isinstance(value, dict):
        yield short, _text(value)
        return
    for name, field in value.items():
        if name not in without:
            yield f"{short} {name}"[:MAX_RAW], _text(field)


def _text(value: Json) -> str:
    return (value if isinstance(value, str) else write_json(value).decode("ascii"))[:MAX_RAW]
