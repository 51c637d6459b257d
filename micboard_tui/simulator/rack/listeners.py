"""Opens one listening socket for every device, or none at all."""

import errno
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import IPv4Address
from typing import TypeAlias

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.simulator.rack.model_selection import BLUEPRINTS
from micboard_tui.simulator.rack.rack_layout import MAX_PORT, RackDevice
from micboard_tui.simulator.shure.strings.network_device import listening

Listen: TypeAlias = Callable[[str, int], socket.socket]
ONLY_LOOPBACK = "127.0.0.1"


def open_listeners(
    devices: Sequence[RackDevice], listen: Listen = listening
) -> tuple[tuple[RackDevice, ...], list[socket.socket]]:
    """A listening socket for each receiver that speaks command strings, and all devices.

    Where a machine has no loopback address but 127.0.0.1, ports count up there instead. Raises
    StartError SIMULATOR_FAILED when an address cannot be had; then nothing stays open.
    """
    try:
        sockets = _open(devices, listen)
    except _NoAddressError as error:
        if not IPv4Address(error.device.host).is_loopback:
            raise failed(error.device, error) from error
        devices = _counted_up(devices)
        try:
            sockets = _open(devices, listen)
        except _NoAddressError as second:
            raise failed(second.device, second) from second
    ports = iter(sockets)
    real = tuple(
        replace(device, port=next(ports).getsockname()[1]) if _is_ours(device) else device
        for device in devices
    )
    return real, sockets


def _is_ours(device: RackDevice) -> bool:
    """Others open their sockets themselves."""
    return device.model not in BLUEPRINTS


class _NoAddressError(OSError):
    """This machine has no such address."""

    def __init__(self, device: RackDevice) -> None:
        super().__init__(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        self.device = device


def _open(devices: Sequence[RackDevice], listen: Listen) -> list[socket.socket]:
    with ExitStack() as opened:
        sockets = [opened.enter_context(_one(device, listen)) for device in devices if _is_ours(device)]
        opened.pop_all()
    return sockets


def _one(device: RackDevice, listen: Listen) -> socket.socket:
    try:
        return listen(device.host, device.port)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise _NoAddressError(device) from error
        raise failed(device, error) from error


def _counted_up(devices: Sequence[RackDevice]) -> list[RackDevice]:
    first = devices[0].port
    if first and first + len(devices) - 1 > MAX_PORT:
        raise StartError(
            ErrorCode.SIMULATOR_FAILED,
            f"This machine has only {ONLY_LOOPBACK}, and there are not {len(devices)} ports from {first} on",
            hint="Use a lower port",
        )
    return [
        replace(device, host=ONLY_LOOPBACK, port=first and first + place if _is_ours(device) else 0)
        for place, device in enumerate(devices)
    ]


def failed(device: RackDevice, error: OSError) -> StartError:
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
        f"{device.host}:{device.port} {reason}",
        hint=hint,
        host=device.host,
        port=device.port,
    )
