"""The published schemas of JSON documents."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def read_schema(name: str) -> Mapping[str, Any]:
    """The schema of a document by its name, as ``recap``."""
    schema: Mapping[str, Any] = json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return schema


def check_fits(name: str, text: str) -> Any:  # noqa: ANN401 - JSON
    """The document that a command wrote, which is as its schema says."""
    document = json.loads(text)
    Draft202012Validator(read_schema(name), format_checker=FormatChecker()).validate(document)
    return document
