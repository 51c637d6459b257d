"""Checks names, notes, hosts, ports and fingerprints as they are typed.

What cannot be taken raises MicboardError INVALID_VALUE with a hint that says what can.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.domain.event import MAX_ACTOR
from micboard_tui.domain.fingerprint import parse_fingerprint
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.value_ranges import MAX_HOST, MAX_NAME, MAX_NOTE, MAX_PORT
from micboard_tui.domain.zone import MAX_ZONE, parse_zone

_BLANKS = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_SCOPE = re.compile(r"[^%]*(?:%[A-Za-z0-9_.-]{1,32})?", re.ASCII)
# The system takes numbers for addresses, also hexadecimal ones.
_ADDRESS_LIKE = re.compile(r"[0-9.]+|(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*|.*:.*", re.ASCII)

_THIS_NETWORK = IPv4Network("0.0.0.0/8")
"""Its addresses are a host's own while it has no other."""


def clean_actor(actor: str) -> str:
    """The name of a person who acts, as it is written down: the same person always gives the same name."""
    return visible(actor)[:MAX_ACTOR]


def clean_name(name: str, what: str) -> str:
    """``name`` without blanks around it, and with single ones in it. ``what`` it names is for the error."""
    cleaned = clean_text(single_blanks(name), "A name")
    if cleaned is None:
        raise invalid_value_error(f"{what} needs a name", "Give it at least one character")
    return cleaned


def single_blanks(text: str) -> str:
    """The text with one space for each run of blanks of any kind; line breaks and tabs stay."""
    return _BLANKS.sub(" ", text)


def clean_text(text: str, what: str, limit: int = MAX_NAME) -> str | None:
    """The same for a text that may be left out: ``text`` without blanks around it, None for the empty one."""
    trimmed = text.strip()
    if len(trimmed) > limit:
        raise invalid_value_error(f"{what} of {len(trimmed)} characters is too long", f"Use {limit} at most")
    if visible(trimmed) != trimmed:
        raise invalid_value_error(
            f"{what} '{visible(trimmed)}' holds characters that cannot be shown",
            "Use letters, digits, spaces and signs, on one line",
        )
    return trimmed or None


def clean_note(note: str) -> str | None:
    """A note about a performer or a channel; None for the empty one."""
    return clean_text(note, "A note", MAX_NOTE)


def clean_zone(zone: str) -> str:
    """A zone in small letters; the default one for the empty text."""
    if (parsed := parse_zone(zone)) is None:
        raise invalid_value_error(
            f"'{visible(zone)[:MAX_ZONE]}' cannot be the name of a zone",
            f"Use up to {MAX_ZONE} letters, digits, - and _, as foh or stage-2",
        )
    return parsed


def clean_host(host: str) -> str:
    """An address in its usual form, or a host name in small letters."""
    trimmed = host.strip()
    if trimmed.startswith("[") and trimmed.endswith("]"):
        trimmed = trimmed[1:-1]
    if (address := _address(trimmed)) is not None:
        if _is_of_many(address):
            raise invalid_value_error(
                f"{address} is not the address of one device", "Give the device's own address"
            )
        return str(address)
    name = trimmed.lower().removesuffix(".")
    labels = name.split(".")
    if (
        not name
        or len(name) > MAX_HOST
        or _ADDRESS_LIKE.fullmatch(name)
        or not all(map(_LABEL.fullmatch, labels))
    ):
        raise invalid_value_error(
            f"'{visible(trimmed[:MAX_HOST])}' is not a host" if trimmed else "The address is empty",
            "Give an address like 192.168.1.20 or a name like rack-a.local; a port is given separately",
        )
    return name


def clean_port(port: int) -> int:
    if not 1 <= port <= MAX_PORT:
        raise invalid_value_error(
            f"{port} is not a port", f"Use 1 to {MAX_PORT}, or leave it out for the usual one"
        )
    return port


def clean_fingerprint(text: str) -> str | None:
    """64 lower-case hex digits; None for the empty text."""
    if not text.strip():
        return None
    if (fingerprint := parse_fingerprint(text)) is None:
        raise invalid_value_error(
            f"'{visible(text[:MAX_NAME])}' is not a SHA-256 fingerprint of a certificate",
            "It has 64 hex digits, with or without colons",
        )
    return fingerprint


def is_address(host: str) -> bool:
    """Whether ``host`` needs no name service."""
    return _address(host) is not None


def _is_of_many(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is the address of a group, of all, or of none."""
    inner = getattr(address, "ipv4_mapped", None) or address
    is_broadcast = inner.version == 4 and inner.is_reserved  # noqa: PLR2004 - the version of the protocol
    is_of_this_network = inner in _THIS_NETWORK
    return inner.is_unspecified or inner.is_multicast or is_broadcast or is_of_this_network


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        # The library takes anything at all for the scope of an address.
        return ip_address(host) if _SCOPE.fullmatch(host) else None
    except ValueError:
        return None
