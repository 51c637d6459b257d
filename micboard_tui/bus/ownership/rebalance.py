"""When a collector gives devices to one that has less to do: seldom, few at once, never back and forth."""

from collections.abc import Callable, Collection, Mapping

from micboard_tui.bus.ownership.load_balance import Move, choose_moves, loads_of
from micboard_tui.bus.ownership.ownership_records import CollectorToken
from micboard_tui.domain.identity import DeviceId

STABLE_S = 5.0
"""So long no collector and no device came or went before the first is moved."""
PAUSE_S = 1.0
"""Between two rounds."""
REST_S = 60.0
"""So long a device that we gave away stays with us, if it came back."""


class Rebalance:
    def __init__(self, own: CollectorToken, steady: Callable[[], float]) -> None:
        self._own, self._steady = own, steady
        self._zone: tuple[Collection[CollectorToken], Mapping[DeviceId, int]] = ((), {})
        self._stable_from = self._next_at = steady()
        self._given_at: dict[DeviceId, float] = {}

    def choose(
        self,
        devices: Mapping[DeviceId, int],
        candidates: Collection[CollectorToken],
        holders: Mapping[DeviceId, CollectorToken],
        held: Collection[DeviceId],
    ) -> list[Move]:
        """What to give now, of what we have ``held``; nothing while a device has no living holder."""
        now = self._steady()
        if (candidates, devices) != self._zone:
            self._zone = candidates, devices
            self._stable_from = now
        if now < max(self._stable_from + STABLE_S, self._next_at) or self._own not in candidates:
            return []
        if any(holders.get(device_id) not in candidates for device_id in devices):
            return []
        self._next_at = now + PAUSE_S
        self._given_at = {found: at for found, at in self._given_at.items() if now < at + REST_S}
        movable = [
            (device_id, devices[device_id])
            for device_id in held
            if device_id in devices and device_id not in self._given_at
        ]
        moves = choose_moves(self._own, movable, loads_of(devices, holders, candidates))
        self._given_at |= {move.device_id: now for move in moves}
        return moves
