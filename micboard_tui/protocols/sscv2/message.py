"""What travels: JSON values, the three kinds of event, and the refusal of a list of paths.

Source: docs/reference/protocols/sennheiser.md 6.2.
"""

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple, NoReturn, TypeAlias

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.sscv2 import path

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 16
"""Real resources are four deep."""
_UUID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


class Opened(NamedTuple):
    """The first event of a stream: the name of the session."""

    uuid: str


class Closed(NamedTuple):
    """The device ends the session."""

    uuid: str


class News(NamedTuple):
    """Resources as they are now, by path."""

    values: tuple[tuple[str, Json], ...]


class Refusal(NamedTuple):
    """Why a whole list of paths was refused: the one that is bad."""

    path: str
    error: int


Event: TypeAlias = Opened | Closed | News


def read_json(text: str | bytes) -> Json:
    """A value of limited depth. Raises ProtocolError."""
    try:
        value: Json = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("That is no JSON") from error
    if not _is_flat(value):
        raise ProtocolError(f"That JSON is nested more than {MAX_DEPTH} deep")
    return value


def write_json(value: Json) -> bytes:
    """Compact and in ASCII."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def read_event(name: str, data: str) -> Event | None:
    """An event by its name and data; None for a kind that nobody knows. Raises ProtocolError."""
    match name:
        case "open":
            return Opened(_uuid(read_json(data)))
        case "close":
            return Closed(_uuid(read_json(data)))
        case "message":
            return News(tuple(_values(read_json(data))))
        case _:
            return None


def write_event(event: Event) -> bytes:
    """An event as it travels, blank line included."""
    match event:
        case Opened(uuid):
            data: Json = {"path": path.session(uuid), "sessionUUID": uuid}
            return _frame("open", data)
        case Closed(uuid):
            return _frame("close", {"path": path.session(uuid)})
        case News(values):
            return _frame("message", dict(values))


def read_refusal(body: bytes) -> Refusal | None:
    """The path that a refused list names; None when it names none."""
    try:
        value = read_json(body)
    except ProtocolError:
        return None
    if not isinstance(value, dict):
        return None
    named, error = value.get("path"), value.get("error")
    if not isinstance(named, str):
        return None
    return Refusal(named, error if isinstance(error, int) else 0)


def read_paths(body: bytes) -> list[str]:
    """A list of paths. Raises ProtocolError."""
    value = read_json(body)
    if not isinstance(value, list):
        raise ProtocolError("That is no list of paths")
    paths = [each for each in value if isinstance(each, str)]
    if len(paths) < len(value):
        raise ProtocolError("A path is a string")
    return paths


def children(value: Json) -> list[Json]:
    """What a value holds."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _frame(name: str, data: Json) -> bytes:
    # The official sample has no blanks behind the colons (docs/reference/protocols/sennheiser.md 6.2).
    return b"event:" + name.encode("ascii") + b"\ndata:" + write_json(data) + b"\n\n"


def _values(data: Json) -> Iterator[tuple[str, Json]]:
    if not isinstance(data, dict):
        raise ProtocolError("An event holds resources by path")
    named = data.get("path")
    if isinstance(named, str) and "value" in data:
        # Another form that one client expects [one codebase, unverified].
        yield named, data["value"]
        return
    yield from data.items()


def _uuid(data: Json) -> str:
    """Becomes part of paths, so it is believed only where it looks like one."""
    if isinstance(data, dict):
        named = data.get("sessionUUID") or data.get("path")
        if isinstance(named, str):
            uuid = named.rpartition("/")[2]
            if _UUID.fullmatch(uuid):
                return uuid
    raise ProtocolError("The session has no name")


def _is_flat(value: Json) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for each in level for inner in children(each)]
        if not level:
            return True
    return False


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
