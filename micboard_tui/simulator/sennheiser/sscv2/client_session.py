"""One client's session: what it subscribed to, what was sent of it, and frames on their way.

A session begins when a client opens its stream, and the first frame names it. ``send_changes`` is called by
each subscription and by each tick: it compares the subscribed resources with what was sent last (``_sent``)
and queues one event with all that is different. The stream takes frames from ``next_frame`` until there is an
end (None). When the stream breaks, the session lingers and counts for some time, as ``is_streaming`` is False
then; when the device hangs up, or the client reads too slowly, the stream ends and the session is forgotten.
"""

import asyncio
from collections.abc import Iterable

from micboard_tui.protocols.sscv2.message import Json, News, Opened, write_event
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import Resources, items_of

MAX_QUEUED = 64
"""Frames; a client that takes no more is hung up on."""
LINGERS_S = 30.0
"""A session whose stream broke counts for so long [inference: 6.2 asks to delete it]."""


class ClientSession:
    def __init__(self, uuid: str, resources: Resources) -> None:
        self.uuid = uuid
        self.paths: dict[str, None] = {}
        self.is_streaming = True
        self.left_s = LINGERS_S
        self._resources = resources
        self._sent: dict[str, Json] = {}
        self._sent_lists: set[str] = set()
        """Lists that were sent as a whole."""
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue(MAX_QUEUED)
        self._transport: asyncio.Transport | None = None
        self._put(write_event(Opened(uuid)))

    async def next_frame(self) -> bytes | None:
        """What to send next; None: the end."""
        return await self._frames.get()

    def streams_over(self, transport: asyncio.Transport | None) -> None:
        """What is to be broken when the stream breaks."""
        self._transport = transport

    def cut(self) -> None:
        """Break the stream without an end; the session lingers."""
        self.is_streaming = False
        if self._transport is not None:
            self._transport.abort()

    def hang_up(self) -> None:
        """Let the stream end, whatever is still queued."""
        self.is_streaming = False
        while not self._frames.empty():
            self._frames.get_nowait()
        self._frames.put_nowait(None)

    def subscribe(self, paths: Iterable[str]) -> None:
        """Send each at once and then whenever it changes (docs/reference/protocols/sennheiser.md 6.2)."""
        for path in paths:
            self.paths[path] = None
            for item_path, _ in items_of(self._resources, path):
                self._sent.pop(item_path, None)
            self._sent_lists.discard(path)
        self.send_changes()

    def unsubscribe(self, paths: Iterable[str]) -> None:
        for path in paths:
            self.paths.pop(path, None)

    def send_changes(self) -> None:
        """Send what has changed, in one event."""
        if not self.is_streaming:
            return
        changes: dict[str, Json] = {}
        for path in self.paths:
            if path in self._resources.collections:
                self._add_list_changes(path, changes)
            else:
                for item_path, value in items_of(self._resources, path):
                    if item_path not in self._sent or self._sent[item_path] != value:
                        self._sent[item_path] = changes[item_path] = value
        if changes:
            self._put(write_event(News(tuple(changes.items()))))

    def send_if_read(self, frame: bytes) -> None:
        """Send it unless what was sent before still waits to be read."""
        if self._frames.empty():
            self._put(frame)

    def _add_list_changes(self, path: str, changes: dict[str, Json]) -> None:
        """The whole list first, then items that changed, came ({} first) or went (null).

        Source: docs/reference/protocols/sennheiser.md 6.4.
        """
        items = dict(items_of(self._resources, path))
        if path not in self._sent_lists:
            self._sent_lists.add(path)
            self._sent.update(items)
            changes[path] = list(items.values())
            return
        for item_path, value in items.items():
            if item_path not in self._sent:
                self._sent[item_path] = changes[item_path] = {}
            elif self._sent[item_path] != value:
                self._sent[item_path] = changes[item_path] = value
        prefix = f"{path}/"
        for item_path in [known for known in self._sent if known.startswith(prefix) and known not in items]:
            del self._sent[item_path]
            changes[item_path] = None

    def _put(self, frame: bytes) -> None:
        if self._frames.full():
            self.hang_up()
        else:
            self._frames.put_nowait(frame)
