"""Finds out that the records were changed, by this program or by another."""

from collections.abc import Awaitable, Callable

from micboard_tui.contracts.device import DeviceRepository


class RecordWatch:
    def __init__(self, devices: DeviceRepository) -> None:
        self._devices = devices
        self._revision: str | None = None

    async def look(self, read: Callable[[], Awaitable[None]]) -> None:
        """Read anew what has changed since the last ``read`` that succeeded; the first look reads always."""
        # Before reading: what is committed meanwhile is noticed with the next look.
        revision = await self._devices.revision()
        if revision != self._revision:
            await read()
            self._revision = revision
