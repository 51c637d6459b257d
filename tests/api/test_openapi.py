"""OpenAPI says what the API does: tried with made-up requests, valid and not, through ASGI."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import UNHURRIED, ServedRig, make_rig, serve_rig
from tests.api.prepared_show import prepare_show

WITHOUT_LOGIN = {"/api/health/", "/api/v1/session", "/healthz", "/readyz"}

MAX_SUMMARY = 72


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def served(runner: asyncio.Runner) -> Iterator[ServedRig]:
    """One for all requests; hypothesis calls no coroutine, so that the loop runs for each by itself."""
    serving = serve_rig(make_rig(), UNHURRIED)
    served = runner.run(serving.__aenter__())
    runner.run(prepare_show(served.rig, served.services))
    yield served
    runner.run(serving.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def openapi(runner: asyncio.Runner, served: ServedRig) -> dict[str, Any]:
    document: dict[str, Any] = runner.run(served.client.get("/api/schema/")).json()
    return document


@pytest.mark.integration
@pytest.mark.long
@pytest.mark.no_cover
@pytest.mark.parametrize(("is_valid", "examples"), [(True, 4), (False, 1)])
def test_made_up_requests(
    runner: asyncio.Runner, served: ServedRig, openapi: dict[str, Any], *, is_valid: bool, examples: int
) -> None:
    """Valid ones and others: no answer is a fault of the server, or other than OpenAPI says."""
    from tests.api.made_up_requests import check_operation, list_operations, takes_values

    for operation in list_operations(openapi):
        if is_valid or takes_values(operation):
            check_operation(runner, served, operation, is_valid=is_valid, examples=examples)


def test_every_operation_is_described(openapi: dict[str, Any]) -> None:
    for path, operations in openapi["paths"].items():
        for operation in operations.values():
            # A sentence, and not the name of a function with capitals.
            assert operation["summary"].istitle() is False or " " not in operation["summary"], path
            assert len(operation["summary"]) <= MAX_SUMMARY, path
            assert operation["tags"], path
            assert operation["description"], path
            assert bool(operation.get("security")) is (path not in WITHOUT_LOGIN), path
            for parameter in operation.get("parameters", ()):
                assert parameter.get("description"), (path, parameter["name"])


@pytest.mark.no_cover
def test_the_words_of_the_first_plan_are_described(openapi: dict[str, Any]) -> None:
    descriptions = " ".join(list_descriptions(openapi))
    for word in ("battery_level", "signal_strength", "low_battery", "is_online"):
        assert word in descriptions


def list_descriptions(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(text := part.get("description"), str):
            yield text
        for member in part.values():
            yield from list_descriptions(member)
    elif isinstance(part, list):
        for member in part:
            yield from list_descriptions(member)


def test_everything_that_is_asked_for_is_bounded(openapi: dict[str, Any]) -> None:
    for path, operations in openapi["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                assert is_bounded(parameter["schema"]), (path, parameter)


def is_bounded(schema: dict[str, Any]) -> bool:
    """Whether no value can be larger than it says."""
    if "$ref" in schema or "enum" in schema or "const" in schema:
        return True
    if "anyOf" in schema:
        return all(is_bounded(each) for each in schema["anyOf"])
    bound = {"string": "maxLength", "integer": "maximum", "number": "maximum", "array": "maxItems"}
    return schema["type"] in {"boolean", "null"} or bound[schema["type"]] in schema
