"""How an answer is written: JSON with its schema, an ETag, compressed where that pays, and in pages."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import Query, Request, Response

from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.documents.json_value import SCHEMA
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

GZIP_FROM_BYTES = 1000
GZIP_LEVEL = 4
MAX_PAGE = 1000
MAX_CURSOR = 300

Entry = TypeVar("Entry")

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Entries in one answer at most.")]
"""A parameter of a route that lists."""
Cursor = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR, description="`next_cursor` of the answer before; none: from the beginning."),
]
"""A parameter of a route that lists."""


def write_json(document: Mapping[str, object]) -> bytes:
    """The body of an answer, with the version of its schema."""
    return json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def etag_of(body: bytes) -> str:
    """Another one for each other body."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def compress(body: bytes) -> bytes:
    """By gzip; the same body gives the same bytes."""
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def answer(request: Request, document: Mapping[str, object], *, status: int = HTTPStatus.OK) -> Response:
    """Write ``document``; 304 without a body when the client has it already."""
    body = write_json(document)
    return answer_written(request, etag_of(body), lambda: body, lambda: compress(body), status=status)


def answer_written(
    request: Request,
    tag: str,
    body: Callable[[], bytes],
    compressed: Callable[[], bytes],
    *,
    status: int = HTTPStatus.OK,
) -> Response:
    """Answer JSON with the ETag ``tag``; ``body`` and ``compressed`` give it, where it has to be sent."""
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding, Authorization, Cookie"}
    if status == HTTPStatus.OK and has_tag(request.headers.get("if-none-match"), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    written = body()
    if len(written) >= GZIP_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        written = compressed()
    return Response(written, status, headers, "application/json")


def has_tag(header: str | None, tag: str) -> bool:
    """Whether a list of ETags in a header has this one; ``*`` is any."""
    tags = [part.strip().removeprefix("W/") for part in (header or "").split(",")]
    return "*" in tags or tag in tags


def check_unchanged(request: Request, current: bytes) -> None:
    """Raise ApiError CHANGED_SINCE, status 412, when ``If-Match`` names another state than this one."""
    header = request.headers.get("if-match")
    if header is not None and not has_tag(header, etag_of(current)):
        raise ApiError(
            ErrorInfo(
                ErrorCode.CHANGED_SINCE,
                "It was changed since you read it",
                hint="Read it again, and send its ETag as If-Match",
            ),
            HTTPStatus.PRECONDITION_FAILED,
        )


def page_of(
    entries: Sequence[Entry], keys: Sequence[str], limit: int, cursor: str | None
) -> tuple[Sequence[Entry], str | None]:
    """A page, and the cursor of the next one; None when this is the last.

    ``keys`` name the entries. The cursor is the key of the last entry that was given, so entries that come
    and go between two pages move none of the others. Raises ApiError INVALID_VALUE for one that is not there.
    """
    start = 0
    if cursor is not None:
        if cursor not in keys:
            raise ApiError(
                ErrorInfo(
                    ErrorCode.INVALID_VALUE,
                    "There is no entry after which to go on",
                    {"cursor": "not known"},
                    "Read the list again from its beginning",
                )
            )
        start = keys.index(cursor) + 1
    page = entries[start : start + limit]
    is_last = start + limit >= len(entries)
    return page, None if is_last else keys[start + len(page) - 1]
