"""Columns of small integers in one compressed piece: bytes of equal rank side by side, then zlib.

Bytes of equal rank are alike from channel to channel and from second to second, so they compress to a
third of what rows do (docs/explanation/recorder.md).
"""

import sys
import zlib
from array import array
from collections.abc import Sequence
from struct import calcsize, pack

_SIZES = {code: calcsize(f"<{code}") for code in "bBhHi"}


class DamagedRecordingError(ValueError):
    """A blob that is cut, damaged, of another form, or of another channel order."""


def pack_planes(codes: str, columns: Sequence[Sequence[int]], level: int) -> bytes:
    """Columns of equal length; ``codes`` are those of ``struct``, one a column, ``level`` is that of zlib."""
    planes: list[bytes] = []
    for code, column in zip(codes, columns, strict=True):
        raw = pack(f"<{len(column)}{code}", *column)
        size = _SIZES[code]
        planes += [raw[rank::size] for rank in range(size)]
    return zlib.compress(b"".join(planes), level)


def unpack_planes(codes: str, count: int, packed: bytes) -> Sequence[Sequence[int]]:
    """The columns of ``count`` values that were packed; no more memory is taken than they need.

    Raises DamagedRecordingError.
    """
    total = count * sum(map(_SIZES.__getitem__, codes))
    inflater = zlib.decompressobj()
    try:
        planes = inflater.decompress(packed, total + 1)
    except zlib.error as error:
        raise DamagedRecordingError("the recording is damaged") from error
    if len(planes) != total or not inflater.eof:
        raise DamagedRecordingError("the recording is cut or too long")
    columns: list[Sequence[int]] = []
    position = 0
    for code in codes:
        size = _SIZES[code]
        if size == 1:
            raw: bytes | bytearray = planes[position : position + count]
            position += count
        else:
            raw = bytearray(count * size)
            for rank in range(size):
                raw[rank::size] = planes[position : position + count]
                position += count
        # An array, since often only a few of the values are looked at.
        column = array(code)
        column.frombytes(raw)
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column)
    return columns
