"""Announces simulated Shure devices as real ones announce themselves, on the loopback interface only."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

from micboard_tui.protocols.shure_slp.codec import GROUP, PORT, Advertisement, encode
from micboard_tui.simulator.rack.rack_layout import RackDevice
from micboard_tui.simulator.shure.strings.models import PORT as DEVICE_PORT

LOOPBACK = "127.0.0.1"
EVERY_S = 2.0
"""As a QLXD4 does it (docs/reference/protocols/shure.md 13.1)."""
DCIDS = {
    "QLXD4": "CCE90598-E139-11DF-9338-0015C5F3F612",
    "ULXD4": "CCCD28F0-E139-11DF-8A5A-0015C5F3F612",
    "ULXD4D": "CCCF7CD6-E139-11DF-8870-0015C5F3F612",
    "ULXD4Q": "CCD1FBDC-E139-11DF-8CE6-0015C5F3F612",
}
"""Of the G51 band (Appendix A). SLX-D has none, and others do without."""


@asynccontextmanager
async def announce_by_slp(devices: Sequence[RackDevice], every_s: float = EVERY_S) -> AsyncGenerator[None]:
    """Announce Shure's devices, at once and again and again until this is left.

    Where the machine has no multicast, nothing is announced, and that is all.
    """
    datagrams = [encode(_advertisement(device)) for device in devices if _announces_itself(device)]
    if not datagrams:
        yield
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setblocking(False)  # noqa: FBT003 - the standard library's way
        # Bound to it, nothing leaves by another interface, whatever else may fail.
        link.bind((LOOPBACK, 0))
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        task = asyncio.create_task(_announce(link, datagrams, every_s), name="announcer")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})


async def _announce(link: socket.socket, datagrams: Sequence[bytes], every_s: float) -> None:
    while True:
        for datagram in datagrams:
            with suppress(OSError):
                link.sendto(datagram, (GROUP, PORT))
        await asyncio.sleep(every_s)


def _announces_itself(device: RackDevice) -> bool:
    """A device at its usual port does, as an advertisement has no port in it. A server is no ACN device."""
    return (device.manufacturer, device.port) == ("shure", DEVICE_PORT)


def _advertisement(device: RackDevice) -> Advertisement:
    return Advertisement(device.model, device.name, dcid=DCIDS.get(device.model), address=device.host)
