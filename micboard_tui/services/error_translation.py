"""Turns what is raised below into the answer "no": the one place where an error becomes a Failure."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import ParamSpec, TypeVar

from micboard_tui.contracts.errors import MicboardError
from micboard_tui.contracts.result import Failure, ServiceResult

P = ParamSpec("P")
T = TypeVar("T")


def answers(
    method: Callable[P, Coroutine[None, None, ServiceResult[T]]],
) -> Callable[P, Coroutine[None, None, ServiceResult[T]]]:
    """Let a method of a service raise MicboardError where that reads better; callers never see one."""

    @wraps(method)
    async def answer(*args: P.args, **kwargs: P.kwargs) -> ServiceResult[T]:
        try:
            return await method(*args, **kwargs)
        except MicboardError as error:
            return Failure.of(error)

    return answer


def unwrapped(result: ServiceResult[T]) -> T:
    """What another service answered; raises MicboardError for its "no"."""
    if result.success:
        return result.data
    error = result.error
    raise MicboardError(error.code, error.message, hint=error.hint, **error.details)
