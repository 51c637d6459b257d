"""Answers compared with what OpenAPI says of them."""

import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from tests.api.conftest import ServedRig

_documents: list[dict[str, Any]] = []


def check_answer(served: ServedRig, answer: httpx.Response) -> Any:  # noqa: ANN401 - any JSON
    """The JSON of an answer that is as OpenAPI describes it."""
    document = openapi_of(served)
    request = answer.request
    operation = _find_operation(document, request.method, request.url.path)
    described = operation["responses"].get(str(answer.status_code))
    assert described is not None, f"{request.method} {request.url.path} {answer.status_code}: {answer.text}"
    schema = {**described["content"]["application/json"]["schema"], "components": document["components"]}
    value = answer.json()
    faults = [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)
    ]
    assert faults == []
    return value


def openapi_of(served: ServedRig) -> dict[str, Any]:
    """OpenAPI, which is the same for all applications; making it takes its time."""
    if not _documents:
        _documents.append(served.application.openapi())
    return _documents[0]


def _find_operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    for template, operations in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in operations:
            operation: dict[str, Any] = operations[method.lower()]
            return operation
    raise AssertionError(f"{method} {path} is not described")
