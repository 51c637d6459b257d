"""What a driver needs from a transport: a link to send over, and a listener for what arrives."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from micboard_tui.contracts.errors import DeviceError, ErrorCode


class Listener(Protocol):
    """Called with what happens on a link, in the event loop's thread. Must not wait and must not raise."""

    def data_received(self, data: bytes) -> None:
        """Some bytes arrived."""
        ...

    def link_lost(self, error: DeviceError) -> None:
        """The peer closed the link or it broke. Called once at most; nothing arrives afterwards."""
        ...


class Link(Protocol):
    """An open connection."""

    def send(self, data: bytes) -> None:
        """Hand over bytes to send; they leave in order. On a lost link they are dropped."""
        ...


Dial: TypeAlias = Callable[[Listener], AbstractAsyncContextManager[Link]]
"""Connects on entry and closes on exit, sending first what was handed over.

Entering raises DeviceError: HOST_NOT_RESOLVED, NAME_SERVICE_SILENT, DEVICE_REFUSED, DEVICE_UNREACHABLE.
"""


def resolution_error(host: str, kind: str = "address") -> DeviceError:
    """For a host name that cannot be resolved."""
    return DeviceError(
        ErrorCode.HOST_NOT_RESOLVED,
        f"No {kind} is known for {host}",
        hint="Check the spelling, or use the address from the device's network menu",
    )
