"""Advertisements in SLPv2 datagrams, and back (docs/reference/protocols/shure.md 13.1).

Everything is read from the attribute list. A header with wrong lengths is tolerated, because only the
header of one model has been documented.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address

GROUP, PORT = "239.255.254.253", 8427
VERSION, ATTRIBUTE_REPLY = 2, 7
MAX_DATAGRAM = 8 * 1024
"""Longer datagrams are ignored; real advertisements have less than 500 bytes."""
MAX_TEXT = 128
"""Characters kept of a name or a model."""

_CID_TAIL = "-0000-11DD-A000-000EDDCCCCCC"
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
    """A unit's description of itself. None: missing, or malformed."""

    model: str | None = None
    name: str | None = None
    """The name given by the user."""
    cid: str | None = None
    """The id of this unit; upper-case."""
    dcid: str | None = None
    """The id of its model and band; upper-case."""
    address: str | None = None
    """The IPv4 address that it is configured with."""

    @property
    def mac(self) -> str | None:
        """The unit's MAC address; None when the cid does not contain one.

        Source: docs/reference/protocols/shure.md 13.1.
        """
        if self.cid is None or not self.cid.startswith("DD"):
            return None
        tail = self.cid[2:8]
        return ":".join(("00", "0E", "DD", tail[:2], tail[2:4], tail[4:6]))


def cid_of(mac: str) -> str:
    """The cid of the unit with this MAC address (docs/reference/protocols/shure.md 13.1)."""
    return f"DD{''.join(mac.upper().split(':')[3:])}{_CID_TAIL}"


def parse(datagram: bytes) -> Advertisement | None:
    """The advertisement in ``datagram``; None when it holds none. Never raises."""
    if len(datagram) > MAX_DATAGRAM or datagram[:1] != bytes([VERSION]):
        return None
    text = _find_attribute_list(datagram)
    attributes = _parse_attributes(text)
    dcid = _DCID.search(text)
    cid = _CID.fullmatch(attributes.get("cid", ""))
    advertisement = Advertisement(
        attributes.get("acn-fctn") or None,
        attributes.get("acn-uacn") or None,
        cid[0].upper() if cid else None,
        dcid[1].decode("ascii").upper() if dcid else None,
        _find_address(text),
    )
    # Requests for services arrive on the same socket, ours and those of other programs.
    return advertisement if advertisement.model or advertisement.dcid else None


def encode(advertisement: Advertisement) -> bytes:
    """The datagram that carries ``advertisement``, as a QLXD4 sends it."""
    parts = [
        (b"cid", advertisement.cid and advertisement.cid.encode("ascii")),
        (b"acn-fctn", advertisement.model and _escape(advertisement.model)),
        (b"acn-uacn", advertisement.name and _escape(advertisement.name)),
        (b"acn-services", b"esta.dmp"),
        (b"csl-esta.dmp", _encode_services(advertisement)),
        (b"device-description", _encode_description(advertisement)),
    ]
    text = b",".join(b"(%b=%b)" % (name, value) for name, value in parts if value)
    head = bytes([VERSION, ATTRIBUTE_REPLY])
    total = _HEADER + len(_LANGUAGE) + 4 + len(text) + 1
    rest = (
        bytes(7)
        + _encode_16_bits(len(_LANGUAGE))
        + _LANGUAGE
        + bytes(2)
        + _encode_16_bits(len(text))
        + text
        + b"\0"
    )
    return head + total.to_bytes(3, "big") + rest


def _encode_16_bits(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _encode_services(advertisement: Advertisement) -> bytes | None:
    services = [f"esta.sdt/{advertisement.address}:57383"] if advertisement.address else []
    services += [f"esta.dmp/cd:{advertisement.dcid}"] if advertisement.dcid else []
    return ";".join(services).encode("ascii") or None


def _encode_description(advertisement: Advertisement) -> bytes | None:
    """Where the unit's DDL file would be; a known client reads no DCID without it behind.

    Source: docs/reference/protocols/shure.md 19.
    """
    address = advertisement.address
    return f"$:tftp://{address}/$.ddl".encode("ascii") if address else None


def _find_attribute_list(datagram: bytes) -> bytes:
    """The attribute list, by the lengths in the header; everything after the version if they are invalid."""
    if datagram[1:2] == bytes([ATTRIBUTE_REPLY]) and len(datagram) > _HEADER:
        start = _HEADER + int.from_bytes(datagram[12:14], "big") + 4
        size = int.from_bytes(datagram[start - 2 : start], "big")
        if 0 < size <= len(datagram) - start:
            return datagram[start : start + size]
    return datagram[1:]


def _parse_attributes(text: bytes) -> dict[str, str]:
    """Values by name. A user's name may hold brackets and commas that were not escaped."""
    start, end = text.find(b"("), text.rfind(b")")
    if start < 0 or end < start:
        return {}
    attributes: dict[str, str] = {}
    for pair in text[start + 1 : end].split(b"),("):
        name, is_pair, value = pair.partition(b"=")
        if is_pair:
            attributes.setdefault(name.decode("ascii", "replace").strip().lower(), _unescape(value))
    return attributes


def _unescape(value: bytes) -> str:
    raw = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), value)
    return raw.decode("utf-8", "replace").strip(" \0")[:MAX_TEXT].rstrip(" \0")


def _escape(text: str) -> bytes:
    return _RESERVED.sub(lambda match: b"\\%02X" % match[0][0], text.encode("utf-8", "replace"))


def _find_address(text: bytes) -> str | None:
    if (match := _ADDRESS.search(text)) is None:
        return None
    try:
        address = IPv4Address(match[1].decode("ascii"))
    except ValueError:
        return None
    return None if address.is_unspecified or address.is_multicast else str(address)
