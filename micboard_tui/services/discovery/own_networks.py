"""The networks that this machine is in, and where in them the registered devices are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import anyio

from micboard_tui.contracts.ports import Interface
from micboard_tui.domain.device import Device
from micboard_tui.services.field_validation import is_address
from micboard_tui.services.parallel import run_side_by_side

NAMES_AT_ONCE = 16
NAMES_TIMEOUT_S = 3.0
"""For all names together."""


@dataclass(frozen=True, slots=True)
class OwnNetworks:
    """What a search asks the operating system."""

    interfaces: Callable[[], Sequence[Interface]]
    addresses_of: Callable[[str], Awaitable[Sequence[str]]]
    """Of a host name; none when it is not known. Raises nothing."""


async def addresses_of_devices(devices: Sequence[Device], networks: OwnNetworks) -> Sequence[tuple[str, int]]:
    """Hosts and ports; for host names also their addresses, as far as those are known in time."""
    addresses = [(device.host, device.port) for device in devices]

    async def look_up(device: Device) -> None:
        addresses.extend((address, device.port) for address in await networks.addresses_of(device.host))

    with anyio.move_on_after(NAMES_TIMEOUT_S):
        by_name = [device for device in devices if not is_address(device.host)]
        await run_side_by_side(look_up, by_name, min(NAMES_AT_ONCE, len(by_name)))
    return addresses
