"""Frames in a stream of bytes: any chunking in, typed messages out, and back.

Source: docs/reference/protocols/shure.md 1.3.

The result depends on the bytes only, never on how they were cut into chunks. Whatever a peer sends, no
more than ``MAX_FRAME`` bytes are kept.
"""

import re

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_strings.messages import Err, Get, Message, Rep, Sample, Set

MAX_FRAME = 512
"""Bytes from ``<`` to ``>``; a longer frame is discarded (docs/reference/protocols/shure.md 1.3, rule 3)."""
MAX_BRACED = 256
"""Bytes within which a brace must close to count as one (docs/reference/protocols/shure.md 1.3, rule 2)."""
LINE_END = b"\r\n"

# Names may hold < and >, so text in braces is opaque; it cannot hold braces itself
# (docs/reference/protocols/shure.md 1.5).
_OPEN_FRAME = re.compile(rb"<[^<>{]*+(?:\{[^{}]{0,%d}\}[^<>{]*+)*+" % MAX_BRACED)
_OPEN_BRACE = re.compile(rb"\{[^{}]*+")
_ANGLE = re.compile(rb"[<>]")
_TOKEN = re.compile(r"\{[^{}]*\}|[^\s{}]+|[{}]")
_INDEX = re.compile(r"[0-9]{1,2}", re.ASCII)
_PROPERTY = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
# PSM1000 sends REPORT where all others send REP (docs/reference/protocols/shure.md 8.1).
_VERBS: dict[str, type[Get | Set | Rep]] = {"GET": Get, "SET": Set, "REP": Rep, "REPORT": Rep}
_BRACE, _END = b"{>"
_UNCOUNTED = b" \t\r\n\0>"


