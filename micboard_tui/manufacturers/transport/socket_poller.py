"""Reads all sockets of an event loop together, twenty times a second.

Waking up for one segment costs twenty times as much as reading the samples in it (benchmarks/ingest.py), and
receivers send ten times a second each, all at their own moment. So no task waits for a socket
(docs/adr/0008).

``idle``: no link; no timer runs, and the poller is not remembered.
``polling``: a timer is set for the next poll. Each poll first sets the next timer, then lets every link send
what it could not send before, then has every readable link read once.

A link's dialer calls ``add`` when it is connected and ``remove`` before the socket is closed. One poller is
remembered for each event loop, from its first link to its last, so that all links share their moments.
"""

import asyncio
import selectors
import socket
from typing import Protocol
from weakref import WeakKeyDictionary

POLL_INTERVAL_S = 0.05
_POLLERS: WeakKeyDictionary[asyncio.AbstractEventLoop, "SocketPoller"] = WeakKeyDictionary()


class PolledLink(Protocol):
    """A link that is polled. Its socket never blocks."""

    @property
    def socket(self) -> socket.socket:
        """Registered as long as the link is."""
        ...

    @property
    def is_lost(self) -> bool:
        """Whether nothing more comes."""
        ...

    def flush(self) -> None:
        """Send what could not be sent before."""
        ...

    def read(self) -> None:
        """Read once; must not raise."""
        ...


class SocketPoller:
    """Polls all links of an event loop; idle while there are none."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._selector = selectors.DefaultSelector()
        self._links: dict[PolledLink, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, link: PolledLink) -> None:
        self._links[link] = None
        self._selector.register(link.socket, selectors.EVENT_READ, link)
        if self._timer is None:
            self._timer = self._loop.call_later(POLL_INTERVAL_S, self._poll)

    def remove(self, link: PolledLink) -> None:
        del self._links[link]
        self._selector.unregister(link.socket)
        if not self._links and self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._selector.close()
            _POLLERS.pop(self._loop, None)

    def _poll(self) -> None:
        self._timer = self._loop.call_later(POLL_INTERVAL_S, self._poll)
        for link in self._links:
            link.flush()
        for key, _ in self._selector.select(0):
            readable: PolledLink = key.data
            if not readable.is_lost:
                readable.read()


def get_poller() -> SocketPoller:
    """The poller of the running event loop."""
    loop = asyncio.get_running_loop()
    if (known := _POLLERS.get(loop)) is None:
        known = _POLLERS[loop] = SocketPoller(loop)
    return known
