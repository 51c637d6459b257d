"""Searches for devices that are not registered: joins the search with what is registered and our networks."""

from collections.abc import Sequence

from micboard_tui.contracts.device import DeviceRepository, Findings, FindingsListener, Search
from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.ports import FoundDevice, Interface, ManufacturerRegistry
from micboard_tui.domain.device import DEFAULT_ZONE
from micboard_tui.domain.near_name import suggest
from micboard_tui.services.discovery.found_devices import Registered
from micboard_tui.services.discovery.network_search import MAX_FOUND, recognize, search_network
from micboard_tui.services.discovery.own_networks import OwnNetworks, addresses_of_devices
from micboard_tui.services.discovery.target_addresses import expand_targets
from micboard_tui.services.field_validation import clean_host, clean_port, clean_zone
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
        await self._check_zone(search.zone)
        for host in expand_targets(search.targets):
            await self._host_names.check(host)
        devices = await self._devices.all()
        registered = Registered(await addresses_of_devices(devices, self._networks))
        findings = await search_network(
            self._manufacturers, search, registered, self._networks.interfaces(), listener
        )
        warning = None if findings.is_complete else f"There are more than {MAX_FOUND}; these were first"
        return findings, warning

    async def probe(
        self, manufacturer_code: str, host: str, port: int | None, zone: str
    ) -> FoundDevice | None:
        """What answers at an address. Raises MicboardError as ``DeviceContract.probe`` says."""
        manufacturer = self._manufacturers.get(manufacturer_code.strip().lower())
        await self._check_zone(zone)
        host = clean_host(host)
        await self._host_names.check(host)
        return await recognize(manufacturer, host, None if port is None else clean_port(port))

    async def check_host(self, host: str, zone: str) -> None:
        """Ask for the address of a name. Raises MicboardError as ``DeviceContract.check_host`` says."""
        await self._check_zone(zone)
        await self._host_names.check(clean_host(host))

    async def list_interfaces(self, zone: str) -> Sequence[Interface]:
        """The own addresses that a search can choose from. Raises MicboardError INVALID_VALUE."""
        await self._check_zone(zone)
        return self._networks.interfaces()

    async def _check_zone(self, zone: str) -> None:
        """This program reaches all zones that it knows. Raises MicboardError INVALID_VALUE."""
        if not zone.strip():
            return
        name, known = clean_zone(zone), {DEFAULT_ZONE, *(each.zone for each in await self._devices.all())}
        if name not in known:
            listed = ", ".join(sorted(known))
            raise invalid_value_error(
                f"There is no zone '{name}'", suggest(f"Known are: {listed}", name, known)
            )


def ignore_findings(findings: Findings) -> None:
    """A listener for a caller that waits for the end."""
