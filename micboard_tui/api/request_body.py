"""What comes in a request: read whole and checked before a route sees it, so that no route has to.

A body has 64 kB at most, whether its length is declared or not, comes within ten seconds, and is JSON
in UTF-8 as RFC 8259 has it: no NaN, no number that no double holds, nested no deeper than a person would.
"""

import json
import math
from http import HTTPStatus
from typing import Any, NoReturn

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from micboard_tui.api.access import SAFE_METHODS
from micboard_tui.api.errors import ApiError, write_error
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

MAX_BODY_BYTES = 64 * 1024
MAX_DEPTH = 16
READ_LIMIT_S = 10.0
_NOT_READ = {"Connection": "close"}
"""The rest of a body that was not read would be taken for the next request."""


class RequestBodies:
    """Reads and checks the body of each request that may change something."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what is refused itself."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            body = await _read(headers, receive)
            if body is None:
                return
            if body:
                _check_type(headers)
                check_json(body)
        except ApiError as error:
            await write_error(error)(scope, receive, send)
            return
        await self._app(scope, _receive_again(body, receive), send)


async def _read(headers: Headers, receive: Receive) -> bytes | None:
    """The body; None when the client has left. Raises ApiError."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > MAX_BODY_BYTES:
        raise _too_long_error()
    body = bytearray()
    with anyio.move_on_after(READ_LIMIT_S):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > MAX_BODY_BYTES:
                raise _too_long_error()
            if not message.get("more_body", False):
                return bytes(body)
    raise _refusal(
        HTTPStatus.REQUEST_TIMEOUT, "The body did not come in time", f"Send it within {READ_LIMIT_S:.0f} s"
    )


def _receive_again(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _check_type(headers: Headers) -> None:
    """A form of another page could send any of the other types without asking first."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(
            ErrorInfo(
                ErrorCode.INVALID_VALUE,
                "The body is not sent as JSON",
                hint="Send JSON, with Content-Type: application/json",
            ),
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )


def check_json(body: bytes) -> None:
    """Raise ApiError INVALID_VALUE for what is no JSON, or more of it than is understood."""
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_read_float)
        # Half of a surrogate pair is a text in JSON, and nowhere else.
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise _not_json_error(f"{error.msg} at character {error.pos}") from error
    except (ValueError, RecursionError) as error:
        raise _not_json_error("it holds what no program can read") from error
    if _depth(value) > MAX_DEPTH:
        raise _not_json_error(f"it is nested deeper than {MAX_DEPTH} levels")


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError


def _read_float(text: str) -> float:
    if math.isfinite(number := float(text)):
        return number
    raise ValueError


def _depth(value: Any) -> int:  # noqa: ANN401 - any JSON
    """How deep it is nested, as far as that matters."""
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        inner = [each for each in level if isinstance(each, dict | list)]
        level = [part for each in inner for part in (each.values() if isinstance(each, dict) else each)]
        depth += bool(inner)
    return depth


def _not_json_error(reason: str) -> ApiError:
    return ApiError(
        ErrorInfo(ErrorCode.INVALID_VALUE, f"The body is no JSON: {reason}", hint="Send JSON in UTF-8")
    )


def _too_long_error() -> ApiError:
    return _refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is too long",
        f"Send {MAX_BODY_BYTES // 1024} kB at most, in several requests",
    )


def _refusal(status: HTTPStatus, message: str, hint: str) -> ApiError:
    return ApiError(ErrorInfo(ErrorCode.INVALID_VALUE, message, hint=hint), status, _NOT_READ)
