"""Answers that are written already: joined, hashed and compressed once, where that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fastapi import Request, Response

from micboard_tui.api.answers import answer_written, compress, etag_of


@dataclass(frozen=True)
class WrittenPage:
    """``head`` is the document without its entries, which stand in ``member``."""

    head: bytes
    member: str
    bodies: Sequence[bytes]
    next_cursor: str | None

    @cached_property
    def etag(self) -> str:
        """Another one for other entries; not for another moment."""
        return etag_of(b"".join((*self.bodies, (self.next_cursor or "").encode())))

    @cached_property
    def body(self) -> bytes:
        """The whole document."""
        return self.head[:-1] + f',"{self.member}":['.encode() + b",".join(self.bodies) + b"]}"

    @cached_property
    def compressed(self) -> bytes:
        """The whole document by gzip."""
        return compress(self.body)

    def answer(self, request: Request) -> Response:
        """Send it; 304 without a body when the client has it already."""
        return answer_written(request, self.etag, lambda: self.body, lambda: self.compressed)


@dataclass(frozen=True)
class WrittenDocument:
    """A document that several readers are answered."""

    body: bytes

    @cached_property
    def etag(self) -> str:
        return etag_of(self.body)

    @cached_property
    def compressed(self) -> bytes:
        return compress(self.body)

    def answer(self, request: Request) -> Response:
        """Send it; 304 without a body when the client has it already."""
        return answer_written(request, self.etag, lambda: self.body, lambda: self.compressed)
