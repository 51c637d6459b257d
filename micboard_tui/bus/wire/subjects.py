"""Every subject and key on the bus, in one home. The root names the major version of what is written.

A subject is made of tokens between dots. Text that may hold anything, as the name of a user, is one token
(``encode_token``). A device is named by a short digest in subjects that are sent ten times a second.
"""

import re
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2s
from typing import NamedTuple

from micboard_tui.config.attachment import DEFAULT_SITE, SITE_PATTERN
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible

WIRE_MAJOR = 1
"""Programs with another one do not understand each other, and so do not hear each other."""
SWEEP_TIERS_S = (1, 5, 20, 40)
"""Seconds in which all that is not followed is sent once: by the size of the site one of them is read."""
CALL_QUEUE = "hub"
"""Of all that answer calls one gets each."""
LAYOUT_KEY = "layout"
HUB_KEY = "active"
"""The one entry in the store of hubs."""
_DEVICE_KEY = "device."
_FINDING_KEY = "finding."
_COLLECTOR = "collector-"
_SITE = re.compile(SITE_PATTERN)
_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")
_CODE = re.compile(rb"=([0-9A-F]{2})")
_DIGEST_BYTES = 6
"""Of a thousand devices two have the same digest at one of five hundred million sites."""
_CALL_TOKENS = 4
_FOLLOW_UP = "follow-up"
_EMPTY = "="


class CallSubject(NamedTuple):
    """What a subject tells of a call. The server lets each user publish to their own only."""

    right: str
    user: str
    contract: str
    method: str


class Subjects:
    """Those of one site. Raises ValueError: its name is not of letters, digits, ``-`` and ``_``.

    ``collector``: calls go to this one, by its name among those that publish, instead of the hub.
    """

    def __init__(self, site: str = DEFAULT_SITE, collector: str = "") -> None:
        if not _SITE.fullmatch(site):
            raise ValueError("the name of a site is of up to 32 letters, digits, - and _")
        self.site = site
        self.root = f"mb{WIRE_MAJOR}.{site}"
        self.state_store = f"mb{WIRE_MAJOR}_{site}_state"
        """The entry store of the present."""
        self.collector_store = f"mb{WIRE_MAJOR}_{site}_alive"
        """The entry store of the collectors' signs of life, which end by themselves."""
        self.owner_store = f"mb{WIRE_MAJOR}_{site}_owner"
        """The entry store of which collector holds each device, by the key of the device."""
        self.hub_store = f"mb{WIRE_MAJOR}_{site}_hub"
        """The entry store of the lease of the active hub, which ends by itself."""
        self.signs_of_life = f"{self.root}.life.*"
        """Those of all publishers."""
        self.interests = f"{self.root}.interest.*"
        """Those of all boards."""
        self.layout_changed = f"{self.root}.layout"
        """The hub publishes to it when the record is another, so that collectors read it at once."""
        called = f"{self.root}.at.{encode_token(collector)}" if collector else self.root
        self._rpc = f"{called}.rpc"
        self.calls = f"{self._rpc}.*.*.*.*"
        """The calls of all users."""
        self.call_follow_ups = f"{self._rpc}.read.*.{_FOLLOW_UP}"
        """What all users send after their calls."""

    def at(self, collector: str) -> "Subjects":
        """The same site, with the calls that this collector answers itself."""
        return Subjects(self.site, collector)

    # The present.

    def meters(self, device_id: DeviceId) -> str:
        """The meters of a device that is followed."""
        return f"{self.root}.m.{device_token(device_id)}"

    def sweep(self, tier_s: int) -> str:
        """The meters of all devices, each once in so many seconds."""
        return f"{self.root}.s{tier_s}"

    def sign_of_life(self, publisher: str) -> str:
        """That of one publisher, whose name is a token."""
        return f"{self.root}.life.{publisher}"

    def interest(self, board: str) -> str:
        """What a board shows; its name is a token."""
        return f"{self.root}.interest.{board}"

    def raw_values(self, device_id: DeviceId) -> str:
        """What a device sent, as it came."""
        return f"{self.root}.raw.{device_token(device_id)}"

    # Calls.

    def call(self, right: str, user: str, contract: str, method: str) -> str:
        """Where a user calls a method of a contract."""
        return f"{self._rpc}.{right}.{encode_token(user)}.{contract}.{method}"

    def calls_of(self, right: str, user: str) -> str:
        """All calls of a user that need a right: what the server lets them publish to."""
        return f"{self._rpc}.{right}.{encode_token(user)}.>"

    def call_follow_up(self, user: str) -> str:
        """Where a user cancels their calls, or asks again for an answer."""
        return f"{self._rpc}.read.{encode_token(user)}.{_FOLLOW_UP}"

    def inbox(self, user: str) -> str:
        """The first part of the subjects to which a user is answered, and to no other."""
        return f"_INBOX.{encode_token(user)}"

    def parse_call(self, subject: str) -> CallSubject | None:
        """What is called, and by whom; None: it is no subject of a call."""
        head = f"{self._rpc}."
        tokens = subject.removeprefix(head).split(".")
        if not subject.startswith(head) or len(tokens) != _CALL_TOKENS:
            return None
        right, user, contract, method = tokens
        return CallSubject(right, decode_token(user), contract, method)

    def parse_follow_up(self, subject: str) -> str:
        """The user who sent it."""
        return decode_token(subject.split(".")[-2])


# Keys of the entry store of the present.


def device_key(device_id: DeviceId) -> str:
    """The key of a device."""
    return _DEVICE_KEY + encode_token(device_id)


def finding_key(field: str) -> str:
    """The key of a field of ``domain.findings.Findings``."""
    return _FINDING_KEY + field


def parse_device_key(key: str) -> DeviceId | None:
    """The device that an entry is about; None: it is about none."""
    return DeviceId(decode_token(key.removeprefix(_DEVICE_KEY))) if key.startswith(_DEVICE_KEY) else None


def parse_finding_key(key: str) -> str | None:
    """The field of the findings that an entry holds; None: it holds none."""
    return key.removeprefix(_FINDING_KEY) if key.startswith(_FINDING_KEY) else None


# Names of publishers.


def collector_publisher(name: str) -> str:
    """The name among all that publish of a collector with this name."""
    return _COLLECTOR + encode_token(name)


def publisher_title(publisher: str) -> str:
    """What people call it."""
    return visible(decode_token(publisher.removeprefix(_COLLECTOR)))


# Tokens.


def device_digest(device_id: DeviceId) -> bytes:
    """A device in few bytes."""
    return blake2s(device_id.encode(), digest_size=_DIGEST_BYTES).digest()


@lru_cache(maxsize=8192)
def device_token(device_id: DeviceId) -> str:
    """The same as a token."""
    return urlsafe_b64encode(device_digest(device_id)).decode()


def encode_token(text: str) -> str:
    """Any text as one token: bytes but letters, digits, ``-`` and ``_`` become ``=`` and two hex digits."""
    encoded = _UNSAFE.sub(lambda unsafe: b"=%02X" % unsafe[0][0], text.encode())
    return encoded.decode() or _EMPTY


def decode_token(token: str) -> str:
    """The text of a token. What is no code of a byte stands for itself."""
    data = _CODE.sub(lambda code: bytes.fromhex(code[1].decode()), token.encode())
    return "" if token == _EMPTY else data.decode(errors="replace")
