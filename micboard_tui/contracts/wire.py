"""Links to devices: what a driver needs of a transport, and where others may come between the two."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from micboard_tui.contracts.errors import DeviceError


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


class Wire(Protocol):
    """Comes between drivers and devices: records what passes, or plays what was recorded."""

    def dial(self, host: str, port: int, dial: Dial) -> Dial:
        """What a driver connects with in place of ``dial``."""
        ...


class DirectWire:
    """Nothing comes between. Implements ``Wire``."""

    def dial(self, host: str, port: int, dial: Dial) -> Dial:
        """``dial`` itself."""
        del host, port
        return dial


DIRECT = DirectWire()
