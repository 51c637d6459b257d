"""What the commands of two drivers have in common: which values can be, and how they are shown. Pure."""

from micboard_tui.domain.units import format_frequency
from micboard_tui.manufacturers.command_errors import invalid_value_error

MAX_GROUP = 99
SYNCED_BY = "by IR"
"""How a pack learns the frequency of its receiver (docs/reference/protocols/shure.md 16)."""


def check_group_channel(group: int, number: int, max_number: int) -> None:
    """Raises DeviceError INVALID_VALUE for what no front panel offers."""
    if not (1 <= group <= MAX_GROUP and 1 <= number <= max_number):
        raise invalid_value_error(
            f"Group {group}, channel {number} does not exist", "Use what the front panel offers"
        )


def format_frequency_value(value: str) -> str:
    """A frequency in kHz, as the device sends it, in MHz."""
    return format_frequency(int(value)) if value.isdigit() else value
