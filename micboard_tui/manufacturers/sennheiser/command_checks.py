"""Checks of commands that are the same for all Sennheiser protocols. Pure."""

from micboard_tui.manufacturers.command_errors import invalid_value_error


def check_name(name: str, max_length: int) -> str:
    """The name without blanks around it. Raises DeviceError INVALID_VALUE for one that no device displays."""
    plain = name.strip()
    if not 1 <= len(plain) <= max_length or not plain.isascii() or not plain.isprintable():
        raise invalid_value_error(
            f"'{name}' cannot be a name", f"Use 1 to {max_length} plain letters, digits or signs"
        )
    return plain
