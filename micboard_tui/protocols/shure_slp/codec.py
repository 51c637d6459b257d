"""Advertisements in SLPv2 datagrams, and back (docs/reference/protocols/shure.md 13.1).

Everything is taken from the attribute list; a header that does not fit is no reason to be deaf, since
only that of one model was ever seen.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address

GROUP, PORT = "239.255.254.253", 8427
VERSION, ATTRIBUTE_REPLY = 2, 7
MAX_DATAGRAM = 8 * 1024
"""What is longer is no advertisement; the real ones have less than 500 bytes."""
MAX_TEXT = 128
"""Characters kept of a name or a model."""

_HEADER = 14
_LANGUAGE = b"en"
_DCID = re.compile(rb"cd:([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")
_ADDRESS = re.compile(rb"esta\.sdt/(\d{1,3}(?:\.\d{1,3}){3}):")
_CID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# RFC 2608 5.0 writes what would end a value as a backslash and two hex digits.
_ESCAPED = re.compile(rb"\\([0-9A-Fa-f]{2})")
_RESERVED = re.compile(rb"[(),\\!<=>~\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a unit says of itself. None: it does not say, or not in a form that can be believed."""

    model: str | None = None
    name: str | None = None
    """The one that its user gave it."""
    cid: str | None = None
    """Of this one unit; upper-case."""
    dcid: str | None = None
    """Of its kind: model and band; upper-case."""
    address: str | None = None
    """The IPv4 address that it believes to have."""

    @property
    def mac(self) -> str | None:
        """The unit's MAC address; None when the cid is not made of one.

        Source: docs/reference/protocols/shure.md 13.1.
        """
        if self.cid is None or not self.cid.startswith("DD"):
            return None
        tail = self.cid[2:8]
        return ":".join(("00", "0E", "DD", tail[:2], tail[2:4], tail[4:6]))


def parse(datagram: bytes) -> Advertisement | None:
    """The advertisement in ``datagram``; None when it is none. Raises nothing."""
    if len(datagram) > MAX_DATAGRAM or datagram[:1] != bytes([VERSION]):
        return None
    text = _attribute_list(datagram)
    told = _attributes(text)
    dcid = _DCID.search(text)
    cid = _CID.fullmatch(told.get("cid", ""))
    found = Advertisement(
        told.get("acn-fctn") or None,
        told.get("acn-uacn") or None,
        cid[0].upper() if cid else None,
        dcid[1].decode("ascii").upper() if dcid else None,
        _address(text),
    )
    # Requests for services come by the same way, ours and those of other programs.
    return found if found.model or found.dcid else None


def encode(said: Advertisement) -> bytes:
    """The datagram that carries ``said``, as a QLXD4 sends it."""
    parts = [
        (b"cid", said.cid and said.cid.encode("ascii")),
        (b"acn-fctn", said.model and _escape(said.model)),
        (b"acn-uacn", said.name and _escape(said.name)),
        (b"acn-services", b"esta.dmp"),
        (b"csl-esta.dmp", _services(said)),
    ]
    text = b",".join(b"(%b=%b)" % (name, value) for name, value in parts if value)
    head = bytes([VERSION, ATTRIBUTE_REPLY])
    total = _HEADER + len(_LANGUAGE) + 4 + len(text) + 1
    rest = bytes(7) + _two(len(_LANGUAGE)) + _LANGUAGE + bytes(2) + _two(len(text)) + text + b"\0"
    return head + total.to_bytes(3, "big") + rest


def _two(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _services(said: Advertisement) -> bytes | None:
    told = [f"esta.sdt/{said.address}:57383"] if said.address else []
    told += [f"esta.dmp/cd:{said.dcid}"] if said.dcid else []
    return ";".join(told).encode("ascii") or None


def _attribute_list(datagram: bytes) -> bytes:
    """What the header says is the list; all the rest where it says something that cannot be."""
    if datagram[1:2] == bytes([ATTRIBUTE_REPLY]) and len(datagram) > _HEADER:
        start = _HEADER + int.from_bytes(datagram[12:14], "big") + 4
        size = int.from_bytes(datagram[start - 2 : start], "big")
        if 0 < size <= len(datagram) - start:
            return datagram[start : start + size]
    return datagram[1:]


def _attributes(text: bytes) -> dict[str, str]:
    """Names and values. A user's name may hold brackets and commas that nobody escaped."""
    start, end = text.find(b"("), text.rfind(b")")
    if start < 0 or end < start:
        return {}
    told: dict[str, str] = {}
    for piece in text[start + 1 : end].split(b"),("):
        name, is_pair, value = piece.partition(b"=")
        if is_pair:
            told.setdefault(name.decode("ascii", "replace").strip().lower(), _plain(value))
    return told


def _plain(value: bytes) -> str:
    raw = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), value)
    return raw.decode("utf-8", "replace").strip(" \0")[:MAX_TEXT].rstrip(" \0")


def _escape(text: str) -> bytes:
    return _RESERVED.sub(lambda match: b"\\%02X" % match[0][0], text.encode("utf-8", "replace"))


def _address(text: bytes) -> str | None:
    if (match := _ADDRESS.search(text)) is None:
        return None
    try:
        address = IPv4Address(match[1].decode("ascii"))
    except ValueError:
        return None
    return None if address.is_unspecified or address.is_multicast else str(address)
