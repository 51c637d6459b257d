"""The published schemas of our JSON documents as components of OpenAPI: the shape of each has one home.

Each definition of ``docs/reference/*.schema.json`` becomes a component: ``device`` of the devices' schema is
``Device``. Where another schema defines one of that name, too, its own name goes before: ``AlarmsText``. The
whole document is called as its schema: ``Devices``.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from micboard_tui.config.paths import schemas_directory

NAMES: Sequence[str] = ("devices", "alarms", "events", "plan", "recap")
_SUFFIX = ".schema.json"
_DEFINITIONS = "$defs"
COMPONENTS = "#/components/schemas/"

Schema = Mapping[str, Any]


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
    return components


def described_by(component: str, description: str = "Successful Response") -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route whose answer has this shape."""
    return {
        200: {
            "description": description,
            "content": {"application/json": {"schema": {"$ref": f"{COMPONENTS}{component}"}}},
        }
    }


def _read(file: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


def _free_title(schema: str, definition: str, taken: Schema) -> str:
    title = _title(definition)
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
