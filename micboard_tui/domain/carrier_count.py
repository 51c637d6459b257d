"""Counts the carriers that meet one, so that not each pair of them has to be compared. Pure."""

from collections import defaultdict
from collections.abc import Hashable
from typing import TypeAlias

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import DeviceId, LocationId

CarrierKey: TypeAlias = tuple[DeviceId, str | int]
_ANYWHERE = object()


class CarrierCount:
    """How many carriers there are of each kind and zone.

    Carriers of two zones do not meet; one whose zone is not known meets all.
    """

    def __init__(self) -> None:
        self._counts: defaultdict[tuple[object, object], int] = defaultdict(int)

    def add(self, kind: Hashable, zone: LocationId | None, times: int = 1) -> None:
        """One more of this kind; ``times`` -1: one less."""
        self._counts[kind, zone] += times
        self._counts[kind, _ANYWHERE] += times

    def count(self, kind: Hashable, zone: LocationId | None) -> int:
        """Those of this kind that meet a carrier of ``zone``."""
        counts = self._counts
        if zone is None:
            return counts.get((kind, _ANYWHERE), 0)
        return counts.get((kind, zone), 0) + counts.get((kind, None), 0)


def carrier_of(state: ChannelState) -> CarrierKey:
    """Tells carriers apart; packs that share one by design have the same."""
    return state.device_id, state.facts.shared_carrier or state.number
