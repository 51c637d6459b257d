"""Bodies of answers: each is hashed and compressed once, however many clients are sent it."""

import gzip
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property, partial
from hashlib import blake2b

import anyio
import anyio.lowlevel
import anyio.to_thread

GZIP_FROM_BYTES = 1000
GZIP_LEVEL = 4
THREAD_FROM_BYTES = 50_000
"""To compress more takes longer than a millisecond, and so is done beside the event loop."""
COMPRESSED_AT_A_TIME = 2

_limiter: anyio.lowlevel.RunVar[anyio.CapacityLimiter] = anyio.lowlevel.RunVar("compressing")


def etag_of(body: bytes) -> str:
    """Another one for each other body."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


async def compress(body: bytes) -> bytes:
    """By gzip; the same body gives the same bytes. A long one is compressed in a thread."""
    write = partial(gzip.compress, body, GZIP_LEVEL, mtime=0)
    if len(body) < THREAD_FROM_BYTES:
        return write()
    return await anyio.to_thread.run_sync(write, limiter=_find_limiter())


def _find_limiter() -> anyio.CapacityLimiter:
    if (limiter := _limiter.get(None)) is None:
        limiter = anyio.CapacityLimiter(COMPRESSED_AT_A_TIME)
        _limiter.set(limiter)
    return limiter


class WrittenBody(ABC):
    """What several clients may be answered."""

    def __init__(self) -> None:
        self._compressed: bytes | None = None
        self._lock = anyio.Lock()

    @property
    @abstractmethod
    def body(self) -> bytes:
        """As it is sent to a client that takes no compression."""

    @cached_property
    def etag(self) -> str:
        """Another one for each other content."""
        return etag_of(self.body)

    async def compressed(self) -> bytes:
        """The whole body by gzip."""
        async with self._lock:
            if self._compressed is None:
                self._compressed = await compress(self.body)
        return self._compressed


class WrittenDocument(WrittenBody):
    """A document as it was written."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._body = body

    @property
    def body(self) -> bytes:
        """The document."""
        return self._body


class WrittenPage(WrittenBody):
    """Some entries of a list. ``head`` is the document without them; they stand in ``member``."""

    def __init__(self, head: bytes, member: str, bodies: Sequence[bytes], next_cursor: str | None) -> None:
        super().__init__()
        self._head, self._member, self._bodies, self._next_cursor = head, member, bodies, next_cursor

    @cached_property
    def etag(self) -> str:
        """Another one for other entries; not for another moment."""
        return etag_of(b"".join((*self._bodies, (self._next_cursor or "").encode())))

    @cached_property
    def body(self) -> bytes:
        """The whole document."""
        return self._head[:-1] + f',"{self._member}":['.encode() + b",".join(self._bodies) + b"]}"
