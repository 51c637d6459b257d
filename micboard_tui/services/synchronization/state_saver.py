"""Writes what changed to the database now and then: one transaction, whatever the meter rate."""

from typing import NoReturn

import anyio
import structlog

from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.errors import ErrorInfo, StorageError
from micboard_tui.domain.thresholds import STORE_INTERVAL_S
from micboard_tui.services.live.state import LiveState

log = structlog.get_logger(__name__)


class StateSaver:
    """Samples the live state as a screen does, so that nothing can pile up behind a slow disk."""

    def __init__(
        self, live: LiveState, devices: DeviceRepository, interval_s: float = STORE_INTERVAL_S
    ) -> None:
        self._live, self._devices = live, devices
        self._interval_s = max(STORE_INTERVAL_S, interval_s)
        self._version = 0
        self.stored_at: float | None = None
        """When the last batch was stored, seconds since the epoch."""
        self.error: ErrorInfo | None = None
        """Why the last batch could not be stored; what it held is tried again with the next one."""

    async def run(self) -> NoReturn:
        while True:
            await anyio.sleep(self._interval_s)
            await self.flush()

    async def flush(self) -> None:
        """Store what changed since the last time. A failure is kept in ``error`` and tried again."""
        changes = self._live.changed_since(self._version)
        dropped = self._live.take_dropped()
        if changes.version == self._version and not dropped:
            return
        try:
            if dropped:
                await self._devices.drop_channels(dropped)
            await self._devices.store(changes.devices, changes.channels)
        except StorageError as failure:
            if self.error is None:
                log.warning("readings_not_stored", code=failure.code.value, reason=failure.info.message)
            self.error = failure.info
            return
        self._version = changes.version
        self.stored_at = self._live.now()
        self.error = None
