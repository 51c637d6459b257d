"""Checks of a command's values that drivers have in common, before anything is sent. Pure.

Each raises DeviceError INVALID_VALUE.
"""

from collections.abc import Iterable

from micboard_tui.domain.units import format_frequency
from micboard_tui.domain.value_ranges import MAX_TUNED_KHZ, MIN_TUNED_KHZ, TUNING_STEP_KHZ
from micboard_tui.manufacturers.command_errors import invalid_value_error


def check_name(name: str, max_length: int) -> str:
    """The name without blanks around it, if a device can display it."""
    plain = name.strip()
    if not 1 <= len(plain) <= max_length or not plain.isascii() or not plain.isprintable():
        raise invalid_value_error(
            f"'{name}' cannot be a name", f"Use 1 to {max_length} plain letters, digits or signs"
        )
    return plain


def check_gain(gain_db: int, min_db: float, max_db: float, step_db: int = 1) -> None:
    """Steps count from ``min_db``; where a device adapts a gain to its own steps, ``step_db`` is 1."""
    steps = "" if step_db == 1 else f" in steps of {step_db} dB"
    cure = f"Use {min_db:g} to {max_db:g} dB{steps}"
    if not min_db <= gain_db <= max_db:
        raise invalid_value_error(f"A gain of {gain_db} dB is out of range", cure)
    if step_db != 1 and (gain_db - min_db) % step_db:
        raise invalid_value_error(f"A gain of {gain_db} dB is between two steps", cure)


def check_frequency(frequency_khz: int, min_khz: int = MIN_TUNED_KHZ, max_khz: int = MAX_TUNED_KHZ) -> None:
    if not min_khz <= frequency_khz <= max_khz or frequency_khz % TUNING_STEP_KHZ:
        raise invalid_value_error(
            f"{format_frequency(frequency_khz)} is no frequency for this device",
            f"Use steps of {TUNING_STEP_KHZ} kHz within the device's band",
        )


def check_channel(channel: int | None, channels: Iterable[int]) -> None:
    """``channels`` are those that the device has; None is the device as a whole."""
    numbers = sorted(channels)
    if channel is not None and channel not in numbers:
        known = ", ".join(map(str, numbers)) or "none"
        raise invalid_value_error(f"There is no channel {channel}", f"The device has channels {known}")
