"""The value that a command sets: which one is in force now, and how it is written for people. Pure."""

import re
from dataclasses import replace

from micboard_tui.domain.channel import ChannelState, Slot
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
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.units import format_frequency

_NUMBER = re.compile(r"([+-]?[0-9]+) dB")
_FREQUENCY = re.compile(r"([0-9]+)\.([0-9]{3}) MHz")
_PAIR = re.compile(r"([0-9]+)[, ]+([0-9]+)")
_SWITCHED = {"muted": True, "not muted": False, "RF on": True, "RF off": False}


def find_channel(known: DeviceSnapshot, number: int | None) -> ChannelState | None:
    """What is known of a channel; None: nothing, or the device as a whole is meant."""
    return next((channel for channel in known.channels if channel.number == number), None)


def find_slot(channel: ChannelState | None, number: int) -> Slot | None:
    """A registered transmitter of a channel; None: nothing is known of it."""
    slots = () if channel is None else channel.facts.slots
    return next((slot for slot in slots if slot.number == number), None)


def present_command(command: Command, known: DeviceSnapshot) -> Command | None:
    """The same command with the value that is in force now; None: that is not known, or there is none."""
    if isinstance(command, SetDeviceName):
        return _with_name(command, known.state.own_name)
    channel = find_channel(known, command.channel)
    return None if channel is None else _present_in(command, channel)


def _present_in(command: Command, channel: ChannelState) -> Command | None:
    facts = channel.facts
    match command:
        case SetChannelName():
            return _with_name(command, facts.name)
        case SetGain():
            return None if facts.gain_db is None else replace(command, gain_db=facts.gain_db)
        case SetMute():
            return None if facts.receiver_muted is None else replace(command, muted=facts.receiver_muted)
        case SetFrequency():
            khz = facts.frequency_khz
            return None if khz is None else replace(command, frequency_khz=khz)
        case SetGroupChannel():
            return _parse_pair(command, facts.group_channel or "")
        case _:
            return _present_in_slot(command, channel)


def _present_in_slot(command: Command, channel: ChannelState) -> Command | None:
    match command:
        case SetSlotRf(_, number, _):
            slot = find_slot(channel, number)
            return None if slot is None or slot.rf_on is None else replace(command, on=slot.rf_on)
        case SetSlotName(_, number, _):
            slot = find_slot(channel, number)
            return None if slot is None else _with_name(command, slot.name)
        case _:
            return None


def restoring_command(command: Command, known: DeviceSnapshot) -> Command | None:
    """What brings back how it is now, once ``command`` was executed; None: that is not known.

    A channel that is tuned to a frequency of no group goes back to that frequency.
    """
    present = present_command(command, known)
    if present is None and isinstance(command, SetGroupChannel):
        return present_command(SetFrequency(command.channel, 0), known)
    return present


def confirmed_command(command: Command, value: str) -> Command | None:
    """The command with the value that the device confirmed, as ``Confirmation`` has it; None: unreadable."""
    text = value.strip()
    match command:
        case SetDeviceName() | SetChannelName() | SetSlotName():
            return _with_name(command, text)
        case SetGain():
            found = _NUMBER.fullmatch(text)
            return None if found is None else replace(command, gain_db=int(found[1]))
        case SetFrequency():
            found = _FREQUENCY.fullmatch(text)
            return None if found is None else replace(command, frequency_khz=int(found[1] + found[2]))
        case SetGroupChannel():
            return _parse_pair(command, text)
        case _:
            return _confirmed_switch(command, text)


def is_as_asked(command: Command, value: str) -> bool:
    """Whether a confirmed value is the one asked for, but for blanks around a name; also if unreadable."""
    confirmed = confirmed_command(command, value)
    if isinstance(command, SetDeviceName | SetChannelName | SetSlotName):
        command = replace(command, name=command.name.strip())
    return confirmed in {None, command}


def _confirmed_switch(command: Command, text: str) -> Command | None:
    match command:
        case SetMute() if text in _SWITCHED:
            return replace(command, muted=_SWITCHED[text])
        case SetSlotRf() if text in _SWITCHED:
            return replace(command, on=_SWITCHED[text])
        case _:
            return None


def format_value(command: Command) -> str:
    """The value that a command sets, as people read it: ``+12 dB``, ``muted``, ``482.125 MHz``."""
    match command:
        case SetDeviceName(name) | SetChannelName(_, name) | SetSlotName(_, _, name):
            return name
        case SetMute(_, muted):
            return "muted" if muted else "not muted"
        case SetSlotRf(_, _, on):
            return "RF on" if on else "RF off"
        case Identify():
            return "flashing"
        case _:
            return _format_number(command)


def _format_number(command: SetGain | SetFrequency | SetGroupChannel) -> str:
    match command:
        case SetGain(_, gain_db):
            return f"{gain_db:+d} dB"
        case SetFrequency(_, frequency_khz):
            return format_frequency(frequency_khz)
        case SetGroupChannel(_, group, number):
            return f"{group},{number}"


def _with_name(
    command: SetDeviceName | SetChannelName | SetSlotName, name: str | None
) -> SetDeviceName | SetChannelName | SetSlotName | None:
    """None also for an empty name, which cannot be set."""
    return replace(command, name=name) if name else None


def _parse_pair(command: SetGroupChannel, text: str) -> SetGroupChannel | None:
    found = _PAIR.fullmatch(text.strip())
    return None if found is None else replace(command, group=int(found[1]), number=int(found[2]))