class Decoder:
    """Turns any chunking of a stream into messages and keeps the unfinished tail.

    Never raises: malformed bytes are counted and skipped, and decoding continues at the next frame.
    """

    __slots__ = ("_tail", "discarded_bytes", "malformed")

    def __init__(self) -> None:
        self._tail = b""
        self.malformed = 0
        """Frames that held no message."""
        self.discarded_bytes = 0
        """Bytes outside of frames; line ends, spaces and stray ``>`` are not counted."""

    @property
    def held_bytes(self) -> int:
        """Bytes kept for the rest of an unfinished frame; at most ``MAX_FRAME``."""
        return len(self._tail)

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that ``chunk`` completes, in order."""
        buffer = self._tail + chunk if self._tail else chunk
        if b"{" in buffer:
            return self._scan(buffer)
        # Without a brace every > ends a frame. This is the path of the meters.
        *whole, tail = buffer.split(b">")
        messages: list[Message] = []
        for raw in whole:
            start = raw.rfind(b"<")
            if start:
                self._count_discarded(raw[:start] if start > 0 else raw)
            if start < 0:
                continue
            if len(raw) - start > MAX_FRAME:
                self._count_discarded(raw[start:])
            elif (message := parse(raw[start + 1 :])) is not None:
                messages.append(message)
            else:
                self.malformed += 1
        self._keep_tail(tail)
        return messages

    def _keep_tail(self, tail: bytes) -> None:
        start = tail.rfind(b"<")
        keep = tail[start:] if start >= 0 and len(tail) - start <= MAX_FRAME else b""
        self._count_discarded(tail[: len(tail) - len(keep)])
        self._tail = keep

    def _scan(self, buffer: bytes) -> list[Message]:
        messages: list[Message] = []
        position = 0
        while (start := buffer.find(b"<", position)) >= 0:
            if start > position:
                self._count_discarded(buffer[position:start])
            end = _end_of_frame(buffer, start)
            if end is None:
                self._tail = buffer[start:]
                return messages
            if end < 0:
                self._count_discarded(buffer[start:-end])
                position = -end
                continue
            position = end + 1
            if (message := parse(buffer[start + 1 : end])) is not None:
                messages.append(message)
            else:
                self.malformed += 1
        self._count_discarded(buffer[position:])
        self._tail = b""
        return messages

    def _count_discarded(self, discarded: bytes) -> None:
        if discarded:
            self.discarded_bytes += len(discarded.translate(None, _UNCOUNTED))


def _end_of_frame(buffer: bytes, start: int) -> int | None:
    """The index of the ``>`` that ends the frame beginning at ``start``.

    None: not received yet. Negative: no frame begins here, continue at minus that index. Only the next
    ``MAX_FRAME`` bytes are considered, so that the result never depends on what else has arrived.
    """
    limit = start + MAX_FRAME
    window_end = min(limit + 1, len(buffer))
    match = _OPEN_FRAME.match(buffer, start, window_end)
    stop = match.end() if match else start + 1
    if stop < window_end and buffer[stop] == _BRACE:
        brace = _OPEN_BRACE.match(buffer, stop, window_end)
        brace_end = brace.end() if brace else stop + 1
        if brace_end < window_end or brace_end - stop > MAX_BRACED + 1 or window_end > limit:
            angle = _ANGLE.search(buffer, stop, window_end)
            stop = angle.start() if angle else window_end
        else:
            stop = window_end
    if stop < window_end:
        return stop if buffer[stop] == _END else -stop
    return -limit if window_end > limit else None


def parse(body: bytes) -> Message | None:
    """The message between ``<`` and ``>``; None when it is malformed."""
    tokens = body.split()
    if len(tokens) > 3 and tokens[0] == b"SAMPLE":  # noqa: PLR2004 - verb, channel, ALL, one value
        index = tokens[1]
        if len(index) <= 2 and index.isdigit():  # noqa: PLR2004 - channels have one or two digits
            return Sample(int(index), tokens[3:] if tokens[2] == b"ALL" else tokens[2:])
        return None
    return _parse_command(body.decode("ascii", "replace"))


def _parse_command(body: str) -> Message | None:
    tokens = _TOKEN.findall(body)
    if len(tokens) < 2 or (kind := _VERBS.get(tokens[0])) is None:  # noqa: PLR2004 - verb, property
        return None
    channel: int | None = None
    rest = tokens[1:]
    if _INDEX.fullmatch(rest[0]):
        channel = int(rest.pop(0))
    if not rest or not _PROPERTY.fullmatch(rest[0]):
        return None
    if kind is Rep and rest == ["ERR"]:
        return Err()
    message: Get | Set | Rep = kind(channel, rest[0], tuple(rest[1:]))
    return message


def encode(message: Message) -> bytes:
    """The frame that carries ``message``. Raises ProtocolError when it cannot be encoded."""
    return _check_round_trip(_encode_ascii(message), message)


def encode_line(message: Message) -> bytes:
    """The same for PSM1000: its answers are called REPORT, and CR LF ends each message of either side.

    Source: docs/reference/protocols/shure.md 8.1.
    """
    raw = _encode_ascii(message)
    if isinstance(message, Rep):
        raw = raw.replace(b"< REP ", b"< REPORT ", 1)
    return _check_round_trip(raw, message) + LINE_END


def encode_short(message: Message) -> bytes:
    """The same for Microflex Wireless, whose samples lack the keyword ``ALL``.

    Source: docs/reference/protocols/shure.md 10.
    """
    raw = _encode_ascii(message)
    if isinstance(message, Sample):
        raw = raw.replace(b" ALL ", b" ", 1)
    return _check_round_trip(raw, message)


def _check_round_trip(raw: bytes, message: Message) -> bytes:
    # A frame that our own decoder does not read back as the same message would confuse a device as well.
    decoded = Decoder().feed(raw)
    if len(raw) > MAX_FRAME or decoded != [message] or type(decoded[0]) is not type(message):
        raise ProtocolError(f"{message!r} cannot travel as one frame")
    return raw


def _encode_ascii(message: Message) -> bytes:
    try:
        return _spell(message)
    except UnicodeEncodeError as error:
        raise ProtocolError(f"{message!r} is not ASCII") from error


def _spell(message: Message) -> bytes:
    match message:
        case Err():
            return b"< REP ERR >"
        case Sample(channel, values):
            return b"< SAMPLE %d ALL %b >" % (channel, b" ".join(values))
        case _:
            verb = type(message).__name__.upper()
            index = () if message.channel is None else (str(message.channel),)
            return f"< {' '.join((verb, *index, message.property, *message.values))} >".encode("ascii")
