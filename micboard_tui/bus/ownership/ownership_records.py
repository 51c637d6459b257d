"""What collectors write about themselves and about devices, and what is read of it."""

from typing import NamedTuple, TypeAlias

from micboard_tui.bus.connection import Entry
from micboard_tui.bus.wire.subjects import encode_token
from micboard_tui.bus.wire.value_codec import WireError, codec_of

CollectorToken: TypeAlias = str
"""One run of a collector; another run of the same program has another token."""
FREE: CollectorToken = ""
"""Instead of a holder: no collector holds the device."""
UNREADABLE: CollectorToken = "?"
"""Instead of a holder whose record cannot be read; no collector has this token."""
EPOCH_BITS = 28
"""Of a fencing token these are the revision in the store; what is above them is the record's epoch."""


class CollectorIdentity(NamedTuple):
    """Who this process is among the collectors."""

    name: str
    zone: str
    version: str
    run: str
    """Differs between any two runs of any program."""

    @property
    def token(self) -> CollectorToken:
        """The key of its sign, and the holder in records of its devices."""
        return f"{encode_token(self.name)}.{encode_token(self.run)}"


class CollectorSign(NamedTuple):
    """A sign of life, written twice a second; its key is the collector's token."""

    name: str
    zone: str
    version: str
    number: int
    """Counts the signs of this run."""
    load: int = 0
    """Channels of the devices that it holds."""
    is_leaving: bool = False
    """It gives its devices away and takes none."""


class OwnerRecord(NamedTuple):
    """Who holds the session with a device; its key is the device's."""

    holder: CollectorToken
    """``FREE``: no collector."""
    successor: CollectorToken = FREE
    """To whom the last holder gave it; ``FREE``: to any."""
    epoch: int = 0
    """Grows when the store lost its content, see ``fencing_token``."""


_SIGNS = codec_of(CollectorSign)
_OWNERS = codec_of(OwnerRecord)


def fencing_token(epoch: int, revision: int) -> int:
    """Greater than every token that was given for the same device before.

    The revision alone grows as long as the store lives, and begins at 1 in a store that lost its content.
    So a record that is written where there was none, or where it is older than one that was seen, has a
    greater epoch: at least the seconds since 1970, so that it grows although no collector remembers.
    """
    return (epoch << EPOCH_BITS) + revision


def epoch_after(token: int) -> int:
    """An epoch whose tokens are all greater than a token."""
    return (token >> EPOCH_BITS) + 1


def write_sign(sign: CollectorSign) -> bytes:
    return _SIGNS.encode(sign)


def read_sign(entry: Entry) -> CollectorSign | None:
    """The sign in an entry; None: there is none, or it cannot be read."""
    try:
        return None if entry.value is None else _SIGNS.decode(entry.value)
    except WireError:
        return None


def write_owner(record: OwnerRecord) -> bytes:
    return _OWNERS.encode(record)


def read_owner(entry: Entry) -> OwnerRecord | None:
    """The record in an entry; None: there is none."""
    try:
        return None if entry.value is None else _OWNERS.decode(entry.value)
    except WireError:
        return OwnerRecord(UNREADABLE)
