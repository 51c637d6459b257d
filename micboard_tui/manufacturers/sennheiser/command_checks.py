"""Errors and checks of commands that are the same for all Sennheiser protocols. Pure."""

from micboard_tui.contracts.errors import DeviceError, ErrorCode


def check_name(name: str, max_length: int) -> str:
    """The name without blanks around it. Raises DeviceError INVALID_VALUE for one that no device displays."""
    plain = name.strip()
    if not 1 <= len(plain) <= max_length or not plain.isascii() or not plain.isprintable():
        raise invalid_value(
            f"'{name}' cannot be a name", f"Use 1 to {max_length} plain letters, digits or signs"
        )
    return plain


def invalid_value(message: str, hint: str) -> DeviceError:
    return DeviceError(ErrorCode.INVALID_VALUE, message, hint=hint)


def not_supported(message: str, hint: str = "Use the front panel") -> DeviceError:
    return DeviceError(ErrorCode.COMMAND_NOT_SUPPORTED, message, hint=hint)


def unconfirmed(what: str, in_force: str | None = None) -> DeviceError:
    """For a command that nothing confirmed; ``in_force``: what the device says instead, in our words."""
    instead = "" if in_force is None else f"; in force is {in_force}"
    return DeviceError(
        ErrorCode.COMMAND_UNCONFIRMED,
        f"The device did not confirm {what}{instead}",
        hint="Look at the device before trying again",
    )
