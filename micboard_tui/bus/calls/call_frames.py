"""The messages of a call.

A call is a ``CallRequest`` with an inbox to answer to. What comes there is a stream: a frame that says that
it is still being worked on, every second, and where the method reports its progress, frames with that; the
last one has the answer. What is large is compressed.

What changes something is only taken at first: the first frame has the name of the program that took it, and
it begins when a ``FollowUp`` names that program. So it may be sent again to another one while none has taken
it, as when the first one stands still, and is begun by one alone.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

import anyio.to_thread

from micboard_tui.bus.wire.compression import compress, expand
from micboard_tui.bus.wire.value_codec import ValueCodec, WireError, codec_of
from micboard_tui.contracts.origin import Origin

MAX_ARGUMENTS: Final = 6 * 1024 * 1024
"""Bytes of all of them: the largest file that can be imported, and some room."""
_MAX_REQUEST = MAX_ARGUMENTS + 64 * 1024
_THREAD_FROM = 256 * 1024
"""Bytes; to compress more takes so long that readings would wait for it."""


class CallRequest(NamedTuple):
    call_id: str
    """Another one for each call of a user, and the same one when it is sent again."""
    arguments: Mapping[str, bytes] = {}
    """Each as its own codec writes it, without those that have their default."""
    wants_progress: bool = False
    waits: bool = False
    """It is only taken, and begins when a ``FollowUp`` says so."""
    origin: Origin = Origin()
    """From where it comes, as its sender says."""


class FollowUp(NamedTuple):
    """Sent after a call."""

    call_id: str
    is_cancelled: bool = False
    """Else: what comes of it is to be sent to the inbox of this message, from now on."""
    begins_at: str = ""
    """The program that took it and is to begin it, unless it has; empty: none is."""


REQUESTS: Final[ValueCodec[CallRequest]] = codec_of(CallRequest)
FOLLOW_UPS: Final[ValueCodec[FollowUp]] = codec_of(FollowUp)


class FrameKind(Enum):
    """The first byte of what comes to the inbox."""

    TAKEN = b"t"
    """With the name of the program, which is another one for each run."""
    WORKING = b"w"
    PROGRESS = b"p"
    ANSWER = b"a"


class Frame(NamedTuple):
    kind: FrameKind
    content: bytes = b""


WORKING = FrameKind.WORKING.value


async def pack_request(request: CallRequest) -> bytes:
    """What is sent for it."""
    return await _compress(REQUESTS.encode(request))


def unpack_request(payload: bytes) -> CallRequest:
    """Raises WireError."""
    expanded = expand(payload)
    if len(expanded) > _MAX_REQUEST:
        raise WireError(f"{len(expanded)} bytes are too many")
    return REQUESTS.decode(expanded)


async def pack_frame(kind: FrameKind, content: bytes) -> bytes:
    """What is sent for it."""
    return kind.value + await _compress(content)


def unpack_frame(payload: bytes) -> Frame:
    """Raises WireError."""
    try:
        kind = FrameKind(payload[:1])
    except ValueError as error:
        raise WireError(f"there is no frame {payload[:1]!r}") from error
    return Frame(kind, expand(payload[1:]))


async def _compress(content: bytes) -> bytes:
    if len(content) < _THREAD_FROM:
        return compress(content)
    return await anyio.to_thread.run_sync(compress, content)
