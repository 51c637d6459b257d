"""Links to devices: what a driver needs of a transport, and where others may come between the two.

A link carries bytes. With HTTP there are requests, whose answers may have no end: a stream of events, or the
messages of a WebSocket. Headers are left out of recordings, and with them all secrets.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import NamedTuple, Protocol, TypeAlias

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

    def cut(self) -> None:
        """End it now: nothing more is sent, and no goodbye waits for the peer. Calls no listener."""
        ...


Dial: TypeAlias = Callable[[Listener], AbstractAsyncContextManager[Link]]
"""Connects on entry and closes on exit, sending first what was handed over.

Entering raises DeviceError: HOST_NOT_RESOLVED, NAME_SERVICE_SILENT, DEVICE_REFUSED, DEVICE_UNREACHABLE.
"""


class HttpRequest(NamedTuple):
    method: str
    path: str
    """With its query."""
    body: bytes = b""


class HttpLog(Protocol):
    """Called with what passes between a client and one peer. Must not wait and must not raise."""

    def ask(self, request: HttpRequest) -> int:
        """A request leaves; its number."""
        ...

    def answer(self, number: int, status: int, content_type: str) -> None:
        """The head of the answer came."""
        ...

    def receive(self, number: int, data: bytes) -> None:
        """A part of its body came; of a WebSocket a message."""
        ...

    def end(self, number: int, *, is_complete: bool) -> None:
        """Nothing more will come. Not complete: the answer was lost, or we wanted no more of it."""
        ...


class PlayedBody(Protocol):
    async def receive(self) -> bytes | None:
        """The next part, or message of a WebSocket; None: the end. Can be cancelled and called again."""
        ...


class PlayedAnswer(NamedTuple):
    status: int
    content_type: str
    body: PlayedBody


class HttpPlay(Protocol):
    """In place of one peer."""

    async def ask(self, request: HttpRequest) -> PlayedAnswer | None:
        """None: it does not answer any more."""
        ...


class Wire(Protocol):
    """Comes between drivers and devices: records what passes, or plays what was recorded."""

    def dial(self, host: str, port: int, dial: Dial) -> Dial:
        """What a driver connects with in place of ``dial``."""
        ...

    def record_http(self, host: str, port: int) -> AbstractContextManager[HttpLog] | None:
        """Opened while a client is. None: nothing is recorded."""
        ...

    def play_http(self, host: str, port: int) -> AbstractAsyncContextManager[HttpPlay] | None:
        """Opened in place of a connection; entering raises DeviceError. None: the peer itself is asked."""
        ...

    def check_http(self, host: str, port: int) -> None:
        """Asked before anything is sent to a peer. Raises DeviceError: nothing may be sent to it now."""
        ...


class DirectWire:
    """Nothing comes between. Implements ``Wire``."""

    def dial(self, host: str, port: int, dial: Dial) -> Dial:
        """``dial`` itself."""
        del host, port
        return dial

    def record_http(self, host: str, port: int) -> None:
        """Nothing."""
        del host, port

    def play_http(self, host: str, port: int) -> None:
        """Nothing."""
        del host, port

    def check_http(self, host: str, port: int) -> None:
        """Everything may be sent."""
        del host, port


DIRECT = DirectWire()
