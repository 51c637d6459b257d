"""The network in which devices are reached before they are registered: our own, or that of a zone."""

from typing import Protocol

from micboard_tui.contracts.ports import FoundDevice, Manufacturer
from micboard_tui.services.discovery.network_search import recognize
from micboard_tui.services.host_names import HostNames


class DeviceNetwork(Protocol):
    async def check_host(self, host: str, zone: str) -> str | None:
        """Look whether a name has an address there; answers a warning where that cannot be known now.

        Raises MicboardError HOST_NOT_RESOLVED, NAME_SERVICE_SILENT.
        """
        ...

    async def recognize(
        self, manufacturer: Manufacturer, host: str, port: int | None, zone: str
    ) -> FoundDevice | None:
        """What answers at an address; None: nothing that says what it is. Raises MicboardError NO_COLLECTOR.

        ``port``: None: the usual ones.
        """
        ...


class OwnNetwork:
    """That of this computer, whatever the zone. Implements ``DeviceNetwork``."""

    def __init__(self, host_names: HostNames) -> None:
        self._host_names = host_names

    async def check_host(self, host: str, zone: str) -> str | None:
        del zone
        await self._host_names.check(host)
        return None

    async def recognize(
        self, manufacturer: Manufacturer, host: str, port: int | None, zone: str
    ) -> FoundDevice | None:
        del zone
        return await recognize(manufacturer, host, port)
