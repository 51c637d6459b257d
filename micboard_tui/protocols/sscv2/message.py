"""The wire format: JSON values, the three kinds of event, and the refusal of a list of paths.

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
    """The first event of a stream: the id of the session."""

    uuid: str


class Closed(NamedTuple):
    """The device ends the session."""

    uuid: str


class News(NamedTuple):
    """New values of resources, by path."""

    values: tuple[tuple[str, Json], ...]


class Refusal(NamedTuple):
    """The invalid path for which the device refused a whole list of paths."""

    path: str
    error: int


Event: TypeAlias = Opened | Closed | News


def read_json(text: str | bytes) -> Json:
    """The JSON value in ``text``. Raises ProtocolError if there is none, or it is nested too deep."""
    try:
        value: Json = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("That is no JSON") from error
    if not _is_flat(value):
        raise ProtocolError(f"That JSON is nested more than {MAX_DEPTH} deep")
    return value


def write_json(value: Json) -> bytes:
    """``value`` as compact JSON in ASCII."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def read_event(name: str, data: str) -> Event | None:
    """The event with this name and data; None for an unknown name. Raises ProtocolError for bad data."""
    match name:
        case "open":
            return Opened(_read_uuid(read_json(data)))
        case "close":
            return Closed(_read_uuid(read_json(data)))
        case "message":
            return News(tuple(_iterate_resources(read_json(data))))
        case _:
            return None


def write_event(event: Event) -> bytes:
    """An event as it is sent, blank line included."""
    match event:
        case Opened(uuid):
            data: Json = {"path": path.session(uuid), "sessionUUID": uuid}
            return _encode_frame("open", data)
        case Closed(uuid):
            return _encode_frame("close", {"path": path.session(uuid)})
        case News(values):
            return _encode_frame("message", dict(values))


def read_refusal(body: bytes) -> Refusal | None:
    """The refusal in the body of an error response; None when it names no path."""
    try:
        value = read_json(body)
    except ProtocolError:
        return None
    if not isinstance(value, dict):
        return None
    named_path, error = value.get("path"), value.get("error")
    if not isinstance(named_path, str):
        return None
    return Refusal(named_path, error if isinstance(error, int) else 0)


def read_paths(body: bytes) -> list[str]:
    """The list of paths in ``body``. Raises ProtocolError if it is none."""
    value = read_json(body)
    if not isinstance(value, list):
        raise ProtocolError("That is no list of paths")
    paths = [element for element in value if isinstance(element, str)]
    if len(paths) < len(value):
        raise ProtocolError("A path is a string")
    return paths


def children(value: Json) -> list[Json]:
    """The values of an object or the elements of an array; none of anything else."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _encode_frame(name: str, data: Json) -> bytes:
    # The official sample has no blanks behind the colons (docs/reference/protocols/sennheiser.md 6.2).
    return b"event:" + name.encode("ascii") + b"\ndata:" + write_json(data) + b"\n\n"


def _iterate_resources(data: Json) -> Iterator[tuple[str, Json]]:
    if not isinstance(data, dict):
        raise ProtocolError("An event holds resources by path")
    named_path = data.get("path")
    if isinstance(named_path, str) and "value" in data:
        # Another form that one client expects [one codebase, unverified].
        yield named_path, data["value"]
        return
    yield from data.items()


def _read_uuid(data: Json) -> str:
    """The session's id. It becomes part of paths, so only the form of a UUID is accepted."""
    if isinstance(data, dict):
        named_path = data.get("sessionUUID") or data.get("path")
        if isinstance(named_path, str):
            uuid = named_path.rpartition("/")[2]
            if _UUID.fullmatch(uuid):
                return uuid
    raise ProtocolError("The session has no id")


def _is_flat(value: Json) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in children(value)]
        if not level:
            return True
    return False


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)
