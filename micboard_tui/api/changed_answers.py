"""Answers to requests that change something: the record as it is now, and a warning where there is one."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Header, Request, Response

from micboard_tui.api.answers import check_unchanged, write_json
from micboard_tui.api.context import ApiContext
from micboard_tui.api.models.errors import ErrorAnswer
from micboard_tui.api.published_schemas import COMPONENTS
from micboard_tui.api.written_body import etag_of
from micboard_tui.contracts.documents.json_value import JsonObject

MAX_IF_MATCH = 1000

_DESCRIPTIONS: Mapping[int, str] = {
    404: "There is no such record",
    405: "The device cannot do that",
    408: "The body did not come in time",
    409: "It does not fit what is there, or was changed since",
    412: "It was changed since it was read, as `If-Match` says",
    413: "The body is longer than 64 kB",
    415: "The body is not sent as JSON",
    423: "The show is locked",
    502: "The device refuses",
    504: "The device does not answer, or did not confirm it",
    507: "There is no room to store it",
}
_ALWAYS = (408, 413, 415, 423, 507)
_COMPONENTS: Mapping[str, str] = {
    "alarm": "Alarm",
    "alarms": "Alarm",
    "assignment": "AssignmentEntry",
    "assignments": "AssignmentEntry",
    "event": "Event",
    "location": "LocationEntry",
    "note": "NoteEntry",
    "performer": "PerformerEntry",
    "progress": "ProgressEntry",
}
"""The components that describe records, by what these are called in an answer."""

IfMatch = Annotated[
    str | None,
    Header(
        max_length=MAX_IF_MATCH,
        description="The `ETag` with which it was read: then it is changed only if it is still so.",
    ),
]
"""A parameter of a route that changes a single record."""


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """More ``responses`` of a route that changes something: these, and those that all of them have."""
    return {
        status: {"model": ErrorAnswer, "description": _DESCRIPTIONS[status]}
        for status in sorted({*statuses, *_ALWAYS})
    }


def _record_schema(name: str, *, is_list: bool = False) -> dict[str, Any]:
    component = _COMPONENTS.get(name)
    entry: dict[str, Any] = {"type": "object"} if component is None else {"$ref": f"{COMPONENTS}{component}"}
    properties = {"schema": {"const": 1}, name: {"type": "array", "items": entry} if is_list else entry}
    return {"type": "object", "required": list(properties), "properties": properties}


def shows(name: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that answers one record, called ``name``."""
    schema = _record_schema(name)
    return {
        200: {"description": "The record", "content": {"application/json": {"schema": schema}}},
        404: {"model": ErrorAnswer, "description": _DESCRIPTIONS[404]},
    }


def changes(
    name: str,
    *,
    status: int = HTTPStatus.OK,
    is_list: bool = False,
    refuses: tuple[int, ...] = (),
) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that changes a record, or several, called ``name``."""
    schema = _record_schema(name, is_list=is_list)
    schema["properties"]["warning"] = {
        "type": ["string", "null"],
        "description": "What a person should know of it, although it was done.",
    }
    schema["required"].append("warning")
    done = {"description": "As it is now", "content": {"application/json": {"schema": schema}}}
    return {int(status): done, **refusals(*refuses)}


def answer_change(
    record: Mapping[str, object], warning: str | None = None, *, location: str | None = None
) -> Response:
    """``record``: what reading it answers now. 201 with its ``location`` when it is new."""
    headers = {"ETag": etag_of(write_json(record)), "Cache-Control": "no-cache"}
    status = HTTPStatus.OK
    if location is not None:
        status, headers["Location"] = HTTPStatus.CREATED, location
    return Response(write_json({**record, "warning": warning}), status, headers, "application/json")


@asynccontextmanager
async def unchanged(
    request: Request, context: ApiContext, read: Callable[[], Awaitable[JsonObject]]
) -> AsyncGenerator[None]:
    """While a record is changed that ``If-Match`` may name; no other such change comes between.

    Raises ApiError CHANGED_SINCE, status 412, and what ``read`` raises.
    """
    if "if-match" not in request.headers:
        yield
        return
    async with context.changing:
        check_unchanged(request, write_json(await read()))
        yield
