"""Whether the name service knows a host, before it is registered or probed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import anyio

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.services.field_validation import is_address

Resolve: TypeAlias = Callable[[str], Awaitable[None]]
"""Asks the name service about a host. Raises DeviceError HOST_NOT_RESOLVED, NAME_SERVICE_SILENT."""


@dataclass(frozen=True, slots=True)
class HostNames:
    """The name service, and how long it may take."""

    resolve: Resolve
    timeout_s: float

    async def check(self, host: str) -> None:
        """Raises DeviceError HOST_NOT_RESOLVED, NAME_SERVICE_SILENT for a name without an address."""
        if is_address(host):
            return
        try:
            with anyio.fail_after(self.timeout_s):
                await self.resolve(host)
        except TimeoutError as error:
            raise DeviceError(
                ErrorCode.NAME_SERVICE_SILENT,
                f"The name service does not answer for {host}",
                hint=hints.USE_ADDRESS_FROM_MENU,
            ) from error
