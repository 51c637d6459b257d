"""Two carriers that mix into the frequency of a third. Pure.

Only third-order products of two carriers are looked at (2A - B), and only for channels that have trouble: on
a stage with many carriers every frequency is hit by some product, and a channel without trouble needs no
help. Products of three carriers and of fifth order are left out, since the manufacturers' own banks do
not avoid them (docs/explanation/alarms.md).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

GUARD_KHZ: Mapping[str, int] = {"shure": 75}
"""How near a product disturbs a channel, by manufacturer; of the others no such figure is known."""
MAX_NEW_VICTIMS = 16
"""So many are looked at in one call; the others follow in the next ones."""


def find_product(victim_khz: int, carriers_khz: Sequence[int], guard_khz: int) -> tuple[int, int] | None:
    """Carriers A and B of which 2A - B comes as near to the victim as ``guard_khz``, the nearest first.

    ``carriers_khz`` is sorted, and may hold the victim.
    """
    nearest, best = None, guard_khz + 1
    for first in carriers_khz:
        if first == victim_khz:
            continue
        wanted = 2 * first - victim_khz
        place = bisect_left(carriers_khz, wanted - guard_khz)
        while place < len(carriers_khz) and (second := carriers_khz[place]) <= wanted + guard_khz:
            place += 1
            if second not in (first, victim_khz) and abs(second - wanted) < best:
                nearest, best = (first, second), abs(second - wanted)
    return nearest


class ProductSearch:
    """Remembers what it found of the carriers of one zone, as long as these are the same."""

    def __init__(self) -> None:
        self._carriers: tuple[int, ...] = ()
        self._products: dict[tuple[int, int], tuple[int, int] | None] = {}

    def find(self, victims: Sequence[tuple[int, int]], carriers: Sequence[int]) -> list[bool | None]:
        """For each victim (frequency and guard) whether a product hits it; None: not looked at yet."""
        key = tuple(sorted(set(carriers)))
        if key != self._carriers:
            self._carriers, self._products = key, {}
        left = MAX_NEW_VICTIMS
        hits: list[bool | None] = []
        for victim in victims:
            if victim not in self._products:
                if not left:
                    hits.append(None)
                    continue
                left -= 1
                self._products[victim] = find_product(victim[0], key, victim[1])
            hits.append(self._products[victim] is not None)
        return hits
