"""Broadcasts in a network and listens which devices answer (docs/reference/protocols/sennheiser.md 5.7).

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
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, Hub, open_hub
from micboard_tui.manufacturers.sennheiser.mcp.mapping import SETTING_KEYWORDS
from micboard_tui.manufacturers.sennheiser.mcp.probe import found_device_of
from micboard_tui.manufacturers.sennheiser.mcp.subscription import READ_SETTINGS
from micboard_tui.protocols.mcp.codec import encode, read
from micboard_tui.protocols.mcp.messages import Line

ROUNDS = 2
"""Datagrams get lost, and few answer twice."""
MAX_SENDERS = 1024
"""Addresses listened to; more do not fit in a network that this protocol was made for."""
_LONGEST_PREFIX = 30
"""Smaller networks have no broadcast address."""


async def discover(
    report_found: Callable[[FoundDevice], None], interface: str | None, timeout_s: float
) -> None:
    """Search the network of ``interface``, an own address, or all networks; implements ``Discover``."""
    await search(report_found, broadcast_addresses(interface), timeout_s)


async def search(
    report_found: Callable[[FoundDevice], None],
    targets: Sequence[str],
    timeout_s: float,
    *,
    port: int = PORT,
    own_port: int = PORT,
) -> None:
    """Send to each of ``targets``, a broadcast address or that of one device, and report what answers."""
    collector = AnswerCollector(report_found)
    # Without the port that devices answer to, nothing can be received; adding a device explains why.
    with suppress(DeviceError), open_hub(own_port) as hub, hub.observe(collector.receive):
        for _ in range(ROUNDS):
            _send(hub, targets, port)
            await anyio.sleep(timeout_s / ROUNDS)


class AnswerCollector:
    """Reports the devices that answer, again with every answer. Listens to ``MAX_SENDERS`` at most."""

    def __init__(self, report_found: Callable[[FoundDevice], None]) -> None:
        self._report_found = report_found
        self._lines_by_sender: dict[tuple[str, int], dict[str, str]] = {}

    def receive(self, host: str, port: int, data: bytes) -> None:
        settings = {
            line.keyword: line.rest
            for line in read(data)
            if isinstance(line, Line) and line.keyword in SETTING_KEYWORDS
        }
        senders, sender = self._lines_by_sender, (host, port)
        if not settings or (sender not in senders and len(senders) >= MAX_SENDERS):
            return
        lines = senders.setdefault(sender, {})
        lines |= settings
        if (device := found_device_of(lines, host, port, via="broadcast")) is not None:
            self._report_found(device)


def _send(hub: Hub, targets: Sequence[str], port: int) -> None:
    for target in targets:
        # A network that is down must not keep the others from being searched.
        with suppress(OSError):
            hub.broadcast(target, encode([READ_SETTINGS]), port)


def broadcast_addresses(interface: str | None) -> list[str]:
    """Of the network of the own address ``interface``, or of all networks of this machine, each once."""
    networks = [
        IPv4Interface(f"{ip.ip}/{ip.network_prefix}").network
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str) and interface in {None, ip.ip} and ip.network_prefix <= _LONGEST_PREFIX
    ]
    return list(dict.fromkeys(str(network.broadcast_address) for network in networks))
