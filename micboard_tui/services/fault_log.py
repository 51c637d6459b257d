"""Logs why something does not succeed, once for each reason, while it is tried again and again."""

from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio
from structlog.typing import FilteringBoundLogger

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StorageError


class FaultLog:
    def __init__(self, log: FilteringBoundLogger, event: str) -> None:
        """``event`` is the name of the line in the log: ``show_not_read``."""
        self._log, self._event = log, event
        self._code: ErrorCode | None = None

    def report(self, fault: ErrorInfo) -> None:
        """It did not succeed."""
        if fault.code is not self._code:
            self._code = fault.code
            self._log.warning(self._event, code=fault.code.value, reason=fault.message)

    def clear(self) -> None:
        """It succeeded: what comes later is new."""
        self._code = None

    async def repeat(self, look: Callable[[], Awaitable[None]], interval_s: float) -> NoReturn:
        """Look again and again, until cancelled; a StorageError of one look does not end it."""
        while True:
            try:
                await look()
                self.clear()
            except StorageError as error:
                self.report(error.info)
            await anyio.sleep(interval_s)
