"""The published schemas of our JSON documents as components of OpenAPI: the shape of each has one home.

Each definition of ``docs/reference/*.schema.json`` becomes a component: ``device`` of the devices' schema is
``Device``. Where another schema defines one of that name, too, its own name goes before: ``AlarmsText``. The
whole document is called as its schema: ``Devices``; a definition of that name is ``AlarmsList``.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from micboard_tui.api.models.errors import ErrorAnswer
from micboard_tui.config.paths import schemas_directory

NAMES: Sequence[str] = ("devices", "events", "alarms", "plan", "recap")
_SUFFIX = ".schema.json"
_DEFINITIONS = "$defs"
COMPONENTS = "#/components/schemas/"

Schema = Mapping[str, Any]
NEXT_CURSOR: Schema = {
    "description": "The `cursor` of the next page; null: this is the last one.",
    "type": ["string", "null"],
}
NO_SUCH: Mapping[int | str, dict[str, Any]] = {
    404: {"model": ErrorAnswer, "description": "There is none of that name or number"}
}
"""One more of the ``responses`` of a route that names what it answers."""


PLACED_CHANNEL = "PlacedChannel"
"""A channel by itself, with where it is."""
LIVE: Schema = {
    "generated_at": {"type": "string", "format": "date-time"},
    "version": {
        "type": "integer",
        "description": "Grows with every change; anew with each start.",
    },
}
"""What else an answer has that shows the present."""
_PLACE: Schema = {
    "device_id": {"type": "string"},
    "device": {"type": "string", "description": "What the device is called."},
    "location": {"type": ["string", "null"]},
    "location_id": {"type": ["string", "null"]},
}


@cache
def load_components() -> Schema:
    """All components, by name."""
    schemas = {name: _read(schemas_directory() / f"{name}{_SUFFIX}") for name in NAMES}
    components: dict[str, Any] = {}
    for name, schema in schemas.items():
        titles = {each: _free_title(name, each, components) for each in schema.get(_DEFINITIONS, {})}
        root = {key: value for key, value in schema.items() if key not in {_DEFINITIONS, "$schema"}}
        components[_title(name)] = _with_references(root, titles)
        for definition, value in schema.get(_DEFINITIONS, {}).items():
            components[titles[definition]] = _with_references(value, titles)
    components[PLACED_CHANNEL] = _extend("Channel", _PLACE)
    return components


def described_by(component: str, description: str = "Successful Response") -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route whose answer has this shape."""
    return _responses({"$ref": f"{COMPONENTS}{component}"}, description)


def lists(member: str, component: str, more: Schema | None = None) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that answers pages of such entries in ``member``.

    ``more``: what else the answer has, by name; all of it always.
    """
    entries = {"type": "array", "items": {"$ref": f"{COMPONENTS}{component}"}}
    return _responses(
        _object({"schema": {"const": 1}, "next_cursor": NEXT_CURSOR, **(more or {}), member: entries})
    )


def extends(component: str, more: Schema) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route whose answer has this shape, and ``more`` by name, all of it always."""
    return _responses(_extend(component, more))


def _extend(component: str, more: Schema) -> Schema:
    return {"allOf": [{"$ref": f"{COMPONENTS}{component}"}, _object(more)]}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _responses(schema: Schema, description: str = "Successful Response") -> dict[int | str, dict[str, Any]]:
    return {200: {"description": description, "content": {"application/json": {"schema": schema}}}}


def _read(file: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


def _free_title(schema: str, definition: str, taken: Schema) -> str:
    title = _title(definition)
    if definition == schema:
        return f"{title}List"
    return _title(f"{schema}_{definition}") if title in taken or definition in NAMES else title


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _with_references(value: Any, titles: Mapping[str, str]) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(value, list):
        return [_with_references(each, titles) for each in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _with_references(each, titles) for key, each in value.items()}
    if isinstance(reference := value.get("$ref"), str):
        changed["$ref"] = f"{COMPONENTS}{titles[reference.removeprefix(f'#/{_DEFINITIONS}/')]}"
    return changed
