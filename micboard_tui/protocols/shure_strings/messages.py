"""The five kinds of message, and how their values are written.

Source: docs/reference/protocols/shure.md 1.2 to 1.6.
"""

from typing import NamedTuple, TypeAlias

from micboard_tui.protocols.errors import ProtocolError


class Get(NamedTuple):
    """``< GET 1 AUDIO_GAIN >``: a question. Channel 0 means all of them; None the device itself."""

    channel: int | None
    property: str
    values: tuple[str, ...] = ()


class Set(NamedTuple):
    """``< SET 1 AUDIO_GAIN 040 >``: a wish, answered by ``Rep`` or ``Err``."""

    channel: int | None
    property: str
    values: tuple[str, ...] = ()


class Rep(NamedTuple):
    """``< REP 1 AUDIO_GAIN 040 >``: an answer, or news that nobody asked for.

    Values are kept as they travel, braces and padding included; see ``text``.
    """

    channel: int | None
    property: str
    values: tuple[str, ...] = ()


class Sample(NamedTuple):
    """``< SAMPLE 1 ALL AX 087 023 >``: meters. The words after ``ALL``, as bytes: there are many."""

    channel: int
    values: list[bytes]


class Err(NamedTuple):
    """``< REP ERR >``: no, without a word about what was refused (docs/reference/protocols/shure.md 1.6)."""


Message: TypeAlias = Get | Set | Rep | Sample | Err


def braced(value: str, width: int = 0) -> str:
    """Write a user's string: in braces, padded on the right with spaces to ``width``.

    Source: docs/reference/protocols/shure.md 1.5.

    Raises ProtocolError for characters that no device accepts or that would break the frame.
    """
    if not value.isascii() or not value.isprintable() or any(each in value for each in "{}|"):
        raise ProtocolError(f"{value!r} holds characters that cannot be sent")
    return f"{{{value:<{width}}}}"


def text(value: str) -> str:
    """Read a value: without its braces and the padding on its right."""
    return value.strip("{}").rstrip()
