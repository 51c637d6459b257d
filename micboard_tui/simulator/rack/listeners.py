"""Opens every device of a rack at its address, or none of them."""

import errno
import os
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.rack.rack_layout import MAX_PORT, RackDevice

ONLY_LOOPBACK = "127.0.0.1"


class NoAddressError(OSError):
    """This machine has no such address."""

    def __init__(self, device: RackDevice) -> None:
        super().__init__(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        self.device = device

    @property
    def can_count_up(self) -> bool:
        """Whether 127.0.0.1 will do instead: many machines have no other loopback address."""
        host = IPv4Address(self.device.host)
        return host.is_loopback and host != IPv4Address(ONLY_LOOPBACK)


async def open_devices(
    layout: Sequence[RackDevice], devices: Sequence[SimulatedDevice]
) -> tuple[RackDevice, ...]:
    """The layout with the ports, certificates and MAC addresses that the devices really have.

    The caller closes them.

    Raises NoAddressError, and StartError SIMULATOR_FAILED when a port cannot be had.
    """
    return tuple([
        await _open(entry, device) for entry, device in zip(layout, devices, strict=True)
    ])  # fmt: skip


async def _open(entry: RackDevice, device: SimulatedDevice) -> RackDevice:
    try:
        port = await device.open(entry.host, entry.port)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise NoAddressError(entry) from error
        raise open_failed(entry, error) from error
    return replace(entry, port=port, fingerprint=device.fingerprint, mac=device.mac)


def count_up(layout: Sequence[RackDevice]) -> tuple[RackDevice, ...]:
    """The same devices at one address, with ports that count up; any port stays any port.

    Raises StartError SIMULATOR_FAILED where they would count beyond the last port.
    """
    first = layout[0].port
    if first and first + len(layout) - 1 > MAX_PORT:
        raise StartError(
            ErrorCode.SIMULATOR_FAILED,
            f"This machine has only {ONLY_LOOPBACK}, and there are not {len(layout)} ports from {first} on",
            hint="Use a lower port",
        )
    return tuple(
        replace(entry, host=ONLY_LOOPBACK, port=first and first + index) for index, entry in enumerate(layout)
    )


def open_failed(entry: RackDevice, error: OSError) -> StartError:
    """Why a device cannot listen, and what to do."""
    reasons = {
        errno.EADDRINUSE: ("is taken", "Is a simulator running already? Use another --port or --address"),
        errno.EADDRNOTAVAIL: ("is no address of this machine", "Use an address from 127.0.0.2 on"),
        errno.EACCES: ("may not be used", "Use a port from 1024 on"),
    }
    reason, hint = reasons.get(
        error.errno or 0, (f"cannot be used ({error.strerror or error})", "Use another --port or --address")
    )
    return StartError(
        ErrorCode.SIMULATOR_FAILED,
        f"{entry.host}:{entry.port} {reason}",
        hint=hint,
        host=entry.host,
        port=entry.port,
    )
