"""Reads which alarms the hub has raised, for a collector, which keeps what it recorded around them.

They are read every few seconds: what is recorded at the full rate stays in memory for over a minute.
"""

from collections.abc import Callable
from typing import NoReturn

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Connection
from micboard_tui.bus.wire.compression import expand
from micboard_tui.bus.wire.findings_fields import FINDING_CODECS
from micboard_tui.bus.wire.subjects import Subjects, finding_key
from micboard_tui.bus.wire.value_codec import WireError
from micboard_tui.domain.alarm_list import AlarmList

READ_EVERY_S = 2.0
_ALARMS = "alarms"

log = structlog.get_logger(__name__)


class AlarmReader:
    def __init__(self, connection: Connection, subjects: Subjects, take: Callable[[AlarmList], None]) -> None:
        """``take`` is called with each list that is another one than before."""
        self._store = connection.find_store(subjects.state_store)
        self._take, self._revision = take, 0

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await anyio.sleep(READ_EVERY_S)
            try:
                await self._read()
            except (BusError, WireError) as error:
                log.debug("alarms_not_read", reason=str(error))

    async def _read(self) -> None:
        entry = await self._store.get(finding_key(_ALARMS))
        if entry is not None and entry.value is not None and entry.revision != self._revision:
            self._revision = entry.revision
            self._take(FINDING_CODECS[_ALARMS].decode(expand(entry.value)))
