"""Which devices without a living owner a collector takes, and when.

The collector that is the right one by load takes a device at once; any other one only after ``GRACE_S``,
when that one did not. Two that try at the same time hurt nobody: records are written by compare-and-set.
"""

from collections.abc import Callable, Collection, Mapping

from micboard_tui.bus.ownership.collector_view import CollectorView
from micboard_tui.bus.ownership.load_balance import loads_of, place_devices
from micboard_tui.bus.ownership.owner_view import OwnerView
from micboard_tui.bus.ownership.ownership_records import FREE, CollectorToken
from micboard_tui.domain.identity import DeviceId

GRACE_S = 1.0


class TakeOver:
    def __init__(
        self, own: CollectorToken, owners: OwnerView, collectors: CollectorView, steady: Callable[[], float]
    ) -> None:
        self._own, self._owners, self._collectors, self._steady = own, owners, collectors, steady
        self._free_since: dict[DeviceId, float] = {}
        self.needs_fresh_view = False
        """Whether a device waits for nothing but the certainty that its holder is gone."""

    def choose(
        self,
        devices: Mapping[DeviceId, int],
        candidates: Collection[CollectorToken],
        held: Collection[DeviceId],
    ) -> list[DeviceId]:
        """Those to take now, of the zone's ``devices`` with their channels, of which we hold some."""
        now = self._steady()
        orphans = self._find_orphans(devices, held)
        self._free_since = {device_id: self._free_since.get(device_id, now) for device_id in orphans}
        if not orphans:
            return []
        chosen = [device_id for device_id in orphans if self._holder(device_id) == self._own]
        for device_id, collector in self._place(devices, candidates, orphans, held).items():
            is_late = now >= self._free_since[device_id] + GRACE_S
            if collector == self._own or is_late:
                chosen.append(device_id)
        return list(dict.fromkeys(chosen))

    def _find_orphans(self, devices: Mapping[DeviceId, int], held: Collection[DeviceId]) -> list[DeviceId]:
        self.needs_fresh_view = False
        return [
            device_id
            for device_id in devices
            if device_id not in held and self._is_orphan(device_id) and self._owners.is_settled(device_id)
        ]

    def _is_orphan(self, device_id: DeviceId) -> bool:
        entry = self._owners.entries.get(device_id)
        if entry is None or entry.holder in {FREE, self._own}:
            return True
        if self._collectors.is_gone(entry.holder, entry.seen_at):
            return True
        self.needs_fresh_view |= self._collectors.may_be_gone(entry.holder)
        return False

    def _place(
        self,
        devices: Mapping[DeviceId, int],
        candidates: Collection[CollectorToken],
        orphans: Collection[DeviceId],
        held: Collection[DeviceId],
    ) -> dict[DeviceId, CollectorToken]:
        entries = self._owners.entries
        holders = {device_id: entry.holder for device_id, entry in entries.items()}
        for device_id in orphans:
            holders.pop(device_id, None)
        holders |= dict.fromkeys(held, self._own)
        return place_devices(
            {device_id: devices[device_id] for device_id in orphans},
            loads_of(devices, holders, candidates),
            {found: entries[found].record.successor for found in orphans if found in entries},
        )

    def _holder(self, device_id: DeviceId) -> CollectorToken:
        entry = self._owners.entries.get(device_id)
        return FREE if entry is None else entry.holder
