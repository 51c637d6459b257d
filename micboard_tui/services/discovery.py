"""Knocks on addresses and networks, carefully: a limited number at once, and never where we listen."""

import math
from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network

import anyio
import structlog

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import FoundDevice, Manufacturer, ManufacturerRegistry, Probe
from micboard_tui.domain.device import Device
from micboard_tui.domain.text import visible
from micboard_tui.services.naming import clean_host, is_address
from micboard_tui.services.parallel import side_by_side

MAX_ADDRESSES = 1024
MAX_AT_ONCE = 16
SHORTEST_TIMEOUT_S, LONGEST_TIMEOUT_S = 0.2, 5.0
PATIENCE = 4
"""A probe asks up to three things, each with the timeout; whoever needs longer is given up."""

log = structlog.get_logger(__name__)


def addresses(targets: Sequence[str]) -> Sequence[str]:
    """Every host that ``targets`` name, each once. Raises MicboardError INVALID_VALUE."""
    hosts: dict[str, None] = {}
    for target in targets:
        for host in _hosts(target):
            hosts[host] = None
            if len(hosts) > MAX_ADDRESSES:
                raise _too_many(", ".join(map(visible, targets)))
    if not hosts:
        raise MicboardError(
            ErrorCode.INVALID_VALUE, "No address to look at", hint="Give addresses or networks (10.0.0.0/24)"
        )
    return list(hosts)


def _hosts(target: str) -> Iterator[str]:
    if "/" not in target:
        yield clean_host(target)
        return
    try:
        network = ip_network(target.strip(), strict=False)
    except ValueError as error:
        raise MicboardError(
            ErrorCode.INVALID_VALUE,
            f"'{visible(target)}' is no network",
            hint="Write it like 192.168.1.0/24",
        ) from error
    if network.num_addresses > MAX_ADDRESSES:
        raise _too_many(str(network))
    yield from map(str, network.hosts())


def _too_many(what: str) -> MicboardError:
    return MicboardError(
        ErrorCode.INVALID_VALUE,
        f"{what} has more than {MAX_ADDRESSES} addresses",
        hint="Ask for smaller networks one after the other, down from /22",
    )


async def discover(
    manufacturers: ManufacturerRegistry,
    targets: Sequence[str],
    registered: Sequence[Device],
    timeout_s: float,
) -> Sequence[FoundDevice]:
    """What answers at ``targets`` and is not registered, by address. Raises MicboardError INVALID_VALUE."""
    if not (math.isfinite(timeout_s) and SHORTEST_TIMEOUT_S <= timeout_s <= LONGEST_TIMEOUT_S):
        raise MicboardError(
            ErrorCode.INVALID_VALUE,
            f"A timeout of {timeout_s:g} s cannot be",
            hint=f"Use {SHORTEST_TIMEOUT_S:g} to {LONGEST_TIMEOUT_S:g} s",
        )
    taken = {(device.host, device.port) for device in registered}
    found: list[FoundDevice] = []

    async def knock(door: tuple[str, Probe]) -> None:
        host, probe = door
        with anyio.move_on_after(PATIENCE * timeout_s):
            device = await probe(host, None, timeout_s)
            if device is not None and (device.host, device.port) not in taken:
                found.append(device)

    installed = list(_installed(manufacturers))
    doors = [
        (host, manufacturer.probe)
        for host in addresses(targets)
        for manufacturer in installed
        if manufacturer.probe is not None and not _is_listened_to(host, manufacturer, taken)
    ]
    await side_by_side(knock, doors, min(MAX_AT_ONCE, len(doors)))
    return sorted(found, key=_by_address)


def _installed(manufacturers: ManufacturerRegistry) -> Iterator[Manufacturer]:
    for code in manufacturers.codes():
        try:
            yield manufacturers.get(code)
        except MicboardError as error:
            log.warning("manufacturer_not_loaded", manufacturer=code, reason=error.info.message)


def _is_listened_to(host: str, manufacturer: Manufacturer, taken: set[tuple[str, int]]) -> bool:
    """A second connection to a device could disturb the one that we have."""
    return any((host, spec.default_port) in taken for spec in manufacturer.drivers.values())


def _by_address(found: FoundDevice) -> tuple[int, int, str, int]:
    if not is_address(found.host):
        return (9, 0, found.host, found.port)
    address = ip_address(found.host)
    return (address.version, int(address), "", found.port)
