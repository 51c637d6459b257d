"""Announces simulated Shure devices as real ones announce themselves, on the loopback interface only.

Each is announced from its own address, as clients take the sender's for the device's
(docs/reference/protocols/shure.md 19).
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType

from micboard_tui.protocols.shure_slp.codec import GROUP, PORT, Advertisement, cid_of, encode
from micboard_tui.simulator.rack.rack_layout import RackDevice
from micboard_tui.simulator.shure.strings.models import PORT as DEVICE_PORT

LOOPBACK = "127.0.0.1"
EVERY_S = 2.0
"""As a QLXD4 does it (docs/reference/protocols/shure.md 13.1)."""
DCIDS: Mapping[str, str] = MappingProxyType(
    {
        "QLXD4": "CCE8D7E4-E139-11DF-86E4-0015C5F3F612",
        "ULXD4": "CCCD012C-E139-11DF-8DF8-0015C5F3F612",
        "ULXD4D": "CCCF5206-E139-11DF-87FD-0015C5F3F612",
        "ULXD4Q": "CCD1CAF4-E139-11DF-9F98-0015C5F3F612",
        "P10T": "CCC665EC-E139-11DF-86B9-0015C5F3F612",
        "AD4D-A": "CD282D40-E139-11DF-8481-0015C5F3F612",
        "AD4Q-A": "CD28E12C-E139-11DF-8153-0015C5F3F612",
        "UR4S": "CCB8A40C-E139-11DF-94A5-0015C5F3F612",
        "UR4D": "CCB8DB5C-E139-11DF-8A4C-0015C5F3F612",
        "MXWAPT2": "CD2B9282-E139-11DF-9CC1-0015C5F3F612",
        "MXWAPT4": "CCD8BBE8-E139-11DF-9C12-0015C5F3F612",
        "MXWAPT8": "CCD8E23A-E139-11DF-9700-0015C5F3F612",
        "SBC220": "CD0CB29A-E139-11DF-8DC3-0015C5F3F612",
        "SBC240": "CD0CB29A-E139-11DF-8DC3-0015C5F3F612",
        "SBC840": "CD0CD978-E139-11DF-895B-0015C5F3F612",
        "SBC840M": "CD0C8A68-E139-11DF-9B00-0015C5F3F612",
        "SBRC": "CD0C625E-E139-11DF-9AB3-0015C5F3F612",
    }
)
"""By model, of the band that is simulated where the table says bands.

Source: docs/reference/protocols/shure.md Appendix A. It has no SLX-D, no ANX4 and no SBC441; they do without.
"""


@asynccontextmanager
async def announce_by_slp(devices: Sequence[RackDevice], every_s: float = EVERY_S) -> AsyncGenerator[None]:
    """Announce Shure's devices, at once and again and again until this is left.

    Where the machine has no multicast, nothing is announced, and that is all.
    """
    datagrams = [
        (device.host, encode(_advertisement(device))) for device in devices if _announces_itself(device)
    ]
    if not datagrams:
        yield
        return
    task = asyncio.create_task(_announce(datagrams, every_s), name="announcer")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _announce(datagrams: Sequence[tuple[str, bytes]], every_s: float) -> None:
    while True:
        for host, datagram in datagrams:
            with suppress(OSError):
                _send_from(host, datagram)
        await asyncio.sleep(every_s)


def _send_from(host: str, datagram: bytes) -> None:
    """Raises OSError. No socket is kept: a large rack has enough of them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setblocking(False)  # noqa: FBT003 - the standard library's way
        # Nothing leaves by another interface, whatever address the device has.
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        link.bind((host, 0))
        link.sendto(datagram, (GROUP, PORT))


def _announces_itself(device: RackDevice) -> bool:
    """A device at its usual port does, as an advertisement has no port in it. A server is no ACN device."""
    return (device.manufacturer, device.port) == ("shure", DEVICE_PORT)


def _advertisement(device: RackDevice) -> Advertisement:
    return Advertisement(
        device.model,
        device.name,
        cid_of(device.mac or _mac_at(device.host)),
        DCIDS.get(device.model),
        device.host,
    )


def _mac_at(host: str) -> str:
    """One for a device whose protocol tells none: every ACN unit has a cid of its own."""
    return "00:0E:DD:" + ":".join(f"{octet:02X}" for octet in socket.inet_aton(host)[1:])
