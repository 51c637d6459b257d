"""The one shape in which a service answers."""

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeAlias, TypeVar

from micboard_tui.contracts.errors import ErrorInfo, MicboardError

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Success(Generic[T_co]):
    data: T_co
    warning: str | None = None
    success: Literal[True] = field(default=True, init=False)
    error: None = field(default=None, init=False)


@dataclass(frozen=True, slots=True)
class Failure:
    error: ErrorInfo
    success: Literal[False] = field(default=False, init=False)
    data: None = field(default=None, init=False)
    warning: None = field(default=None, init=False)

    @classmethod
    def of(cls, error: MicboardError) -> "Failure":
        """The answer that an error raised below becomes."""
        return cls(error.info)


ServiceResult: TypeAlias = Success[T_co] | Failure
