"""A value as a person types it, as the command that sets it. Pure."""

import re
from dataclasses import dataclass
from typing import TypeAlias

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
from micboard_tui.domain.command_words import COMMAND_KINDS

_GAIN = re.compile(r"([+-]?[0-9]{1,4})(?:\s*dB)?", re.IGNORECASE)
_MHZ = re.compile(r"([0-9]{1,5})(?:[.,]([0-9]{1,3}))?(?:\s*MHz)?", re.IGNORECASE)
_PAIR = re.compile(r"([0-9]{1,3})\s*[,;/ ]\s*([0-9]{1,3})")
ON, OFF = "on", "off"
SWITCHES: dict[type[Command], tuple[tuple[str, str], tuple[str, str]]] = {
    SetMute: (("muted", ON), ("not muted", OFF)),
    SetSlotRf: (("RF on", ON), ("RF off", OFF)),
}
"""What has two values only: how people read each, and how it is typed."""
Number: TypeAlias = SetGain | SetFrequency | SetGroupChannel


@dataclass(frozen=True, slots=True)
class ControlPlace:
    """What is set, and where: the kind of a command, its channel and its slot."""

    kind: str
    channel: int | None = None
    slot: int | None = None

    @property
    def command_type(self) -> type[Command]:
        """The command that sets it."""
        return COMMAND_KINDS[self.kind]


def command_of(place: ControlPlace, text: str) -> Command:
    """The command that sets what was typed. Raises ValueError, which says how it is to be typed."""
    typed, channel, slot = text.strip(), place.channel or 0, place.slot or 0
    kind = place.command_type
    if kind is Identify:
        return Identify(place.channel)
    if kind is SetDeviceName:
        return SetDeviceName(typed)
    if kind is SetChannelName:
        return SetChannelName(channel, typed)
    if kind is SetSlotName:
        return SetSlotName(channel, slot, typed)
    return _switch_or_number(kind, channel, slot, typed)


def _switch_or_number(kind: type[Command], channel: int, slot: int, typed: str) -> Command:
    if kind is SetMute:
        return SetMute(channel, _parse_switch(typed))
    if kind is SetSlotRf:
        return SetSlotRf(channel, slot, _parse_switch(typed))
    if kind is SetGain:
        return SetGain(channel, int(_match(_GAIN, typed, "Give a gain in dB, as 12 or -6")[1]))
    if kind is SetFrequency:
        found = _match(_MHZ, typed, "Give a frequency in MHz, as 482.125")
        return SetFrequency(channel, int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0")))
    found = _match(_PAIR, typed, "Give group and channel, as 6,11")
    return SetGroupChannel(channel, int(found[1]), int(found[2]))


def _parse_switch(typed: str) -> bool:
    if typed.lower() not in {ON, OFF}:
        raise ValueError(f"Give {ON} or {OFF}")
    return typed.lower() == ON


def _match(pattern: re.Pattern[str], typed: str, cure: str) -> re.Match[str]:
    found = pattern.fullmatch(typed)
    if found is None:
        raise ValueError(cure)
    return found


def typed_text(present: str | None) -> str:
    """A value as it is shown, in the form in which a person changes it."""
    plain = present or ""
    return re.sub(r"^\+?(-?[0-9.,]+) (?:dB|MHz)$", r"\1", plain)
