"""What a service answered: what was asked for, its warning, or why it says no."""

from typing import TypeVar

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.result import Failure, ServiceResult, Success

T = TypeVar("T")


def data_of(result: ServiceResult[T]) -> T:
    assert isinstance(result, Success), result
    return result.data


def warning_of(result: ServiceResult[T]) -> str:
    assert isinstance(result, Success), result
    return result.warning or ""


def error_of(result: ServiceResult[T]) -> ErrorInfo:
    """Every "no" says what happened and what to do."""
    assert isinstance(result, Failure), result
    assert result.error.message
    assert result.error.hint
    return result.error


def code_of(result: ServiceResult[T]) -> ErrorCode:
    return error_of(result).code
