"""Every "no" as JSON: an ErrorInfo with the status that programs expect."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, MicboardError
from micboard_tui.contracts.result import ServiceResult

Value = TypeVar("Value")

_STATUSES: Mapping[ErrorCode, HTTPStatus] = {
    ErrorCode.LOGIN_REFUSED: HTTPStatus.UNAUTHORIZED,
    ErrorCode.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    ErrorCode.SHOW_LOCKED: HTTPStatus.LOCKED,
    ErrorCode.PIN_REFUSED: HTTPStatus.FORBIDDEN,
    ErrorCode.READ_ONLY: HTTPStatus.FORBIDDEN,
    ErrorCode.CONTROL_NOT_ARMED: HTTPStatus.FORBIDDEN,
    ErrorCode.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    ErrorCode.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    ErrorCode.COMMAND_NOT_SUPPORTED: HTTPStatus.METHOD_NOT_ALLOWED,
    ErrorCode.DEVICE_UNREACHABLE: HTTPStatus.GATEWAY_TIMEOUT,
    ErrorCode.DEVICE_SILENT: HTTPStatus.GATEWAY_TIMEOUT,
    ErrorCode.DEVICE_NOT_HELD: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.COMMAND_UNCONFIRMED: HTTPStatus.GATEWAY_TIMEOUT,
    ErrorCode.HOST_NOT_RESOLVED: HTTPStatus.BAD_GATEWAY,
    ErrorCode.NAME_SERVICE_SILENT: HTTPStatus.GATEWAY_TIMEOUT,
    ErrorCode.DEVICE_REFUSED: HTTPStatus.BAD_GATEWAY,
    ErrorCode.CREDENTIALS_NEEDED: HTTPStatus.BAD_GATEWAY,
    ErrorCode.CREDENTIALS_REFUSED: HTTPStatus.BAD_GATEWAY,
    ErrorCode.CERTIFICATE_UNKNOWN: HTTPStatus.BAD_GATEWAY,
    ErrorCode.CERTIFICATE_CHANGED: HTTPStatus.BAD_GATEWAY,
    ErrorCode.API_ERROR: HTTPStatus.BAD_GATEWAY,
    ErrorCode.INVALID_VALUE: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.MANUFACTURER_NOT_SUPPORTED: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.DRIVER_NOT_SUPPORTED: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.CHANGED_SINCE: HTTPStatus.CONFLICT,
    ErrorCode.LOCATION_NOT_EMPTY: HTTPStatus.CONFLICT,
    ErrorCode.NOTHING_TO_UNDO: HTTPStatus.CONFLICT,
    ErrorCode.NOTHING_TO_REDO: HTTPStatus.CONFLICT,
    ErrorCode.STEP_UNREADABLE: HTTPStatus.CONFLICT,
    ErrorCode.SHOW_REFUSED: HTTPStatus.CONFLICT,
    ErrorCode.NO_SHOW: HTTPStatus.CONFLICT,
    ErrorCode.WALK_NOT_RUNNING: HTTPStatus.CONFLICT,
    ErrorCode.PORT_TAKEN: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.SECRETS_UNREADABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.DATABASE_DAMAGED: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.DATABASE_LOCKED: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.DATABASE_NEWER: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.DATABASE_ERROR: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.BUS_LOST: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.COLLECTOR_LOST: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.NO_COLLECTOR: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.HUB_LOST: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.NOT_SERVED: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.VERSION_DIFFERS: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.OTHER: HTTPStatus.BAD_GATEWAY,
    ErrorCode.OUTCOME_UNKNOWN: HTTPStatus.GATEWAY_TIMEOUT,
    ErrorCode.ANSWER_TOO_LARGE: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.OUTPUT_NOT_WRITABLE: HTTPStatus.INSUFFICIENT_STORAGE,
    ErrorCode.DISK_FULL: HTTPStatus.INSUFFICIENT_STORAGE,
}
_FRAMEWORK_CODES = {
    HTTPStatus.NOT_FOUND: ErrorCode.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorCode.METHOD_NOT_ALLOWED,
}
"""Of what the framework refuses; all else is a bad request."""


class ApiError(MicboardError):
    """A "no" that ends a request; ``status`` where the code's own does not fit."""

    def __init__(
        self, info: ErrorInfo, status: HTTPStatus | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(info.code, info.message, hint=info.hint, **info.details)
        self.status = status or status_of(info.code)
        self.headers = headers


def status_of(code: ErrorCode) -> HTTPStatus:
    """The HTTP status that goes with a code."""
    if (status := _STATUSES.get(code)) is not None:
        return status
    if code.endswith("_NOT_FOUND"):
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.CONFLICT if code.endswith("_EXISTS") else HTTPStatus.INTERNAL_SERVER_ERROR


def data_of(result: ServiceResult[Value]) -> Value:
    """The data of a Success; a Failure is raised as ApiError and ends the request."""
    if not result.success:
        raise ApiError(result.error)
    return result.data


def error_document(info: ErrorInfo) -> dict[str, object]:
    """The body of every answer that is no success."""
    return {
        "error": {
            "code": info.code.value,
            "message": info.message,
            "hint": info.hint,
            "details": dict(info.details),
        }
    }


def write_error(error: MicboardError) -> Response:
    """The answer for an error; one that is no ApiError comes from below."""
    refusal = error if isinstance(error, ApiError) else ApiError(error.info)
    return _write(error_document(error.info), refusal.status, refusal.headers)


async def answer_error(_: Request, error: Exception) -> Response:
    """The answer for a MicboardError."""
    if not isinstance(error, MicboardError):
        raise error
    return write_error(error)


async def answer_invalid(_: Request, error: Exception) -> Response:
    """The answer for a request that is not as OpenAPI describes it: INVALID_VALUE, and where."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = error.errors()[:5]
    # What was sent is not repeated: it may be a password.
    details = {
        ".".join(str(part) for part in fault["loc"]): str(fault["msg"]).removeprefix("Value error, ")
        for fault in faults
    }
    message = "; ".join(f"{place}: {reason}" for place, reason in details.items())
    info = ErrorInfo(
        ErrorCode.INVALID_VALUE, f"The request is not understood: {message}", details, "See /api/docs/"
    )
    return _write(error_document(info), HTTPStatus.UNPROCESSABLE_ENTITY)


async def answer_http_error(_: Request, error: Exception) -> Response:
    """The answer for what the framework refuses: no such address, a method that it does not have."""
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    code = _FRAMEWORK_CODES.get(status, ErrorCode.BAD_REQUEST)
    info = ErrorInfo(code, str(error.detail), hint="See /api/docs/")
    return _write(error_document(info), status, error.headers)


def _write(
    document: Mapping[str, object], status: HTTPStatus, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON; what has no form in UTF-8 does not keep an error from being answered."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(body, status, headers, "application/json")
