"""Whether a device could do what a command asks for, as far as that is known without asking it. Pure.

What its family allows, the driver knows.
"""

from collections.abc import Sequence

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.ports import CommandCheck
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetSlotRf,
)
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import format_mhz
from micboard_tui.domain.value_ranges import (
    MAX_CHANNELS,
    MAX_GAIN_DB,
    MAX_GROUP_CHANNEL,
    MAX_SLOT,
    MAX_TUNED_KHZ,
    MIN_GAIN_DB,
    MIN_TUNED_KHZ,
    TUNING_STEP_KHZ,
)
from micboard_tui.services.field_validation import clean_name
from micboard_tui.services.not_found import channel_not_found


def check_command(command: Command, known: DeviceSnapshot, check_by_driver: CommandCheck) -> None:
    """Raises MicboardError INVALID_VALUE, CHANNEL_NOT_FOUND, and what ``check_by_driver`` raises."""
    numbers = _possible_channels(known)
    if (channel := getattr(command, "channel", None)) is not None:
        _check_channel(channel, known, numbers)
    _check_value(command)
    check_by_driver(command, known.state.model, numbers)
    if isinstance(command, SetGain):
        # Last, since the driver's cure is the range of the device itself.
        _check_range("A gain", command.gain_db, MIN_GAIN_DB, MAX_GAIN_DB, " dB")


def _check_value(command: Command) -> None:
    match command:
        case SetDeviceName(name):
            clean_name(name, "A device")
        case SetChannelName(_, name):
            clean_name(name, "A channel")
        case SetFrequency(_, frequency_khz):
            _check_frequency(frequency_khz)
        case SetGroupChannel(_, group, number):
            _check_range("A group", group, 1, MAX_GROUP_CHANNEL)
            _check_range("A channel of a group", number, 1, MAX_GROUP_CHANNEL)
        case SetSlotRf(_, slot, _):
            _check_range("A slot", slot, 1, MAX_SLOT)
        case _:
            pass


def _possible_channels(known: DeviceSnapshot) -> Sequence[int]:
    """A device that was never heard may have any channel; from then on it has those that it reports."""
    return [state.number for state in known.channels] or range(1, MAX_CHANNELS + 1)


def _check_channel(channel: int, known: DeviceSnapshot, numbers: Sequence[int]) -> None:
    if known.state.bays and not known.channels:
        raise channel_not_found(f"{visible(known.title)} is a charger and has no channels")
    if channel not in numbers:
        raise channel_not_found(
            f"{visible(known.title)} has no channel {channel}", f"It has {min(numbers)} to {max(numbers)}"
        )


def _check_range(what: str, value: int, lowest: int, highest: int, unit: str = "") -> None:
    if not lowest <= value <= highest:
        raise invalid_value_error(
            f"{what} of {value}{unit} is not possible", f"Use {lowest} to {highest}{unit}"
        )


def _check_frequency(frequency_khz: int) -> None:
    if not MIN_TUNED_KHZ <= frequency_khz <= MAX_TUNED_KHZ or frequency_khz % TUNING_STEP_KHZ:
        raise invalid_value_error(
            f"{format_mhz(frequency_khz)} MHz is no frequency of a microphone",
            f"Give it in MHz, as 482.125; it is a multiple of {TUNING_STEP_KHZ} kHz",
        )
