"""How an answer is written: JSON with its schema, an ETag, and compressed where that pays."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request, Response

from micboard_tui.api.accepted_encoding import takes_gzip
from micboard_tui.api.errors import ApiError
from micboard_tui.api.written_body import GZIP_FROM_BYTES, WrittenBody, WrittenDocument, etag_of
from micboard_tui.contracts.documents.json_value import SCHEMA
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

JSON = "application/json"
VARY = "Accept-Encoding, Authorization, Cookie"


def write_json(document: Mapping[str, object]) -> bytes:
    """The body of an answer, with the version of its schema."""
    return json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


async def answer(
    request: Request, document: Mapping[str, object], *, status: int = HTTPStatus.OK
) -> Response:
    """Write ``document``; 304 without a body when the client has it already."""
    return await answer_written(request, WrittenDocument(write_json(document)), status=status)


async def answer_written(
    request: Request,
    written: WrittenBody,
    *,
    status: int = HTTPStatus.OK,
    media_type: str = JSON,
    vary: str = VARY,
) -> Response:
    """Send it; 304 without a body when the client has it already."""
    headers = {"ETag": written.etag, "Cache-Control": "no-cache", "Vary": vary}
    if status == HTTPStatus.OK and has_tag(request.headers.get("if-none-match"), written.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    body = written.body
    if len(body) >= GZIP_FROM_BYTES and takes_gzip(request.headers):
        headers["Content-Encoding"] = "gzip"
        body = await written.compressed()
    return Response(body, status, headers, media_type)


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
