"""Until when a certificate holds: the one field of X.509 that neither a hash nor the standard library gives.

The standard library reads the fields of a certificate only where an authority vouches for it, and devices
sign theirs themselves. Source: RFC 5280 4.1.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

_SEQUENCE, _CONTEXT_0, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
_FORMATS = {_UTC_TIME: "%y%m%d%H%M%SZ", _GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}
_VALIDITY = 3
"""Its place in what is signed, after serial number, algorithm and issuer."""
_LONG = 0x80
_PIVOT = 50
"""Of a year with two digits: smaller ones are after 2000."""


class _Part(NamedTuple):
    tag: int
    content: bytes


def find_end(certificate: bytes) -> float | None:
    """Seconds since the epoch; None for what is no certificate. ``certificate``: in DER form."""
    try:
        (whole,) = _parts(certificate)
        signed = list(_parts(next(_parts(whole.content)).content))
        fields = signed[1:] if signed[0].tag == _CONTEXT_0 else signed
        return _moment(list(_parts(fields[_VALIDITY].content)))
    except (ValueError, LookupError, StopIteration):
        return None


def _moment(validity: Sequence[_Part]) -> float:
    _, end = validity
    read = datetime.strptime(end.content.decode("ascii"), _FORMATS[end.tag]).replace(tzinfo=UTC)
    if end.tag == _UTC_TIME:
        year = int(end.content[:2])
        read = read.replace(year=year + (2000 if year < _PIVOT else 1900))
    return read.timestamp()


def _parts(data: bytes) -> Iterator[_Part]:
    """The parts of a sequence. Raises ValueError, IndexError."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & _LONG:
            size = length & ~_LONG
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("cut short")
        yield _Part(tag, data[at : at + length])
        at += length
