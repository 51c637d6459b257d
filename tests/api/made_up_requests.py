"""Requests that schemathesis makes up from OpenAPI, sent through ASGI.

Loaded where they are made: it takes a second that not every worker needs to spend.
"""

import asyncio
from typing import Any, TypeAlias

import httpx
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Err, Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import BASE, CONTROL, ServedRig

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
WITHOUT_END = "/api/v1/events/live"
"""Its answer never ends, so none can be looked at as a whole; ``live/test_event_stream.py`` reads it."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def list_operations(openapi: dict[str, Any]) -> list[Operation]:
    schema = schemathesis.openapi.from_dict(openapi).exclude(path=WITHOUT_END)
    schema.config.update(base_url=BASE)
    schema.config.generation.update(with_security_parameters=False)
    results = list(schema.get_all_operations())
    assert not [result.err() for result in results if isinstance(result, Err)]
    return [result.ok() for result in results if isinstance(result, Ok)]


def check_operation(
    runner: asyncio.Runner,
    served: ServedRig,
    operation: Operation,
    *,
    is_valid: bool,
    examples: int,
) -> None:
    """Send so many requests that are as the operation describes them, or that are not."""
    mode = GenerationMode.POSITIVE if is_valid else GenerationMode.NEGATIVE
    checks = CHECKS if is_valid else [*CHECKS, negative_data_rejection]

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        sent = case.as_transport_kwargs(headers=dict(CONTROL))
        case.validate_response(runner.run(send(served.client, sent)), checks=checks)

    ask()


async def send(client: httpx.AsyncClient, sent: dict[str, Any]) -> httpx.Response:
    sent.pop("cookies")
    if isinstance(body := sent.get("data"), bytes):
        sent |= {"content": body, "data": None}
    return await client.request(**sent)


def takes_values(operation: Operation) -> bool:
    """Whether a request can be wrong at all."""
    return bool(operation.definition.raw.get("parameters") or operation.definition.raw.get("requestBody"))
