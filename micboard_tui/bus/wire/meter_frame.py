"""The meters of devices as they are sent: of one that is followed, and of many in a sweep.

A frame tells of which publisher it is and since which entry of the device it holds, so that a reader takes
nothing that an entry has made past.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from micboard_tui.bus.wire.compression import compress, expand
from micboard_tui.bus.wire.meter_row import MeterRow
from micboard_tui.bus.wire.value_codec import WireError

RUNS = 128
"""So many numbers of processes take one byte."""
TOKENS = 128
"""The same of tokens: a frame has what remains of its token, which with the process tells owners apart."""


class FrameHead(NamedTuple):
    """Which entry of the device a frame continues."""

    run: int
    """Tells the process that sent it from the one that was there before; less than ``RUNS``."""
    token: int
    """Grows whenever the device gets another owner."""
    entry: int
    """The number of the last entry of the device that this process decided to write; they only grow."""

    @property
    def brief(self) -> "FrameHead":
        """As it stands in frames that are sent ten times a second."""
        return FrameHead(self.run, self.token % TOKENS, self.entry)

    def continues(self, entry: "FrameHead") -> bool:
        """Whether a frame with this head belongs to that entry, or follows it."""
        is_of_owner = self.run == entry.run and self.token % TOKENS == entry.token % TOKENS
        return is_of_owner and self.entry >= entry.entry


class MeterFrame(msgspec.Struct, array_like=True, frozen=True):
    """Channels of a device that changed, or all of them. Newer fields come last and have a default."""

    run: int
    token: int
    entry: int
    at: float
    """The moment from which the rows count, seconds since the epoch: when the device last sent any of it.

    0: it has sent nothing.
    """
    rows: tuple[MeterRow, ...]

    @property
    def head(self) -> FrameHead:
        return FrameHead(self.run, self.token, self.entry)


class SweptDevice(msgspec.Struct, array_like=True, frozen=True):
    """A device in a sweep, with all its channels."""

    digest: bytes
    """``subjects.device_digest`` of its id."""
    frame: MeterFrame
    """Its moment is when the device was last seen."""


_encoder = msgspec.msgpack.Encoder()
_frame_decoder = msgspec.msgpack.Decoder(MeterFrame)
_sweep_decoder = msgspec.msgpack.Decoder(list[SweptDevice])

FrameParts = Sequence[Any]
"""A frame before it is encoded: lists take a third of the time that structures take."""


def make_frame(head: FrameHead, at: float, rows: Sequence[Any]) -> FrameParts:
    """A frame of rows that ``make_row`` made for the same moment."""
    return (*head, at, rows)


def make_swept(digest: bytes, frame: FrameParts) -> Sequence[Any]:
    """The part of a sweep that is about one device."""
    return (digest, frame)


def encode_frame(frame: FrameParts) -> bytes:
    return _encoder.encode(frame)


def encode_sweep(devices: Iterable[Sequence[Any]]) -> bytes:
    return compress(_encoder.encode(list(devices)))


def decode_frame(payload: bytes) -> MeterFrame:
    """Raises WireError."""
    try:
        return _frame_decoder.decode(payload)
    except msgspec.MsgspecError as error:
        raise WireError(str(error)) from error


def decode_sweep(payload: bytes) -> Sequence[SweptDevice]:
    """Raises WireError."""
    try:
        return _sweep_decoder.decode(expand(payload))
    except msgspec.MsgspecError as error:
        raise WireError(str(error)) from error
