"""The devices that a collector holds, under its lease: what is asked before every send."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from micboard_tui.bus.ownership.owner_view import OwnerEntry
from micboard_tui.bus.ownership.ownership_records import CollectorToken
from micboard_tui.bus.ownership.send_lease import SendLease
from micboard_tui.domain.identity import DeviceId


class Hold(NamedTuple):
    token: int
    revision: int
    generation: int
    """Of the lease; with another one it is void."""

    def is_by(self, entry: OwnerEntry, own: CollectorToken) -> bool:
        """Whether a record is the one by which we hold the device."""
        return entry.holder == own and entry.revision == self.revision


class Holdings:
    """Implements ``DeviceHolding``."""

    def __init__(self, lease: SendLease) -> None:
        self._lease = lease
        self._generation = lease.generation
        """Nothing is held under another one."""
        self._holds: dict[DeviceId, Hold] = {}
        self._leaving: set[DeviceId] = set()
        self._calls: list[Callable[[], None]] = []

    @property
    def owned(self) -> Mapping[DeviceId, int]:
        """Those with which a session is to be held, and the fencing token of each."""
        if not self._lease.is_valid:
            return {}
        generation = self._lease.generation
        return {
            device_id: hold.token
            for device_id, hold in self._holds.items()
            if hold.generation == generation and device_id not in self._leaving
        }

    @property
    def held(self) -> AbstractSet[DeviceId]:
        """Those of ``owned``."""
        return self.owned.keys()

    @property
    def devices(self) -> AbstractSet[DeviceId]:
        """All that are held, those that are being given away included."""
        return self._holds.keys()

    def may_send(self, device_id: DeviceId) -> bool:
        hold = self._holds.get(device_id)
        return hold is not None and hold.generation == self._lease.generation and self._lease.is_valid

    def token_of(self, device_id: DeviceId) -> int | None:
        """Its fencing token, also while it is being given away; None: nothing may be sent to it."""
        hold = self._holds.get(device_id)
        return hold.token if hold is not None and self.may_send(device_id) else None

    def on_change(self, call: Callable[[], None]) -> None:
        self._calls.append(call)

    def find(self, device_id: DeviceId) -> Hold | None:
        return self._holds.get(device_id)

    def drop_lapsed(self) -> bool:
        """Let go what is held under a lease that lapsed; whether there was any."""
        generation = self._lease.find_lapse()
        if generation == self._generation:
            return False
        self._generation = generation
        lapsed = [found for found, hold in self._holds.items() if hold.generation != generation]
        for device_id in lapsed:
            del self._holds[device_id]
        if lapsed:
            self._tell_change()
        return bool(lapsed)

    def hold(self, device_id: DeviceId, entry: OwnerEntry, generation: int) -> None:
        """Hold a device by our record, unless the lease lapsed since that generation."""
        self.drop_lapsed()
        if generation == self._lease.generation and self._lease.is_valid:
            self._holds[device_id] = Hold(entry.token, entry.revision, generation)
            self._tell_change()

    def let_go(self, device_id: DeviceId) -> Hold | None:
        """Hold it no more; None: it was not held."""
        if (hold := self._holds.pop(device_id, None)) is not None:
            self._tell_change()
        return hold

    def begin_leaving(self, device_id: DeviceId) -> None:
        """It is still held, for the goodbye, but no session is to be begun."""
        self._leaving.add(device_id)
        self._tell_change()

    def end_leaving(self, device_id: DeviceId) -> None:
        self._leaving.discard(device_id)
        self._tell_change()

    def _tell_change(self) -> None:
        for call in self._calls:
            call()
