"""The networks that this machine is in, and where in them the registered devices are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import anyio

from micboard_tui.contracts.ports import Interface
from micboard_tui.domain.device import Device
from micboard_tui.services.field_validation import is_address
from micboard_tui.services.parallel import side_by_side

NAMES_AT_ONCE = 16
NAMES_TIMEOUT_S = 3.0
"""For all names together."""


async def _nowhere(host: str) -> Sequence[str]:
    del host
    return ()


@dataclass(frozen=True, slots=True)
class Network:
    """What a search needs to know of the networks that this machine is in."""

    interfaces: Callable[[], Sequence[Interface]] = tuple
    addresses_of: Callable[[str], Awaitable[Sequence[str]]] = _nowhere
    """Of a host name; none when nobody knows it. Raises nothing."""


async def places(registered: Sequence[Device], network: Network) -> Sequence[tuple[str, int]]:
    """Hosts and ports; of those with names the addresses as well, as far as anybody tells them in time."""
    found = [(each.host, each.port) for each in registered]

    async def look_up(device: Device) -> None:
        addresses = await network.addresses_of(device.host)
        found.extend((address, device.port) for address in addresses)

    with anyio.move_on_after(NAMES_TIMEOUT_S):
        named = [each for each in registered if not is_address(each.host)]
        await side_by_side(look_up, named, min(NAMES_AT_ONCE, len(named)))
    return found
