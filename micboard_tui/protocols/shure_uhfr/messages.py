"""The kinds of message, and how names are written (docs/reference/protocols/shure.md 9.1 to 9.3)."""

from typing import NamedTuple, TypeAlias

from micboard_tui.protocols.errors import ProtocolError

NAME_WIDTH = 12
INTERVAL_UNIT_MS = 30
MAX_INTERVAL = 999
"""In units of ``INTERVAL_UNIT_MS``; it has three digits."""


class Get(NamedTuple):
    """``* GET 1 CHAN_NAME *``: a question."""

    channel: int
    property: str


class Set(NamedTuple):
    """``* SET 1 MUTE ON *``: a command, answered by ``Report``."""

    channel: int
    property: str
    values: tuple[str, ...] = ()


class Meter(NamedTuple):
    """``* METER 1 ALL 003 *``: requests samples at this interval, and changes; 0 stops both.

    ``interval`` is in units of ``INTERVAL_UNIT_MS``.
    """

    channel: int
    interval: int


class Report(NamedTuple):
    """``* REPORT 1 MUTE OFF *``: an answer, or a change that was requested with ``Meter``."""

    channel: int
    property: str
    values: tuple[str, ...] = ()


class Sample(NamedTuple):
    """``* SAMPLE 1 ALL AX 070 085 4 031 *``: meters. The values after ``ALL``."""

    channel: int
    values: tuple[str, ...]


class Note(NamedTuple):
    """``* NOTE 7 … *``: known to exist; its contents are not needed.

    Source: docs/reference/protocols/shure.md 9.1, 9.4.
    """

    values: tuple[str, ...]


Message: TypeAlias = Get | Set | Meter | Report | Sample | Note


def padded(name: str, width: int = NAME_WIDTH) -> str:
    """A name as it travels: no spaces, ``_`` in their place, padded with more of them.

    Raises ProtocolError for characters that would break the frame.
    """
    if not name.isascii() or not name.isprintable() or "*" in name:
        raise ProtocolError(f"{name!r} holds characters that cannot be sent")
    return f"{name.replace(' ', '_'):_<{width}}"
