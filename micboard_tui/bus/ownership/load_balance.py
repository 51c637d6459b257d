"""Which collector of a zone is the right one for a device, by the channels that each has. Pure.

All collectors see the same records and come to the same result, so they do not get in each other's way.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from micboard_tui.bus.ownership.ownership_records import CollectorToken
from micboard_tui.domain.identity import DeviceId

TOLERANCE_CHANNELS = 8
"""Two collectors whose loads differ by no more are even."""
TOLERANCE_SHARE = 0.1
"""The same as a share of the mean load, whichever is more."""
MOVES_AT_ONCE = 3

Loads = Mapping[CollectorToken, int]


class Move(NamedTuple):
    device_id: DeviceId
    successor: CollectorToken


def load_of(channels: int) -> int:
    """What a device with so many channels costs; one without any has a session, too."""
    return max(1, channels)


def loads_of(
    channels: Mapping[DeviceId, int],
    holders: Mapping[DeviceId, CollectorToken],
    collectors: Collection[CollectorToken],
) -> dict[CollectorToken, int]:
    """The load of each collector."""
    loads = dict.fromkeys(collectors, 0)
    for device_id, holder in holders.items():
        if holder in loads and device_id in channels:
            loads[holder] += load_of(channels[device_id])
    return loads


def place_devices(
    channels: Mapping[DeviceId, int], loads: Loads, wishes: Mapping[DeviceId, CollectorToken]
) -> dict[DeviceId, CollectorToken]:
    """The collector for each of these devices: the wished one where it is there, else the least loaded."""
    loads = dict(loads)
    placed = {device_id: wish for device_id, wish in wishes.items() if wish in loads}
    for device_id, collector in placed.items():
        loads[collector] += load_of(channels[device_id])
    least = [(load, collector) for collector, load in loads.items()]
    heapq.heapify(least)
    largest_first = sorted(channels.keys() - placed.keys(), key=lambda found: (-channels[found], found))
    for device_id in largest_first if least else ():
        load, collector = least[0]
        heapq.heapreplace(least, (load + load_of(channels[device_id]), collector))
        placed[device_id] = collector
    return placed


def tolerance_of(loads: Loads) -> float:
    return max(TOLERANCE_CHANNELS, TOLERANCE_SHARE * sum(loads.values()) / max(1, len(loads)))


def choose_moves(giver: CollectorToken, devices: Iterable[tuple[DeviceId, int]], loads: Loads) -> list[Move]:
    """What a collector gives away now, out of ``devices`` with their channels.

    Only the most loaded one gives, to the least loaded, and never so much that it would be the other way
    round afterwards.
    """
    least = min(loads, key=lambda collector: (loads[collector], collector))
    most = max(loads, key=lambda collector: (loads[collector], collector))
    difference = loads[most] - loads[least]
    moves: list[Move] = []
    for device_id, channels in sorted(devices, key=lambda found: (-found[1], found[0])):
        if most != giver or difference <= tolerance_of(loads) or len(moves) == MOVES_AT_ONCE:
            break
        if 2 * load_of(channels) <= difference:
            moves.append(Move(device_id, least))
            difference -= 2 * load_of(channels)
    return moves
