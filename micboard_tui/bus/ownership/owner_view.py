"""Who holds each device, as this collector sees it by the store of owners, and the greatest token of each."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from micboard_tui.bus.connection import Entry
from micboard_tui.bus.ownership.ownership_records import (
    UNREADABLE,
    CollectorToken,
    OwnerRecord,
    epoch_after,
    fencing_token,
    read_owner,
)
from micboard_tui.bus.ownership.send_lease import LIFETIME_S
from micboard_tui.bus.wire.subjects import parse_device_key
from micboard_tui.domain.identity import DeviceId


class OwnerEntry(NamedTuple):
    record: OwnerRecord
    revision: int
    seen_at: float

    @property
    def holder(self) -> CollectorToken:
        return self.record.holder

    @property
    def token(self) -> int:
        """The fencing token of its holder."""
        return fencing_token(self.record.epoch, self.revision)


class OwnerView:
    """Filled by a watch: ``begin``, ``take`` of all entries, ``complete``, ``take`` of every change."""

    def __init__(self, steady: Callable[[], float], wall: Callable[[], float]) -> None:
        self._steady, self._wall = steady, wall
        self._entries: dict[DeviceId, OwnerEntry] = {}
        self._incoming: dict[DeviceId, OwnerEntry] | None = None
        self._greatest: dict[DeviceId, int] = {}
        self._started_at = math.inf

    @property
    def entries(self) -> Mapping[DeviceId, OwnerEntry]:
        return self._entries

    def begin(self) -> None:
        self._incoming = {}
        self._started_at = math.inf

    def complete(self) -> None:
        self._entries, self._incoming = self._incoming or {}, None
        self._started_at = self._steady()

    def take(self, entry: Entry) -> DeviceId | None:
        """The device that an entry is about; None: about none, or it is no news."""
        if (device_id := parse_device_key(entry.key)) is None:
            return None
        if (record := read_owner(entry)) is None:
            (self._entries if self._incoming is None else self._incoming).pop(device_id, None)
            return device_id
        return device_id if self.note(device_id, record, entry.revision) else None

    def note(self, device_id: DeviceId, record: OwnerRecord, revision: int) -> bool:
        """A record was read, or written by us; whether it is newer than what was known."""
        entries = self._entries if self._incoming is None else self._incoming
        known = entries.get(device_id)
        if known is not None and known.revision >= revision:
            return False
        entry = entries[device_id] = OwnerEntry(record, revision, self._steady())
        self._greatest[device_id] = max(entry.token, self._greatest.get(device_id, 0))
        return True

    def find(self, device_id: DeviceId, revision: int) -> OwnerEntry | None:
        """The record of a device with this revision; None: there is another one."""
        entry = (self._entries if self._incoming is None else self._incoming).get(device_id)
        return entry if entry is not None and entry.revision == revision else None

    def is_settled(self, device_id: DeviceId) -> bool:
        """Whether what the store has, or has not, of a device tells who holds it.

        In a store that lost its content, or what was written last, a holder whose lease is valid may be
        missing. It writes its record anew before it renews its lease, so after ``LIFETIME_S`` it is there.
        """
        entry = self._entries.get(device_id)
        is_doubtful = entry is None or entry.token < self._greatest.get(device_id, 0)
        return not is_doubtful or self._steady() >= self._started_at + LIFETIME_S

    def next_epoch(self, device_id: DeviceId) -> int:
        """The epoch of the next record of a device, so that its token is greater than all before."""
        entry, greatest = self._entries.get(device_id), self._greatest.get(device_id, 0)
        if entry is None or entry.holder == UNREADABLE:
            return max(int(self._wall()), epoch_after(greatest))
        if entry.token < greatest:
            return epoch_after(greatest)
        return entry.record.epoch
