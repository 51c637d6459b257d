"""What the commands of two drivers have in common: which values can be, and how they are shown. Pure."""

from collections.abc import Iterable

from micboard_tui.domain.units import format_mhz
from micboard_tui.manufacturers.command_errors import invalid_value_error

MIN_FREQUENCY_KHZ, MAX_FREQUENCY_KHZ = 174_000, 2_000_000
"""What wireless microphones use anywhere; the device knows its own band and refuses the rest."""
FREQUENCY_STEP_KHZ = 25
MAX_GROUP = 99


def check_frequency(frequency_khz: int, max_khz: int = MAX_FREQUENCY_KHZ) -> None:
    """Raises DeviceError INVALID_VALUE for what no receiver can be tuned to."""
    is_plausible = MIN_FREQUENCY_KHZ <= frequency_khz <= max_khz
    if not is_plausible or frequency_khz % FREQUENCY_STEP_KHZ:
        raise invalid_value_error(
            f"{format_mhz(frequency_khz)} MHz is no frequency for a microphone",
            f"Use steps of {FREQUENCY_STEP_KHZ} kHz within the receiver's band",
        )


def check_group_channel(group: int, number: int, max_number: int) -> None:
    """Raises DeviceError INVALID_VALUE for what no front panel offers."""
    if not (1 <= group <= MAX_GROUP and 1 <= number <= max_number):
        raise invalid_value_error(
            f"Group {group}, channel {number} does not exist", "Use what the front panel offers"
        )


def check_channel(channel: int, channels: Iterable[int]) -> None:
    """Raises DeviceError INVALID_VALUE for a channel that the device does not have."""
    numbers = sorted(channels)
    if channel not in numbers:
        known = ", ".join(map(str, numbers)) or "none"
        raise invalid_value_error(f"There is no channel {channel}", f"The device has channels {known}")


def format_frequency(value: str) -> str:
    """A frequency in kHz, as the device sends it, in MHz."""
    return f"{format_mhz(int(value))} MHz" if value.isdigit() else value
