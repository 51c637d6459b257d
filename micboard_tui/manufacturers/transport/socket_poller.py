"""Looks at all sockets together, twenty times a second.

Waking up for a segment costs twenty times the reading of the samples in it (benchmarks/ingest.py), and
receivers speak ten times a second each, all at their own moment. So nobody waits for a socket; see
docs/adr/0008.
"""

import asyncio
import selectors
import socket
from typing import Protocol
from weakref import WeakKeyDictionary

LOOK_EVERY_S = 0.05


class Looked(Protocol):
    """A link that is looked at. Its socket never blocks."""

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

    def look(self) -> None:
        """Read once; must not raise."""
        ...


class Looker:
    """Looks at all links of an event loop; rests while there are none."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._selector = selectors.DefaultSelector()
        self._links: dict[Looked, None] = {}
        self._next: asyncio.TimerHandle | None = None

    def add(self, link: Looked) -> None:
        self._links[link] = None
        self._selector.register(link.socket, selectors.EVENT_READ, link)
        if self._next is None:
            self._next = self._loop.call_later(LOOK_EVERY_S, self._look)

    def remove(self, link: Looked) -> None:
        del self._links[link]
        self._selector.unregister(link.socket)
        if not self._links and self._next is not None:
            self._next.cancel()
            self._next = None
            self._selector.close()
            _LOOKERS.pop(self._loop, None)

    def _look(self) -> None:
        self._next = self._loop.call_later(LOOK_EVERY_S, self._look)
        for link in self._links:
            link.flush()
        for key, _ in self._selector.select(0):
            readable: Looked = key.data
            if not readable.is_lost:
                readable.look()


# One for each event loop, so that all its links share their moments.
_LOOKERS: WeakKeyDictionary[asyncio.AbstractEventLoop, Looker] = WeakKeyDictionary()


def looker() -> Looker:
    loop = asyncio.get_running_loop()
    if (known := _LOOKERS.get(loop)) is None:
        known = _LOOKERS[loop] = Looker(loop)
    return known
