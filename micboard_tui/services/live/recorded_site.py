"""What the record has of a site, held as the present of which nothing is heard.

A hub publishes by it which devices, locations and performers there are, also those that no collector
publishes: of them it has what was stored last, as past. ``look`` reads the record when it changed, and
reads what was stored of devices that are new here.
"""

from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import StorageError
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.record_watch import RecordWatch
from micboard_tui.services.records import Records

LOOK_S = 1.5

log = structlog.get_logger(__name__)


class RecordedSite:
    def __init__(self, records: Records, live: LiveState) -> None:
        """``live`` is filled; no device reports to it."""
        self._records, self._live = records, live
        self._watch, self._lock = RecordWatch(records.devices), anyio.Lock()
        self._faults = FaultLog(log, "site_not_read")

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await self.look()
            await anyio.sleep(LOOK_S)

    async def look(self) -> None:
        """Read what is new in the record. What cannot be read stays as it was."""
        async with self._lock:
            try:
                await self._watch.look(self._read)
                self._faults.clear()
            except StorageError as error:
                self._faults.report(error.info)

    async def _read(self) -> None:
        records, live = self._records, self._live
        devices, locations = await records.devices.all(), await records.locations.all()
        performers = await records.assignments.performers()
        assignments = await records.assignments.assignments()
        known = {snapshot.device.id for snapshot in live.snapshot()}
        new = [device.id for device in devices if device.id not in known]
        stored = await records.devices.query(ALL_DEVICES.only(*new)) if new else ()
        live.place(devices, locations)
        live.cast(performers, assignments)
        live.recall(stored)
