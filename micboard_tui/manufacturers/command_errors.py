"""Errors of commands that all drivers raise alike: before anything is sent, and when nothing confirms it."""

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode


def invalid_value_error(message: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.INVALID_VALUE, message, hint=hint)


def not_supported_error(message: str, hint: str = hints.USE_FRONT_PANEL) -> DeviceError:
    return DeviceError(ErrorCode.COMMAND_NOT_SUPPORTED, message, hint=hint)


def not_identified_error() -> DeviceError:
    return DeviceError(ErrorCode.DEVICE_UNREACHABLE, "The device is not identified yet")


def unconfirmed_error(command: str, in_force: str | None = None) -> DeviceError:
    """The error for a command after which another value is ``in_force``, or none is known (None)."""
    instead = "" if in_force is None else f"; in force is {in_force}"
    return DeviceError(
        ErrorCode.COMMAND_UNCONFIRMED,
        f"The device did not confirm {command}{instead}",
        hint=hints.LOOK_AT_DEVICE,
    )
