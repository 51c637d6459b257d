"""Reads all sockets of an event loop together, twenty times a second, or less often where no screen is.

Waking up for one segment costs twenty times as much as reading the samples in it (benchmarks/ingest.py), and
receivers send ten times a second each, all at their own moment. So no task waits for a socket
(docs/adr/0008).

``idle``: no link; no timer runs, and the poller is not remembered.
``polling``: a timer is set for the next poll. Each poll first sets the next timer, then lets every link send
what it could not send before, then has every readable link read once.

A link's dialer calls ``add`` when it is connected and ``remove`` before the socket is closed. One poller is
remembered for each event loop, from its first link to its last, so that all links share their moments: those
of the link that is read most often. A link that has asked something calls ``hurry``; the next polls then come
``POLL_INTERVAL_S`` apart, so that no answer waits for a slow one.
"""

import asyncio
import selectors
import socket
from typing import Protocol
from weakref import WeakKeyDictionary

from micboard_tui.domain.thresholds import READ_INTERVAL_S

POLL_INTERVAL_S = READ_INTERVAL_S
"""Between two polls at the least."""
HURRIED_POLLS = 3
"""So many follow a question without delay; devices answer within that time."""
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
        self._links: dict[PolledLink, float] = {}
        """With the interval at which each wants to be read."""
        self._interval_s = POLL_INTERVAL_S
        self._hurried_polls = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, link: PolledLink, interval_s: float = POLL_INTERVAL_S) -> None:
        self._links[link] = interval_s
        self._selector.register(link.socket, selectors.EVENT_READ, link)
        self._interval_s = min(self._links.values())
        self.hurry()

    def remove(self, link: PolledLink) -> None:
        del self._links[link]
        self._selector.unregister(link.socket)
        self._interval_s = min(self._links.values(), default=POLL_INTERVAL_S)
        if not self._links and self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._selector.close()
            _POLLERS.pop(self._loop, None)

    def hurry(self) -> None:
        """Have the next polls come without delay. Nothing to do once the last link is gone."""
        if not self._links:
            return
        self._hurried_polls = HURRIED_POLLS
        due = self._loop.time() + POLL_INTERVAL_S
        if self._timer is None or self._timer.when() > due:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(due, self._poll)

    def _poll(self) -> None:
        interval_s = self._interval_s
        if self._hurried_polls:
            self._hurried_polls -= 1
            interval_s = POLL_INTERVAL_S
        self._timer = self._loop.call_later(interval_s, self._poll)
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
