"""What this computer's network knows of a host. Implements ``HostProbes``."""

import asyncio
import errno
import socket
from collections.abc import Sequence
from pathlib import Path

import anyio

from micboard_tui.contracts.doctor_facts import Neighbour, RouteFacts, TcpAnswer
from micboard_tui.contracts.errors import DeviceError
from micboard_tui.manufacturers.transport.interfaces import list_interfaces
from micboard_tui.manufacturers.transport.name_resolver import NAMES
from micboard_tui.manufacturers.transport.own_address import find_own_host

ANY_PORT = 9
_UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})
_FLAGS, _COMPLETE = 2, 0x2
"""Of a row in Linux's table of neighbours: its hardware address is known."""


class SystemHostProbes:
    def __init__(self, neighbours: Path = Path("/proc/net/arp")) -> None:
        """``neighbours``: Linux's table of them; other systems have none that could be read like this."""
        self._neighbours = neighbours

    async def find_addresses(self, host: str) -> Sequence[str]:
        found = await NAMES.find_addresses(host, 0, socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    def find_route(self, address: str) -> RouteFacts:
        return RouteFacts(tuple(list_interfaces()), find_own_host(address, ANY_PORT))

    async def connect(self, address: str, port: int, timeout_s: float) -> TcpAnswer:
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as attempt:
            attempt.setblocking(False)  # noqa: FBT003 - the standard library's way
            try:
                with anyio.fail_after(timeout_s):
                    await loop.sock_connect(attempt, (address, port))
            except TimeoutError:
                return TcpAnswer.SILENT
            except OSError as error:
                if error.errno in _UNREACHABLE:
                    return TcpAnswer.UNREACHABLE
                return TcpAnswer.REFUSED if error.errno == errno.ECONNREFUSED else TcpAnswer.SILENT
        return TcpAnswer.OPEN

    def find_neighbour(self, address: str) -> Neighbour:
        try:
            rows = [line.split() for line in self._neighbours.read_text(encoding="ascii").splitlines()[1:]]
        except (OSError, ValueError):
            return Neighbour.UNKNOWN
        flags = [int(row[_FLAGS], 16) for row in rows if len(row) > _FLAGS and row[0] == address]
        if not flags:
            return Neighbour.UNKNOWN
        return Neighbour.PRESENT if any(each & _COMPLETE for each in flags) else Neighbour.ABSENT

    async def find_certificate_end(self, host: str, port: int, timeout_s: float) -> float | None:
        # What speaks TLS takes a third of a second to load.
        from micboard_tui.manufacturers.transport.certificate_dates import find_end  # noqa: PLC0415
        from micboard_tui.manufacturers.transport.https import fetch_certificate  # noqa: PLC0415

        try:
            return find_end(await fetch_certificate(host, port, timeout_s))
        except DeviceError:
            return None
