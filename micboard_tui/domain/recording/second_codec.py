"""One blob a second for all channels, and the packing of summaries that chunks share.

A blob has a head (form, number of channels, check of the order) and the packed summaries. Which channel
stands where is the channel order, which is stored once for many blobs; a blob read by another order is
refused. Bytes of equal rank stand side by side before they are compressed: they are alike from channel to
channel (docs/explanation/recorder.md).
"""

import zlib
from collections.abc import Mapping, Sequence
from struct import Struct

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary, LevelSummary

CHANNELS_LIMIT = 4096
"""Channels in one blob."""
COUNT_LIMIT = 0xFFFF

_FORM = 1
_HEAD = Struct("<BHI")
_SUMMARY = Struct("<hihHhihHhihHBBHH")
_UNKNOWN_BYTE = 0xFF


class DamagedRecordingError(ValueError):
    """A blob that is cut, damaged, of another form, or of another channel order."""


def encode_second(summaries: Mapping[ChannelRef, ChannelSummary], order: Sequence[ChannelRef]) -> bytes:
    """The blob of one second; channels without a summary are empty, those outside the order are left out."""
    if len(order) > CHANNELS_LIMIT:
        raise ValueError(f"more than {CHANNELS_LIMIT} channels in one second")
    packed = pack_summaries([summaries.get(ref, EMPTY) for ref in order], level=1)
    return _HEAD.pack(_FORM, len(order), order_check(order)) + packed


def decode_second(blob: bytes, order: Sequence[ChannelRef]) -> dict[ChannelRef, ChannelSummary]:
    """The summaries of the channels of which something was received."""
    if len(blob) < _HEAD.size or _HEAD.unpack_from(blob) != (_FORM, len(order), order_check(order)):
        raise DamagedRecordingError("the second is of another form or another channel order")
    summaries = unpack_summaries(blob[_HEAD.size :], len(order))
    return {ref: summary for ref, summary in zip(order, summaries, strict=True) if summary != EMPTY}


def order_check(order: Sequence[ChannelRef]) -> int:
    """A number that differs from one channel order to another."""
    return zlib.crc32("\n".join(f"{ref.device_id}/{ref.number}" for ref in order).encode())


def pack_summaries(summaries: Sequence[ChannelSummary], *, level: int) -> bytes:
    """All summaries in one compressed piece; ``level`` is that of zlib."""
    rows = b"".join([_pack(summary) for summary in summaries])
    return zlib.compress(b"".join([rows[rank :: _SUMMARY.size] for rank in range(_SUMMARY.size)]), level)


def unpack_summaries(packed: bytes, count: int) -> list[ChannelSummary]:
    """The ``count`` summaries that were packed; no more memory is taken than they need."""
    size = count * _SUMMARY.size
    inflater = zlib.decompressobj()
    try:
        columns = inflater.decompress(packed, size + 1)
    except zlib.error as error:
        raise DamagedRecordingError("the recording is damaged") from error
    if len(columns) != size or not inflater.eof:
        raise DamagedRecordingError("the recording is cut or too long")
    rows = bytearray(size)
    for rank in range(_SUMMARY.size):
        rows[rank :: _SUMMARY.size] = columns[rank * count : (rank + 1) * count]
    return [_unpack(values) for values in _SUMMARY.iter_unpack(rows)]


def _pack(summary: ChannelSummary) -> bytes:
    rf_a, rf_b, audio, quality, charge, flags, readings = summary
    if readings > COUNT_LIMIT:
        rf_a, rf_b, audio, readings = _limit(rf_a), _limit(rf_b), _limit(audio), COUNT_LIMIT
    return _SUMMARY.pack(
        *rf_a,
        *rf_b,
        *audio,
        _UNKNOWN_BYTE if quality is None else quality,
        _UNKNOWN_BYTE if charge is None else charge,
        flags,
        readings,
    )


def _unpack(values: tuple[int, ...]) -> ChannelSummary:
    quality, charge, flags, readings = values[12:]
    return ChannelSummary(
        LevelSummary(*values[0:4]),
        LevelSummary(*values[4:8]),
        LevelSummary(*values[8:12]),
        None if quality == _UNKNOWN_BYTE else quality,
        None if charge == _UNKNOWN_BYTE else charge,
        flags,
        readings,
    )


def _limit(level: LevelSummary) -> LevelSummary:
    """The same mean with as many readings as 16 bits can count."""
    if level.known <= COUNT_LIMIT:
        return level
    return level._replace(total=round(level.total / level.known * COUNT_LIMIT), known=COUNT_LIMIT)
