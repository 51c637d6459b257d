"""Searches for devices that are not registered: joins the search with what is registered and our networks."""

from collections.abc import Sequence

from micboard_tui.contracts.device import DeviceRepository, Findings, FindingsListener, Search
from micboard_tui.contracts.ports import Interface, ManufacturerRegistry
from micboard_tui.services.discovery.found_devices import Registered
from micboard_tui.services.discovery.network_search import MAX_FOUND, search_network
from micboard_tui.services.discovery.own_networks import OwnNetworks, addresses_of_devices
from micboard_tui.services.discovery.target_addresses import expand_targets
from micboard_tui.services.host_names import HostNames


class DeviceSearch:
    def __init__(
        self,
        devices: DeviceRepository,
        manufacturers: ManufacturerRegistry,
        networks: OwnNetworks,
        host_names: HostNames,
    ) -> None:
        self._devices, self._manufacturers = devices, manufacturers
        self._networks, self._host_names = networks, host_names

    async def run(self, search: Search, listener: FindingsListener) -> tuple[Findings, str | None]:
        """What was found, and a warning when that is not all.

        Before anything is sent it raises MicboardError INVALID_VALUE, and DeviceError HOST_NOT_RESOLVED and
        NAME_SERVICE_SILENT for a target without an address.
        """
        for host in expand_targets(search.targets):
            await self._host_names.check(host)
        devices = await self._devices.all()
        registered = Registered(await addresses_of_devices(devices, self._networks))
        findings = await search_network(
            self._manufacturers, search, registered, self._networks.interfaces(), listener
        )
        warning = None if findings.is_complete else f"There are more than {MAX_FOUND}; these were first"
        return findings, warning

    def list_interfaces(self) -> Sequence[Interface]:
        """The own addresses that a search can choose from."""
        return self._networks.interfaces()


def ignore_findings(findings: Findings) -> None:
    """A listener for a caller that waits for the end."""
