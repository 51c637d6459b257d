"""Turns errors into Failures, and back: the one place where that is done."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import ParamSpec, TypeVar

from micboard_tui.contracts.errors import MicboardError
from micboard_tui.contracts.result import Failure, ServiceResult

P = ParamSpec("P")
T = TypeVar("T")


def translate_errors(
    method: Callable[P, Coroutine[None, None, ServiceResult[T]]],
) -> Callable[P, Coroutine[None, None, ServiceResult[T]]]:
    """Let a method of a service raise MicboardError; its callers get a Failure instead."""

    @wraps(method)
    async def answer(*args: P.args, **kwargs: P.kwargs) -> ServiceResult[T]:
        try:
            return await method(*args, **kwargs)
        except MicboardError as error:
            return Failure.of(error)

    return answer


def require_data(result: ServiceResult[T]) -> T:
    """The data of a Success of another service; a Failure is raised as the error that it was."""
    if not result.success:
        error = result.error
        raise MicboardError(error.code, error.message, hint=error.hint, **error.details)
    return result.data
