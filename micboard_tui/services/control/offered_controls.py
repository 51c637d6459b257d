"""What can be set on a device, found out by its driver's own check, without asking the device. Pure."""

from collections.abc import Iterator, Sequence

from micboard_tui.contracts.control import OfferedControl
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import CommandCheck
from micboard_tui.domain.channel import ChannelState, SlotStatus
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotName,
    SetSlotRf,
)
from micboard_tui.domain.command_values import find_channel, format_value, present_command
from micboard_tui.domain.command_words import control_title, kind_of
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.services.device.known_channels import possible_channels

_IMPOSSIBLE_NAME = "?" * 200
_IMPOSSIBLE_GAIN_DB = 9999
"""A value that no device takes: its refusal names those that it does."""


def offered_controls(
    known: DeviceSnapshot, channel: int | None, check: CommandCheck
) -> Sequence[OfferedControl]:
    """Those of the device as a whole, or of one of its channels."""
    tried = (
        _device_commands() if channel is None else _channel_commands(channel, find_channel(known, channel))
    )
    return [_offer(command, known, check) for command in tried]


def _device_commands() -> Iterator[Command]:
    yield Identify()
    yield SetDeviceName(_IMPOSSIBLE_NAME)


def _channel_commands(number: int, channel: ChannelState | None) -> Iterator[Command]:
    muted = channel is not None and channel.facts.receiver_muted is True
    yield SetMute(number, muted=not muted)
    yield SetGain(number, _IMPOSSIBLE_GAIN_DB)
    yield SetChannelName(number, _IMPOSSIBLE_NAME)
    yield SetFrequency(number, 0)
    yield SetGroupChannel(number, 0, 0)
    slots = () if channel is None else channel.facts.slots
    registered = [slot for slot in slots if slot.status is not SlotStatus.EMPTY]
    for slot in registered:
        yield SetSlotRf(number, slot.number, on=slot.rf_on is False)
        yield SetSlotName(number, slot.number, _IMPOSSIBLE_NAME)
    if not registered:
        yield SetSlotRf(number, 1, on=True)
    yield Identify(number)


def _offer(command: Command, known: DeviceSnapshot, check: CommandCheck) -> OfferedControl:
    present = present_command(command, known)
    refusal, cure = _ask(command, known, check)
    slot: int | None = getattr(command, "slot", None)
    if refusal is None and slot is not None:
        refusal = _why_not_linked(slot, find_channel(known, getattr(command, "channel", None)))
    return OfferedControl(
        kind_of(command),
        control_title(command),
        getattr(command, "channel", None),
        slot,
        None if present is None else format_value(present),
        cure,
        refusal,
    )


def _ask(command: Command, known: DeviceSnapshot, check: CommandCheck) -> tuple[str | None, str]:
    try:
        check(command, known.state.model, possible_channels(known))
    except DeviceError as error:
        if error.code is ErrorCode.INVALID_VALUE:
            return None, error.info.hint
        return f"{error.info.message}. {error.info.hint}".rstrip(". "), ""
    return None, ""


def _why_not_linked(number: int, channel: ChannelState | None) -> str | None:
    slots = () if channel is None else channel.facts.slots
    status = next((slot.status for slot in slots if slot.number == number), None)
    if status is SlotStatus.LINKED_ACTIVE:
        return None
    if status is None or status is SlotStatus.EMPTY:
        return "No transmitter is registered"
    return "Only a transmitter linked over ShowLink and in reach can be changed"
