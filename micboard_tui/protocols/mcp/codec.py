"""Lines in a datagram: bytes in, typed lines out, and back (docs/reference/protocols/sennheiser.md 5.1).

A datagram stands for itself: nothing is kept from one to the next.
"""

from collections.abc import Iterable

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.mcp.messages import Line, Message, Refusal

MAX_LENGTH = 1500
"""Characters of a datagram that devices read; longer ones are dropped unanswered."""
MAX_LINES = 64
"""Lines read of one datagram; a device sends 14 at most."""
END = b"\r"
_CODE_DIGITS = 4


def read(datagram: bytes) -> list[Message]:
    """The lines of a datagram, in order. Never raises.

    Lenient where devices differ: a line feed ends a line as well, the last line needs no end, and names may
    be in Latin-1 (docs/reference/protocols/sennheiser.md 13). Blank lines and lines longer than
    ``MAX_LENGTH`` are skipped.
    """
    raw = datagram.replace(b"\n", END).split(END, MAX_LINES)
    lines = (line.decode("latin-1").lstrip(" \t\0").rstrip("\0") for line in raw[:MAX_LINES])
    return [_parse_line(line) for line in lines if line and len(line) <= MAX_LENGTH]


def is_terminated(datagram: bytes) -> bool:
    """Whether the last line has its end; devices answer 1050 to one without.

    Source: docs/reference/protocols/sennheiser.md 5.2.
    """
    return datagram.rstrip(b"\n\0").endswith(END)


def _parse_line(line: str) -> Message:
    code, colon, rest = line.partition(":")
    code = code.rstrip()
    if colon and len(code) == _CODE_DIGITS and code.isascii() and code.isdigit():
        text, _, instruction = rest.partition("[")
        # The spacing around the brackets varies inside the document itself
        # (docs/reference/protocols/sennheiser.md 5.2).
        inside = instruction.rstrip().removesuffix("]").strip(" ")
        return Refusal(int(code), text.strip(), _split_line(inside))
    return _split_line(line)


def _split_line(text: str) -> Line:
    keyword, _, rest = text.partition(" ")
    return Line(keyword, rest)


def encode(messages: Iterable[Message], encoding: str = "ASCII") -> bytes:
    """The datagram that carries ``messages``. Raises ProtocolError when they cannot be encoded.

    Devices take ASCII; some send their own names in Latin-1.
    """
    message_list = list(messages)
    try:
        raw = b"".join(_spell(message).encode(encoding) + END for message in message_list)
    except UnicodeEncodeError as error:
        raise ProtocolError(f"{error.object!r} is not {encoding}") from error
    # A datagram that we do not read back as the same lines would confuse a device as well.
    if len(raw) > MAX_LENGTH or not _is_printable(raw, encoding) or read(raw) != message_list:
        raise ProtocolError(f"{message_list!r} cannot travel as one datagram")
    return raw


def _is_printable(raw: bytes, encoding: str) -> bool:
    """ASCII 32 to 126 (docs/reference/protocols/sennheiser.md 5.6), but for the ends of the lines."""
    return raw.replace(END, b"").decode(encoding).isprintable()


def _spell(message: Message) -> str:
    if isinstance(message, Refusal):
        return f"{message.code}: {message.text} [ {_spell(message.instruction)} ]"
    return f"{message.keyword} {message.rest}" if message.rest else message.keyword
