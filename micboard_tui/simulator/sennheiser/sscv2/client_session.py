"""One client's session: what it subscribed to, what it was told, and frames on their way."""

import asyncio
from collections.abc import Iterable

from micboard_tui.protocols.sscv2.message import Json, News, Opened, write_event
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import Panel, said

MAX_QUEUED = 64
"""Frames; a client that takes no more is hung up on."""
LINGERS_S = 30.0
"""A session whose stream broke counts for so long [inference: 6.2 asks to delete it]."""


class Session:
    """Moved by ``tell``; its stream takes frames from ``next_frame``."""

    def __init__(self, uuid: str, panel: Panel) -> None:
        self.uuid = uuid
        self.paths: dict[str, None] = {}
        self.is_streaming = True
        self.left_s = LINGERS_S
        self._panel = panel
        self._told: dict[str, Json] = {}
        self._whole: set[str] = set()
        """Lists that were told as a whole."""
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue(MAX_QUEUED)
        self._transport: asyncio.Transport | None = None
        self._put(write_event(Opened(uuid)))

    async def next_frame(self) -> bytes | None:
        """What to send next; None: hang up."""
        return await self._frames.get()

    def streams_over(self, transport: asyncio.Transport | None) -> None:
        """What is to be broken when the stream breaks."""
        self._transport = transport

    def cut(self) -> None:
        """Break the stream without a word; the session lingers."""
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
        """Tell each at once and then whenever it changes (docs/reference/protocols/sennheiser.md 6.2)."""
        for path in paths:
            self.paths[path] = None
            for each, _ in said(self._panel, path):
                self._told.pop(each, None)
            self._whole.discard(path)
        self.tell()

    def unsubscribe(self, paths: Iterable[str]) -> None:
        for path in paths:
            self.paths.pop(path, None)

    def tell(self) -> None:
        """Send what has changed, in one event."""
        if not self.is_streaming:
            return
        news: dict[str, Json] = {}
        for path in self.paths:
            if path in self._panel.collections:
                self._tell_list(path, news)
            else:
                for each, value in said(self._panel, path):
                    if each not in self._told or self._told[each] != value:
                        self._told[each] = news[each] = value
        if news:
            self._put(write_event(News(tuple(news.items()))))

    def _tell_list(self, path: str, news: dict[str, Json]) -> None:
        """The whole list first, then items that changed, came ({} first) or went (null).

        Source: docs/reference/protocols/sennheiser.md 6.4.
        """
        items = dict(said(self._panel, path))
        if path not in self._whole:
            self._whole.add(path)
            self._told.update(items)
            news[path] = list(items.values())
            return
        for each, value in items.items():
            if each not in self._told:
                self._told[each] = news[each] = {}
            elif self._told[each] != value:
                self._told[each] = news[each] = value
        for gone in [each for each in self._told if each.startswith(f"{path}/") and each not in items]:
            del self._told[gone]
            news[gone] = None

    def _put(self, frame: bytes) -> None:
        if self._frames.full():
            self.hang_up()
        else:
            self._frames.put_nowait(frame)
