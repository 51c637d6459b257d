"""Commands as plain values, so that they can travel, and in words. Pure.

A command travels as its fields by name, with a word for its kind beside them:
``{"kind": "set_gain", "channel": 2, "gain_db": 12}``.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Final, TypeAlias

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
from micboard_tui.domain.units import format_mhz

Plain: TypeAlias = str | int | bool | None

KIND: Final = "kind"
COMMAND_KINDS: Mapping[str, type[Command]] = {
    "identify": Identify,
    "set_device_name": SetDeviceName,
    "set_channel_name": SetChannelName,
    "set_gain": SetGain,
    "set_mute": SetMute,
    "set_frequency": SetFrequency,
    "set_group_channel": SetGroupChannel,
    "set_slot_rf": SetSlotRf,
    "set_slot_name": SetSlotName,
}
"""Every command by the word for its kind; a word never changes its meaning."""
_WORDS = {command_type: word for word, command_type in COMMAND_KINDS.items()}


def kind_of(command: Command) -> str:
    """The word for what kind of command it is."""
    return _WORDS[type(command)]


def format_command(command: Command) -> dict[str, Plain]:
    """The command as plain values."""
    return {KIND: kind_of(command), **asdict(command)}


def parse_command(values: Mapping[str, object]) -> Command:
    """The command that ``format_command`` gave. Raises ValueError, which names what is wrong."""
    kind = values.get(KIND)
    command_type = COMMAND_KINDS.get(kind) if isinstance(kind, str) else None
    if command_type is None:
        raise ValueError(f"{KIND} must be one of {', '.join(COMMAND_KINDS)}")
    given = {name: value for name, value in values.items() if name != KIND}
    known = {field.name: field for field in fields(command_type)}
    if (unknown := next((name for name in given if name not in known), None)) is not None:
        raise ValueError(f"{kind} has no {unknown!r}")
    for name, field in known.items():
        if name in given:
            _check_type(name, given[name], field.type)
        elif field.type != int | None:
            raise ValueError(f"{kind} needs {name}")
    return command_type(**given)  # type: ignore[arg-type]  # Each value was checked against its field.


def _check_type(name: str, value: object, expected: object) -> None:
    """Raise ValueError unless ``value`` is of the type of its field; true and false are no numbers."""
    may_be_none = expected == int | None
    wanted = int if may_be_none else expected
    if type(value) is not wanted and not (may_be_none and value is None):
        raise ValueError(f"{name} must be {_TYPE_WORDS[wanted]}")


_TYPE_WORDS: Mapping[object, str] = {str: "a text", bool: "true or false", int: "a whole number"}


def describe_command(command: Command) -> str:
    """What was done when the command was done, as an event of its channel or device tells it."""
    return _DESCRIPTIONS[type(command)].format_map({n: _in_words(n, v) for n, v in asdict(command).items()})


_DESCRIPTIONS: Mapping[type[Command], str] = {
    Identify: "Identified by flashing",
    SetDeviceName: "Device named {name}",
    SetChannelName: "Channel named {name}",
    SetGain: "Gain set to {gain_db} dB",
    SetMute: "Output {muted}",
    SetFrequency: "Frequency set to {frequency_khz} MHz",
    SetGroupChannel: "Tuned to group {group}, channel {number}",
    SetSlotRf: "RF of slot {slot} switched {on}",
    SetSlotName: "Transmitter of slot {slot} named {name}",
}


def control_title(command: Command) -> str:
    """What a command sets, as people call it: ``Gain``, ``RF of slot 2``."""
    return _TITLES[type(command)].format_map(asdict(command))


_TITLES: Mapping[type[Command], str] = {
    Identify: "Identify",
    SetDeviceName: "Device name",
    SetChannelName: "Name",
    SetGain: "Gain",
    SetMute: "Mute",
    SetFrequency: "Frequency",
    SetGroupChannel: "Group, channel",
    SetSlotRf: "RF of slot {slot}",
    SetSlotName: "Name of slot {slot}",
}


def _in_words(name: str, value: Plain) -> str:
    match name, value:
        case "frequency_khz", int():
            return format_mhz(value)
        case "muted", bool():
            return "muted" if value else "unmuted"
        case "on", bool():
            return "on" if value else "off"
        case _:
            return str(value)
