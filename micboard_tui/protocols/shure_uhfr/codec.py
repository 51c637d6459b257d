"""Datagrams in, typed messages out, and back. Nothing is kept between datagrams.

Source: docs/reference/protocols/shure.md 9.1.
"""

import re

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_uhfr.messages import (
    Get,
    Message,
    Meter,
    Note,
    Report,
    Sample,
    Set,
)

MAX_DATAGRAM = 1024
"""A receiver sends one message a datagram, of 40 bytes or so; what is longer is rubbish."""
# Should several stand in one datagram, a star ends one and another begins the next.
_BETWEEN = re.compile(rb"\s\*\s*\*\s")
_FRAME = re.compile(rb"\s*\*\s(.*)\s\*[\s\0]*", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)
_CHANNEL = re.compile(r"[0-9]{1,2}", re.ASCII)
_PROPERTY = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_STOP = ("STOP",)
_HEAD = 3
"""Verb, channel, property."""


def decode(datagram: bytes) -> list[Message]:
    """The messages in ``datagram``, without what is none. Never raises."""
    if len(datagram) > MAX_DATAGRAM or (framed := _FRAME.fullmatch(datagram)) is None:
        return []
    read = (_parse(body.decode("ascii", "replace").split()) for body in _BETWEEN.split(framed[1]))
    return [message for message in read if message is not None]


def _parse(words: list[str]) -> Message | None:
    if len(words) > 1 and words[0] == "NOTE":
        return Note(tuple(words[1:]))
    if len(words) < _HEAD or not _CHANNEL.fullmatch(words[1]) or not _PROPERTY.fullmatch(words[2]):
        return None
    channel, name, values = int(words[1]), words[2], tuple(words[_HEAD:])
    message: Message | None = None
    match words[0]:
        case "GET" if not values:
            message = Get(channel, name)
        case "SET":
            message = Set(channel, name, values)
        case "REPORT":
            message = Report(channel, name, values)
        case "SAMPLE" if name == "ALL" and values:
            message = Sample(channel, values)
        case "METER" if name == "ALL" and (values == _STOP or _is_number(values)):
            message = Meter(channel, 0 if values == _STOP else int(values[0]))
        case _:
            pass
    return message


def _is_number(values: tuple[str, ...]) -> bool:
    return len(values) == 1 and _NUMBER.fullmatch(values[0]) is not None


def encode(message: Message) -> bytes:
    """The datagram that carries ``message``. Raises ProtocolError when none can."""
    raw = _written(message)
    try:
        datagram = raw.encode("ascii")
    except UnicodeEncodeError as error:
        raise ProtocolError(f"{message!r} is not ASCII") from error
    # What we would not read back as the same message, nobody else will either.
    read = decode(datagram)
    if read != [message] or type(read[0]) is not type(message):
        raise ProtocolError(f"{message!r} cannot travel as one datagram")
    return datagram


def _written(message: Message) -> str:
    match message:
        case Note(words):
            return f"* NOTE {' '.join(words)} *"
        case Sample(channel, words):
            return f"* SAMPLE {channel} ALL {' '.join(words)} *"
        case Meter(channel, interval):
            written = f"{interval:03d}" if interval else _STOP[0]
            return f"* METER {channel} ALL {written} *"
        case Get(channel, name):
            return f"* GET {channel} {name} *"
        case Set(channel, name, values) | Report(channel, name, values):
            verb = type(message).__name__.upper()
            return f"* {' '.join((verb, str(channel), name, *values))} *"
