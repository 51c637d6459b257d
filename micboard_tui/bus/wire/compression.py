"""Large payloads are compressed, against what they have in common: names of fields, and usual words."""

import zlib

from micboard_tui.bus.connection import MAX_PAYLOAD
from micboard_tui.bus.wire.typical_entries import TYPICAL_PAYLOAD
from micboard_tui.bus.wire.value_codec import WireError

COMPRESSED_FROM = 1024
"""Bytes; what is smaller is sent as it is."""
MAX_EXPANDED = 8 * MAX_PAYLOAD
"""Bytes; what would become larger is no payload of ours."""
_MARK = 0x78
"""The first byte of compressed data. In msgpack it is a number, which has no second byte."""


def compress(payload: bytes, least: int = COMPRESSED_FROM) -> bytes:
    """The payload as it is sent; what has fewer bytes than ``least`` stays as it is."""
    if len(payload) < least:
        return payload
    compressor = zlib.compressobj(1, zdict=TYPICAL_PAYLOAD)
    return compressor.compress(payload) + compressor.flush()


def expand(sent: bytes) -> bytes:
    """The payload that was sent. Raises WireError."""
    if len(sent) < 2 or sent[0] != _MARK:  # noqa: PLR2004 - the mark and more
        return sent
    expander = zlib.decompressobj(zdict=TYPICAL_PAYLOAD)
    try:
        payload = expander.decompress(sent, MAX_EXPANDED)
    except zlib.error as error:
        raise WireError(f"damaged: {error}") from error
    if not expander.eof:
        raise WireError("it is cut off, or too large")
    return payload
