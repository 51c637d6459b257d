"""The records of who holds each device: as they are seen, and changed by compare-and-set."""

from collections.abc import Callable, Mapping

import anyio

from micboard_tui.bus.connection import Entry, EntryStore
from micboard_tui.bus.ownership.owner_view import OwnerEntry, OwnerView
from micboard_tui.bus.ownership.ownership_records import FREE, CollectorToken, OwnerRecord, write_owner
from micboard_tui.bus.wire.subjects import device_key
from micboard_tui.domain.identity import DeviceId

WRITES_AT_ONCE = 32


class OwnerRecords:
    """Reads the store of owners (``begin``, ``take``, ``complete``), and writes into it."""

    def __init__(
        self,
        store: EntryStore,
        view: OwnerView,
        changed: Callable[[DeviceId], None],
        losses: Callable[[], int],
    ) -> None:
        """``changed`` is called with each device whose record changed; ``losses`` counts lost connections."""
        self.store = store
        self._view, self._changed, self._losses = view, changed, losses
        self._writes = anyio.CapacityLimiter(WRITES_AT_ONCE)
        self._begun_at_loss = self._complete_at_loss = -1

    @property
    def entries(self) -> Mapping[DeviceId, OwnerEntry]:
        return self._view.entries

    @property
    def is_complete(self) -> bool:
        """Whether all records are known, since the connection stands."""
        return self._complete_at_loss == self._losses()

    def is_settled(self, device_id: DeviceId) -> bool:
        """Whether the record of a device, or that there is none, can be relied on."""
        return self._view.is_settled(device_id)

    def begin(self) -> None:
        self._begun_at_loss, self._complete_at_loss = self._losses(), -1
        self._view.begin()

    def take(self, entry: Entry) -> None:
        device_id = self._view.take(entry)
        if device_id is not None and self.is_complete:
            self._changed(device_id)

    def complete(self) -> None:
        self._view.complete()
        self._complete_at_loss = self._begun_at_loss

    async def write(
        self,
        device_id: DeviceId,
        revision: int | None,
        holder: CollectorToken,
        successor: CollectorToken = FREE,
    ) -> OwnerEntry | None:
        """Write a record in the place of that with this revision, None: of no record.

        The new one, or None: it was changed again since. Raises BusError, EntryChangedError as the store.
        """
        async with self._writes:
            record = OwnerRecord(holder, successor, self._view.next_epoch(device_id))
            key, value = device_key(device_id), write_owner(record)
            if revision is None:
                written = await self.store.create(key, value)
            else:
                written = await self.store.update(key, value, revision)
        self._view.note(device_id, record, written)
        return self._view.find(device_id, written)
