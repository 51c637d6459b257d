"""How messages of live updates are written: as short as JSON allows, in one line."""

import json
from typing import NamedTuple

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class LiveMessage(NamedTuple):
    """One message; every client to which it goes is sent this text."""

    type: str
    text: str


def dump(value: object) -> str:
    """A part of a message."""
    # What cannot be written in UTF-8 would end the connection.
    return _ENCODER.encode(value).encode("utf-8", "replace").decode()


def write_message(kind: str, **parts: str) -> LiveMessage:
    """A message; ``parts`` are JSON already."""
    members = "".join(f',"{name}":{text}' for name, text in parts.items())
    return LiveMessage(kind, f'{{"type":"{kind}"{members}}}')
