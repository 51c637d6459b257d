"""The published schemas of JSON documents, and the strict form in which tests read them.

Published schemas allow properties that they do not name, so that a reader's validator outlives an addition.
Tests forbid them: each property that is written has to be described.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
NAMES = ("alarms", "devices", "doctor", "events", "plan", "recap")
FORMATS = FormatChecker(())


@FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    """Stricter than the format: all our moments have milliseconds."""
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value))


def read_schema(name: str) -> Mapping[str, Any]:
    """The published schema of a document by its name, as ``recap``."""
    schema: Mapping[str, Any] = json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return schema


def list_objects(schema: object) -> Iterator[dict[str, Any]]:
    """All parts of a schema that are JSON objects themselves."""
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from list_objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from list_objects(part)


@cache
def strict_validator(name: str, definition: str | None = None) -> Draft202012Validator:
    """Checks a document, or one of its definitions; allows no property that the schema does not name."""
    schema = dict(read_schema(name))
    # An object may name a definition and add properties to it: only together they name all of them.
    extended = {part["$ref"] for part in list_objects(schema) if {"$ref", "properties"} <= part.keys()}
    open_definitions = [schema["$defs"][reference.rsplit("/", 1)[-1]] for reference in extended]
    for part in list_objects(schema):
        if part.get("$ref") in extended:
            part["unevaluatedProperties"] = False
        elif "properties" in part and part not in open_definitions:
            part.setdefault("additionalProperties", False)
    if definition is not None:
        schema = {"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]}
    return Draft202012Validator(schema, format_checker=FORMATS)


def check_fits(name: str, text: str, definition: str | None = None) -> Any:  # noqa: ANN401 - JSON
    """The document that a command wrote, which is as its schema says, or as a definition in it."""
    document = json.loads(text)
    strict_validator(name, definition).validate(document)
    return document
