"""Opens the services behind the first board, and closes them when the app has left.

``start`` is called once the first board is painted; from then on one task holds the services. They are
opened, the sessions with the devices are started, ``on_open`` is called, and the task waits until ``close``,
which may come before any of this: then the sessions say goodbye to their devices, for which ``close`` waits a
few seconds at most. When the services cannot be opened ``on_failure`` is called instead. ``services`` is None
before and after.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, TypeAlias

from micboard_tui.contracts.errors import ErrorInfo, MicboardError

if TYPE_CHECKING:
    # All contracts together take a tenth of a start to load.
    from micboard_tui.contracts.services import Services

GOODBYE_TIMEOUT_S = 5.0
OpenServices: TypeAlias = Callable[[], AbstractAsyncContextManager["Services"]]
log = logging.getLogger(__name__)


class BackgroundServices:
    def __init__(
        self,
        open_services: OpenServices,
        on_open: "Callable[[Services, ErrorInfo | None], None]",
        on_failure: Callable[[Exception], None],
    ) -> None:
        """``on_open`` gets the error when the sessions could not be started."""
        self._open_services, self._on_open, self._on_failure = open_services, on_open, on_failure
        self.services: Services | None = None
        self._may_close = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._hold(), name="services")

    async def close(self) -> None:
        self._may_close.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=GOODBYE_TIMEOUT_S)

    async def _hold(self) -> None:
        try:
            async with self._open_services() as services:
                if self._may_close.is_set():
                    return
                started = await services.synchronization.start()
                self.services = services
                if not self._may_close.is_set():
                    self._on_open(services, None if started.success else started.error)
                await self._may_close.wait()
                self.services = None
        except MicboardError as error:
            self._on_failure(error)
        except Exception as error:  # The terminal is put right before the program ends with it.
            log.critical("An unexpected error ends the board", exc_info=error)
            self._on_failure(error)
