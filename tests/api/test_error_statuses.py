from http import HTTPStatus

from micboard_tui.api.errors import status_of
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
