"""What devices, performers and locations are called, by their ids, in the database: for the audit.

A command keeps no sessions, and the present knows then only what it has read.
"""

from collections.abc import Collection, Mapping

import anyio

from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import StorageError
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.records import Records

LOOK_S = 2.0
"""An entry does not wait longer for a name; it has the id then."""


class StoredTitles:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def find(self, keys: Collection[str]) -> Mapping[str, str]:
        """Those that are known, of these ids; none where the database does not answer."""
        with anyio.move_on_after(LOOK_S):
            try:
                return await self._read(keys)
            except StorageError:
                return {}
        return {}

    async def _read(self, keys: Collection[str]) -> Mapping[str, str]:
        records = self._records
        devices = await records.devices.query(ALL_DEVICES.only(*map(DeviceId, keys)))
        titles = {str(known.device.id): known.title for known in devices}
        if {*keys} - {*titles}:
            titles |= {str(each.id): each.name for each in await records.assignments.performers()}
            titles |= {str(each.id): each.name for each in await records.locations.all()}
        return {key: titles[key] for key in keys if key in titles}
