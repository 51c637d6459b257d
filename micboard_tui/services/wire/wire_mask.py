"""Hides names, addresses and serial numbers in what passed on the wire.

A name is hidden by another of the same length, the same each time, so that what is equal stays equal and
frames keep their form. Hidden are the values of properties that hold names (as the protocols spell them),
names that are known from the board, and IPv4 and MAC addresses in any place.
"""

import re
from collections.abc import Iterable

SHORTEST_NAME = 3
"""Shorter ones would hide pieces of everything."""

_SHURE_NAMES = re.compile(
    r"((?:CHAN_NAME|DEVICE_ID|DEVICE_NAME|TX_DEVICE_ID|SLOT_TX_DEVICE_ID|NA_DEVICE_NAME|TX_NAME|SERIAL_NUM"
    r"|TX_SERIAL_NUM|MAC_ADDR|LOCATION)(?: \d+)? )(\{[^}]*\}|[^ >]+)"
)
_JSON_NAMES = re.compile(
    r'("(?:name|deviceName|serial|serialNumber|location|ipaddr|netmask|gateway|macs|manual_ipaddr|hostname|label)"\s*:\s*)'
    r'("[^"]*"|\[[^\]]*\])'
)
_SECRETS = re.compile(
    r'("[^"]{0,40}(?:password|passphrase|passwd|secret|apikey|api_key|private_key)[^"]{0,40}"\s*:\s*)"(?:[^"\\]|\\.)*"',
    re.IGNORECASE,
)
_MCP_NAMES = re.compile(r"((?:^|\\x0d)Name )(.*?)(?=\\x0d|$)")
_TEXT = re.compile(r'"([^"]+)"')
_IPV4 = re.compile(r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])")
_MAC = re.compile(r"\b[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}\b")
_NOTHING = frozenset({"", "UNKNOWN", "UNKN", "NONE", "--"})


def hide_secrets(text: str) -> str:
    """The text without what a key of JSON calls a secret, in every recording."""
    return _SECRETS.sub(r'\1"***"', text)


class WireMask:
    """``names`` are those that are known before anything passes."""

    def __init__(self, names: Iterable[str]) -> None:
        self._stand_ins: dict[str, str] = {}
        known = sorted({name for name in names if len(name) >= SHORTEST_NAME}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def mask(self, text: str) -> str:
        """The text with everything hidden."""
        text = _SHURE_NAMES.sub(lambda match: match[1] + self._mask_braced(match[2]), text)
        text = _JSON_NAMES.sub(lambda match: match[1] + self._mask_quoted(match[2]), text)
        text = _MCP_NAMES.sub(lambda match: match[1] + self._stand_in(match[2]), text)
        if self._known is not None:
            text = self._known.sub(lambda match: self._stand_in(match[0]), text)
        return _MAC.sub("02:00:00:00:00:01", _IPV4.sub(_mask_address, text))

    def host(self, number: int) -> str:
        """The address that stands for that of a device: one of documentation (RFC 5737)."""
        return f"192.0.2.{1 + (number - 1) % 254}"

    def _mask_braced(self, value: str) -> str:
        if not value.startswith("{"):
            return self._stand_in(value)
        name = value[1:-1].rstrip()
        return "{" + self._stand_in(name) + " " * (len(value) - 2 - len(name)) + "}"

    def _mask_quoted(self, value: str) -> str:
        return _TEXT.sub(lambda match: f'"{self._stand_in(match[1])}"', value)

    def _stand_in(self, name: str) -> str:
        bare = name.rstrip("_ ")
        if bare in _NOTHING or bare in self._stand_ins.values():
            return name
        if bare not in self._stand_ins:
            number = str(len(self._stand_ins) + 1)
            filled = f"Name{number}" if len(bare) >= 4 + len(number) else number
            self._stand_ins[bare] = filled[-len(bare) :].ljust(len(bare), "x")
        return self._stand_ins[bare] + name[len(bare) :]


def _mask_address(match: re.Match[str]) -> str:
    """Versions of firmware look like addresses, and have to stay."""
    before = match.string[max(0, match.start() - 12) : match.start()].lower()
    return match[0] if "ver" in before else "192.0.2.255"
