"""What can be set on an EW-DX over SSCv2. Names are read-only here. Pure.

Source: docs/reference/protocols/sennheiser.md 6.3; ranges from docs/reference/protocols/sennheiser.md 2.2.
"""

from collections.abc import Sequence

from micboard_tui.domain.command import Command, Identify, SetFrequency, SetGain, SetMute
from micboard_tui.domain.units import format_frequency
from micboard_tui.manufacturers.command_checks import check_channel, check_frequency, check_gain
from micboard_tui.manufacturers.command_errors import not_supported_error
from micboard_tui.manufacturers.sennheiser.ewdx_values import (
    GAIN_STEP_DB,
    MAX_FREQUENCY_KHZ,
    MAX_GAIN_DB,
    MIN_FREQUENCY_KHZ,
    MIN_GAIN_DB,
)
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import PreparedCommand
from micboard_tui.protocols.sscv2.message import Json


def prepare_command(command: Command, channels: Sequence[int]) -> PreparedCommand:
    """Raises DeviceError INVALID_VALUE or COMMAND_NOT_SUPPORTED before anything is sent."""
    check_channel(getattr(command, "channel", None), channels)
    match command:
        case Identify(None):
            return _prepare_flash("/api/device/identification", "visual")
        case Identify(int(channel)):
            return _prepare_flash(f"/api/channel/{channel - 1}/identify", "enabled")
        case SetGain(channel, gain_db):
            return _prepare_gain(channel, gain_db)
        case SetMute(channel, muted):
            path = f"/api/channel/{channel - 1}"
            return PreparedCommand(path, "mute", muted, _format_mute, path)
        case SetFrequency(channel, frequency_khz):
            return _prepare_frequency(channel, frequency_khz)
        case _:
            raise not_supported_error(
                "EW-DX allows no third-party controller to do that over SSCv2",
                "Use the front panel, Control Cockpit or WSM",
            )


def _prepare_flash(path: str, field: str) -> PreparedCommand:
    return PreparedCommand(path, field, True, _format_flash, path)  # noqa: FBT003 - the value of the field


def _prepare_gain(channel: int, gain_db: int) -> PreparedCommand:
    # Only SSCv1 is documented to adapt a gain between two steps.
    check_gain(gain_db, MIN_GAIN_DB, MAX_GAIN_DB, GAIN_STEP_DB)
    path = f"/api/channel/{channel - 1}"
    return PreparedCommand(path, "gain", gain_db, _format_gain, path)


def _prepare_frequency(channel: int, frequency_khz: int) -> PreparedCommand:
    check_frequency(frequency_khz, MIN_FREQUENCY_KHZ, MAX_FREQUENCY_KHZ)
    path = f"/api/rf/channels/{channel - 1}"
    # Written at a path of its own, read as a field of the channel [one codebase, unverified].
    return PreparedCommand(f"{path}/frequency", "frequency", frequency_khz, _format_frequency, path)


def _format_flash(value: Json) -> str:
    return "flashing" if value is True else "not flashing"


def _format_mute(value: Json) -> str:
    return "muted" if value is True else "not muted"


def _format_gain(value: Json) -> str:
    return f"{value:+g} dB" if isinstance(value, int | float) else str(value)


def _format_frequency(value: Json) -> str:
    return format_frequency(round(value)) if isinstance(value, int | float) else str(value)
