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
"""Longer datagrams are ignored; a receiver sends one message a datagram, of about 40 bytes."""
# Where a datagram holds several messages, one star ends a message and another begins the next.
_BETWEEN = re.compile(rb"\s\*\s*\*\s")
_FRAME = re.compile(rb"\s*\*\s(.*)\s\*[\s\0]*", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)
_CHANNEL = re.compile(r"[0-9]{1,2}", re.ASCII)
_PROPERTY = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_STOP = ("STOP",)
_HEAD = 3
"""Verb, channel, property."""


def decode(datagram: bytes) -> list[Message]:
    """The well-formed messages in ``datagram``. Never raises."""
    if len(datagram) > MAX_DATAGRAM or (frame := _FRAME.fullmatch(datagram)) is None:
        return []
    messages = (_parse(body.decode("ascii", "replace").split()) for body in _BETWEEN.split(frame[1]))
    return [message for message in messages if message is not None]


def _parse(tokens: list[str]) -> Message | None:
    if len(tokens) > 1 and tokens[0] == "NOTE":
        return Note(tuple(tokens[1:]))
    if len(tokens) < _HEAD or not _CHANNEL.fullmatch(tokens[1]) or not _PROPERTY.fullmatch(tokens[2]):
        return None
    channel, name, values = int(tokens[1]), tokens[2], tuple(tokens[_HEAD:])
    message: Message | None = None
    match tokens[0]:
        case "GET" if not values:
            message = Get(channel, name)
        case "SET":
            message = Set(channel, name, values)
        case "REPORT":
            message = Report(channel, name, values)
        case "SAMPLE" if name == "ALL" and values:
            message = Sample(channel, values)
        case "METER" if name == "ALL" and (values == _STOP or _is_interval(values)):
            message = Meter(channel, 0 if values == _STOP else int(values[0]))
    return message


def _is_interval(values: tuple[str, ...]) -> bool:
    return len(values) == 1 and _NUMBER.fullmatch(values[0]) is not None


def encode(message: Message) -> bytes:
    """The datagram that carries ``message``. Raises ProtocolError when it cannot be encoded."""
    raw = _spell(message)
    try:
        datagram = raw.encode("ascii")
    except UnicodeEncodeError as error:
        raise ProtocolError(f"{message!r} is not ASCII") from error
    # A datagram that we do not read back as the same message would confuse a receiver as well.
    decoded = decode(datagram)
    if decoded != [message] or type(decoded[0]) is not type(message):
        raise ProtocolError(f"{message!r} cannot travel as one datagram")
    return datagram


def _spell(message: Message) -> str:
    match message:
        case Note(values):
            return f"* NOTE {' '.join(values)} *"
        case Sample(channel, values):
            return f"* SAMPLE {channel} ALL {' '.join(values)} *"
        case Meter(channel, interval):
            return f"* METER {channel} ALL {f'{interval:03d}' if interval else _STOP[0]} *"
        case Get(channel, name):
            return f"* GET {channel} {name} *"
        case Set(channel, name, values) | Report(channel, name, values):
            verb = type(message).__name__.upper()
            return f"* {' '.join((verb, str(channel), name, *values))} *"
