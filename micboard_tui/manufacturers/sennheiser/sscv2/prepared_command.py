"""A command in SSCv2's words: what to write, and where to read whether it took effect."""

from collections.abc import Callable
from dataclasses import dataclass

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.protocols.sscv2.message import Json


@dataclass(frozen=True, slots=True)
class Order:
    """One PUT of one property (6.1: only what changes is sent)."""

    path: str
    field: str
    wanted: Json
    shown: Callable[[Json], str]
    """The value now in force, in our words."""
    asked: str | None = None
    """Where the value is read afterwards; None: at ``path``."""

    @property
    def answer_path(self) -> str:
        return self.asked or self.path


def require_channel(number: int | None, numbers: object) -> None:
    """Raises DeviceError INVALID_VALUE for a channel that is not there."""
    known = list(numbers) if isinstance(numbers, list | tuple) else []
    if number is not None and number not in known:
        raise DeviceError(
            ErrorCode.INVALID_VALUE,
            f"There is no channel {number}",
            hint=f"The device has channels {', '.join(map(str, known)) or 'none'}",
        )


def not_supported(what: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.COMMAND_NOT_SUPPORTED, what, hint=hint)
