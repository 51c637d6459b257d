"""A command as SSCv2 carries it: what to write, and where to read whether it took effect."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from micboard_tui.manufacturers.command_errors import invalid_value_error
from micboard_tui.protocols.sscv2.message import Json


@dataclass(frozen=True, slots=True)
class PreparedCommand:
    """One PUT of one field; only what changes is sent (docs/reference/protocols/sennheiser.md 6.1)."""

    path: str
    field: str
    value: Json
    format_value: Callable[[Json], str]
    """A value in force, in our words."""
    confirmation_path: str
    """The resource whose field says what is in force."""


def check_channel(number: int | None, known: Sequence[int]) -> None:
    """Raises DeviceError INVALID_VALUE for a channel that is not there; None is the device as a whole."""
    if number is not None and number not in known:
        numbers = ", ".join(str(channel) for channel in known)
        raise invalid_value_error(
            f"There is no channel {number}", f"The device has channels {numbers or 'none'}"
        )
