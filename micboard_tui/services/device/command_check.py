"""Whether a device could do what a command asks for, as far as that is known without asking it. Pure.

What its family allows, the driver knows.
"""

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.ports import CommandCheck
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetSlotName,
    SetSlotRf,
)
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.units import format_mhz
from micboard_tui.domain.value_ranges import (
    MAX_GAIN_DB,
    MAX_GROUP_CHANNEL,
    MAX_SLOT,
    MAX_TUNED_KHZ,
    MIN_GAIN_DB,
    MIN_TUNED_KHZ,
    TUNING_STEP_KHZ,
)
from micboard_tui.services.device.known_channels import possible_channels, require_channel
from micboard_tui.services.field_validation import clean_name


def check_command(command: Command, known: DeviceSnapshot, check_by_driver: CommandCheck) -> None:
    """Raises MicboardError INVALID_VALUE, CHANNEL_NOT_FOUND, and what ``check_by_driver`` raises."""
    if (channel := getattr(command, "channel", None)) is not None:
        require_channel(known, channel)
    _check_value(command)
    check_by_driver(command, known.state.model, possible_channels(known))
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
        case SetSlotName(_, slot, name):
            _check_range("A slot", slot, 1, MAX_SLOT)
            clean_name(name, "A transmitter")
        case _:
            pass


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
