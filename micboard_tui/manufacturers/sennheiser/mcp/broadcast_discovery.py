"""Calls out to everybody in a network, and listens who answers (docs/reference/protocols/sennheiser.md 5.7).

One small datagram, twice at most: unexpected packets have locked up other gear. It asks for the settings
once, which show what a device is, and subscribes to nothing.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import IPv4Interface

import anyio
import ifaddr

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, Hub, opened
from micboard_tui.manufacturers.sennheiser.mcp.mapping import SETTINGS
from micboard_tui.manufacturers.sennheiser.mcp.probe import found
from micboard_tui.manufacturers.sennheiser.mcp.subscription import ONCE_SETTINGS
from micboard_tui.protocols.mcp.codec import encode, read
from micboard_tui.protocols.mcp.messages import Line

CALLS = 2
"""Datagrams get lost, and few answer twice."""
MAX_HEARD = 1024
"""Addresses listened to; more do not fit in a network that this protocol was made for."""
_LONGEST_PREFIX = 30
"""Smaller networks have no broadcast address."""


async def discover(found_one: Callable[[FoundDevice], None], interface: str | None, timeout_s: float) -> None:
    """Call on the network of ``interface``, an own address, or on all; implements ``Discover``."""
    await call(found_one, broadcast_addresses(interface), timeout_s)


async def call(
    found_one: Callable[[FoundDevice], None],
    targets: Sequence[str],
    timeout_s: float,
    *,
    port: int = PORT,
    own_port: int = PORT,
) -> None:
    """Call at each of ``targets``, a broadcast address or that of one device, and tell who answers."""
    heard: dict[tuple[str, int], dict[str, str]] = {}

    def hear(host: str, from_port: int, data: bytes) -> None:
        lines = [each for each in read(data) if isinstance(each, Line) and each.keyword in SETTINGS]
        if not lines or ((host, from_port) not in heard and len(heard) >= MAX_HEARD):
            return
        words = heard.setdefault((host, from_port), {})
        words |= {each.keyword: each.rest for each in lines}
        if (device := found(words, host, from_port, via="broadcast")) is not None:
            found_one(device)

    # Without the port that devices answer to, there is nothing to hear; whoever adds one is told why.
    with suppress(DeviceError), opened(own_port) as hub:
        hub.overhearing.append(hear)
        try:
            for _ in range(CALLS):
                _say(hub, targets, port)
                await anyio.sleep(timeout_s / CALLS)
        finally:
            hub.overhearing.remove(hear)


def _say(hub: Hub, targets: Sequence[str], port: int) -> None:
    for target in targets:
        # A network that is down must not keep the others from being called.
        with suppress(OSError):
            hub.call(target, encode([ONCE_SETTINGS]), port)


def broadcast_addresses(interface: str | None) -> list[str]:
    """Of the network of the own address ``interface``, or of all networks of this machine, each once."""
    networks = [
        IPv4Interface(f"{ip.ip}/{ip.network_prefix}").network
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str) and interface in {None, ip.ip} and ip.network_prefix <= _LONGEST_PREFIX
    ]
    return list(dict.fromkeys(str(network.broadcast_address) for network in networks))
