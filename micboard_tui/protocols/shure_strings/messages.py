"""The five kinds of message, and how their values are written.

Source: docs/reference/protocols/shure.md 1.2 to 1.6.
"""

from typing import NamedTuple, TypeAlias

from micboard_tui.protocols.errors import ProtocolError


class Get(NamedTuple):
    """``< GET 1 AUDIO_GAIN >``: a question. Channel 0 means all channels; None the device itself."""

    channel: int | None
    property: str
    values: tuple[str, ...] = ()


class Set(NamedTuple):
    """``< SET 1 AUDIO_GAIN 040 >``: a command, answered by ``Rep`` or ``Err``."""

    channel: int | None
    property: str
    values: tuple[str, ...] = ()


class Rep(NamedTuple):
    """``< REP 1 AUDIO_GAIN 040 >``: an answer, or an unsolicited report of a change.

    Values are kept as sent, braces and padding included; see ``unquote_text``.
    """

    channel: int | None
    property: str
    values: tuple[str, ...] = ()


class Sample(NamedTuple):
    """``< SAMPLE 1 ALL AX 087 023 >``: meters. The values after ``ALL``, as bytes: there are many."""

    channel: int
    values: list[bytes]


class Err(NamedTuple):
    """``< REP ERR >``: an error, without what was refused (docs/reference/protocols/shure.md 1.6)."""


Message: TypeAlias = Get | Set | Rep | Sample | Err


def quote_text(value: str, width: int = 0) -> str:
    """A user's string as a value: in braces, padded on the right with spaces to ``width``.

    Source: docs/reference/protocols/shure.md 1.5.

    Raises ProtocolError for characters that no device accepts or that would break the frame.
    """
    if not value.isascii() or not value.isprintable() or any(reserved in value for reserved in "{}|"):
        raise ProtocolError(f"{value!r} holds characters that cannot be sent")
    return f"{{{value:<{width}}}}"


def unquote_text(value: str) -> str:
    """The string in a value: without its braces and the padding on its right."""
    return value.strip("{}").rstrip()
