"""Broadcasts in a network and listens which devices answer (docs/reference/protocols/sennheiser.md 5.7).

One small datagram, twice at most: unexpected packets have locked up other gear. It asks for the settings
once, which show what a device is, and subscribes to nothing.

Theory of operation. ``AnswerCollector`` receives every datagram of a search and keeps the lines of each
sender. A sender of settings is a device, and reported. One that only sends our ``Push`` may be a unit whose
network control is off, or another program that broadcasts the same at the same time. Halfway through each
round these are sent another ``Push``, that of ``AnswerCollector.trial``, which no other program sends: who
echoes it, and still sends no data, is such a unit. ``MAX_TRIED`` are sent one, each of them twice at most.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Interface
from random import choice
from typing import TypeAlias

import anyio
import ifaddr

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, Hub, open_hub
from micboard_tui.manufacturers.sennheiser.mcp.mapping import SETTING_KEYWORDS
from micboard_tui.manufacturers.sennheiser.mcp.probe import control_off_device, found_device_of
from micboard_tui.manufacturers.sennheiser.mcp.subscription import READ_SETTINGS, STEP_MS
from micboard_tui.protocols.mcp.codec import encode, read
from micboard_tui.protocols.mcp.messages import Line

ROUNDS = 2
"""Datagrams get lost, and few answer twice."""
MAX_SENDERS = 1024
"""Addresses listened to; more do not fit in a network that this protocol was made for."""
MAX_TRIED = 32
"""Senders of nothing but an echo that are sent another ``Push``."""
_TRIAL_CYCLES = range(5, 600)
"""In steps of 100 ms. As the timeout is 0 nothing is repeated; it only tells our trial from others."""
_LONGEST_PREFIX = 30
"""Smaller networks have no broadcast address."""

Sender: TypeAlias = tuple[str, int]
"""Address and port."""


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
            _send(hub, targets, port, READ_SETTINGS)
            await anyio.sleep(timeout_s / ROUNDS / 2)
            for host, sender_port in collector.untried_echoers():
                _send(hub, [host], sender_port, collector.trial)
            await anyio.sleep(timeout_s / ROUNDS / 2)


class AnswerCollector:
    """Reports the devices that answer, again with every answer. Listens to ``MAX_SENDERS`` at most."""

    def __init__(self, report_found: Callable[[FoundDevice], None]) -> None:
        self._report_found = report_found
        self._lines_by_sender: dict[Sender, dict[str, str]] = {}
        self._echoers: set[Sender] = set()
        """Those of whom nothing came but the echo of a ``Push``."""
        self.trial = Line("Push", f"0 {choice(_TRIAL_CYCLES) * STEP_MS} 1")  # noqa: S311 - no secret

    def receive(self, host: str, port: int, data: bytes) -> None:
        lines = [line for line in read(data) if isinstance(line, Line)]
        settings = {line.keyword: line.rest for line in lines if line.keyword in SETTING_KEYWORDS}
        senders, sender = self._lines_by_sender, (host, port)
        if settings and (sender in senders or len(senders) < MAX_SENDERS):
            self._take_settings(sender, settings)
        elif sender not in senders:
            self._take_echo(sender, lines)

    def untried_echoers(self) -> Sequence[Sender]:
        """Those that may be units whose network control is off."""
        return tuple(sender for sender in self._echoers if sender not in self._lines_by_sender)

    def _take_settings(self, sender: Sender, settings: Mapping[str, str]) -> None:
        host, port = sender
        lines = self._lines_by_sender.setdefault(sender, {})
        lines |= settings
        if (device := found_device_of(lines, host, port, via="broadcast")) is not None:
            self._report_found(device)

    def _take_echo(self, sender: Sender, lines: Sequence[Line]) -> None:
        if sender in self._echoers and self.trial in lines:
            host, port = sender
            self._report_found(control_off_device(host, port, via="broadcast"))
        elif READ_SETTINGS in lines and len(self._echoers) < MAX_TRIED:
            self._echoers.add(sender)


def _send(hub: Hub, targets: Sequence[str], port: int, line: Line) -> None:
    for target in targets:
        # A network that is down must not keep the others from being searched.
        with suppress(OSError):
            hub.broadcast(target, encode([line]), port)


def broadcast_addresses(interface: str | None) -> list[str]:
    """Of the network of the own address ``interface``, or of all networks of this machine, each once."""
    networks = [
        IPv4Interface(f"{ip.ip}/{ip.network_prefix}").network
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str) and interface in {None, ip.ip} and ip.network_prefix <= _LONGEST_PREFIX
    ]
    return list(dict.fromkeys(str(network.broadcast_address) for network in networks))
