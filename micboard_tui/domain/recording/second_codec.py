"""One blob a second for all channels.

A blob has a head (form, number of channels, check of the order) and the packed summaries. Which channel
stands where is the channel order, which is stored once for many blobs; a blob read by another order is
refused. An order only grows, so that the columns of earlier seconds stay right when a channel comes.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from struct import Struct

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.byte_planes import DamagedRecordingError
from micboard_tui.domain.recording.summary_columns import Columns, pack_columns, unpack_columns

CHANNELS_LIMIT = 4096
"""Channels in one blob."""

_FORM = 1
_HEAD = Struct("<BHI")


@dataclass(frozen=True)
class ChannelOrder:
    """Which channel stands where in the columns of a second."""

    refs: tuple[ChannelRef, ...] = ()

    @cached_property
    def index(self) -> dict[ChannelRef, int]:
        """The place of each channel."""
        return {ref: index for index, ref in enumerate(self.refs)}

    @cached_property
    def check(self) -> int:
        """A number that differs from one order to another."""
        return zlib.crc32("\n".join(f"{ref.device_id}/{ref.number}" for ref in self.refs).encode())

    def extend(self, refs: Iterable[ChannelRef]) -> "ChannelOrder":
        """This order itself, or a new one with the channels that it lacks at its end, up to the limit."""
        index = self.index
        missing = tuple(dict.fromkeys(ref for ref in refs if ref not in index))
        return ChannelOrder((self.refs + missing)[:CHANNELS_LIMIT]) if missing else self


def encode_second(columns: Columns, order: ChannelOrder) -> bytes:
    """The blob of one second; the columns have one summary for each channel of the order."""
    packed = pack_columns(columns, level=1)
    return _HEAD.pack(_FORM, len(order.refs), order.check) + packed


def decode_second(blob: bytes, order: ChannelOrder) -> Columns:
    """The summaries of all channels of the order. Raises DamagedRecordingError."""
    count = len(order.refs)
    if len(blob) < _HEAD.size or _HEAD.unpack_from(blob) != (_FORM, count, order.check):
        raise DamagedRecordingError("the second is of another form or another channel order")
    return unpack_columns(blob[_HEAD.size :], count)
