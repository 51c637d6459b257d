"""Snapshots for live updates: everything at one moment, written once a second at most for all.

The event loop gets its turn while one is written. It sends nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import anyio

from micboard_tui.api.device_documents import AllDevices, DeviceDocuments
from micboard_tui.api.live.conclusions import Conclusions
from micboard_tui.api.live.rack_log import RackLog
from micboard_tui.api.live.subscription import TICKS_PER_S
from micboard_tui.api.live.watched_set import WatchedSet
from micboard_tui.api.live.written_json import LiveMessage, dump, write_message
from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.locations import located_entries
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import LocationId

CHANNELS_PER_TICK = 50
"""In a rack with more than a thousand, snapshots are rarer, since each takes megabytes to every client."""


class Snapshot(NamedTuple):
    """A snapshot of some locations, and what a client that has it knows."""

    message: LiveMessage
    layout: int
    serial: int
    version: int
    alarms_serial: int
    show_serial: int
    lost_serial: int


@dataclass(frozen=True)
class _Written:
    """The devices of the last one, and the messages that were made of them, by location."""

    at: int
    document: AllDevices
    locations: Sequence[JsonObject]
    layout: int
    serial: int
    by_location: dict[frozenset[LocationId] | None, Snapshot] = field(default_factory=dict)


class Snapshots:
    def __init__(
        self, live: LiveContract, documents: DeviceDocuments, rack: RackLog, conclusions: Conclusions
    ) -> None:
        self._live, self._documents, self._rack, self._conclusions = live, documents, rack, conclusions
        self._last: _Written | None = None
        self._lock = anyio.Lock()

    @property
    def every(self) -> int:
        """Ticks from one to the next at least, for all clients and for each of them."""
        return max(TICKS_PER_S, len(self._rack.channels) // CHANNELS_PER_TICK)

    async def prepare(self, tick: int) -> bool:
        """Write a new one where it is time for it; whether there is one of the layout of now."""
        if not self._rack.layout:
            return False
        async with self._lock:
            if self._last is None or not 0 <= tick - self._last.at < self.every:
                self._last = await self._write(tick)
        return self._last.layout == self._rack.layout

    def read(self, watched: WatchedSet) -> Snapshot:
        """The one that was prepared, of what is watched."""
        written = self._last
        assert written is not None  # noqa: S101 - it was prepared
        if (snapshot := written.by_location.get(watched.locations)) is None:
            snapshot = written.by_location[watched.locations] = self._make(written, watched)
        return snapshot

    async def _write(self, tick: int) -> _Written:
        # The document is newer than the log, if only by a moment: what changed in between comes again.
        layout, serial = self._rack.layout, self._rack.serial
        locations = located_entries(self._live.locations())
        return _Written(tick, await self._documents.read_in_parts(0.0), locations, layout, serial)

    def _make(self, written: _Written, watched: WatchedSet) -> Snapshot:
        document, scope, found = written.document, watched.devices, self._conclusions
        bodies = [
            device.body for device in document.devices if scope is None or device.snapshot.device.id in scope
        ]
        message = write_message(
            "snapshot",
            version=str(document.version),
            generated_at=dump(format_timestamp(document.made_at)),
            devices=f"[{b','.join(bodies).decode()}]",
            locations=dump(written.locations),
            alarms=found.alarms(watched),
            show=found.show,
            read_by=found.read_by,
            lost=found.lost,
        )
        return Snapshot(
            message,
            written.layout,
            written.serial,
            document.version,
            found.alarms_serial,
            found.show_serial,
            found.lost_serial,
        )
