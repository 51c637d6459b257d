import json
from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException

from micboard_tui.api.errors import answer_http_error, status_of
from micboard_tui.contracts.errors import ErrorCode

OURS = {
    ErrorCode.TASK_CRASHED,
    ErrorCode.CONFIG_INVALID,
    ErrorCode.DIRECTORY_NOT_WRITABLE,
    ErrorCode.ALREADY_RUNNING,
    ErrorCode.NO_TERMINAL,
    ErrorCode.SIMULATOR_FAILED,
}
"""A mistake in the program, or what no request leads to."""


def test_only_a_mistake_of_the_program_is_a_fault_of_the_server() -> None:
    faults = {code for code in ErrorCode if status_of(code) is HTTPStatus.INTERNAL_SERVER_ERROR}
    assert faults <= OURS
    assert status_of(ErrorCode.TASK_CRASHED) is HTTPStatus.INTERNAL_SERVER_ERROR


async def test_what_the_framework_refuses_has_a_code_of_the_list() -> None:
    codes = {}
    for status in (400, 404, 405, 413):
        answer = await answer_http_error(Request({"type": "http"}), HTTPException(status))
        assert answer.status_code == status
        codes[status] = ErrorCode(json.loads(bytes(answer.body))["error"]["code"])
    assert codes == {
        400: ErrorCode.BAD_REQUEST,
        404: ErrorCode.NOT_FOUND,
        405: ErrorCode.METHOD_NOT_ALLOWED,
        413: ErrorCode.BAD_REQUEST,
    }
