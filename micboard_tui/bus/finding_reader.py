"""Reads a part of the hub's findings for a collector, which needs no others.

It is read every few seconds: what is recorded at the full rate stays in memory for over a minute, and a pack
stays in its charger for longer than that.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Connection
from micboard_tui.bus.wire.compression import expand
from micboard_tui.bus.wire.findings_fields import FINDING_CODECS
from micboard_tui.bus.wire.subjects import Subjects, finding_key
from micboard_tui.bus.wire.value_codec import WireError

READ_EVERY_S = 2.0

log = structlog.get_logger(__name__)


class FindingReader:
    def __init__(
        self, connection: Connection, subjects: Subjects, field: str, take: Callable[[Any], None]
    ) -> None:
        """``take`` is called with each value of a ``field`` of ``Findings`` that is another than before."""
        self._store = connection.find_store(subjects.state_store)
        self._field, self._take, self._revision = field, take, 0

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await anyio.sleep(READ_EVERY_S)
            try:
                await self._read()
            except (BusError, WireError) as error:
                log.debug("finding_not_read", field=self._field, reason=str(error))

    async def _read(self) -> None:
        entry = await self._store.get(finding_key(self._field))
        if entry is not None and entry.value is not None and entry.revision != self._revision:
            self._revision = entry.revision
            self._take(FINDING_CODECS[self._field].decode(expand(entry.value)))
