"""What a command does to the show: its class, its effect in words, and how often it is asked about. Pure.

Source: docs/reference/protocols/shure.md 16.
"""

from dataclasses import dataclass
from enum import StrEnum

from micboard_tui.domain.channel import ChannelState, SlotStatus
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.domain.command_values import find_channel, find_slot, present_command
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.safe_text import visible

LARGE_GAIN_STEP_DB = 3
"""A larger one is heard as a jump (docs/reference/protocols/shure.md 16)."""


class CommandClass(StrEnum):
    """How dangerous a command is in a show."""

    SAFE = "safe"
    SOUND = "sound"
    """It may change what is heard, or what people read on the device."""
    LINK = "link"
    """It may end the link between transmitter and receiver."""


CLASS_TEXTS = {
    CommandClass.SAFE: "safe",
    CommandClass.SOUND: "affects sound",
    CommandClass.LINK: "can end the link",
}


@dataclass(frozen=True, slots=True)
class CommandEffect:
    command_class: CommandClass
    text: str
    """What happens, for people: "Ada's mic goes silent"."""
    confirmations: int
    """How often a person is asked before it is sent."""


def effect_of(
    command: Command, known: DeviceSnapshot, *, switches_carrier: bool = False, synced_by: str = ""
) -> CommandEffect:
    """What ``command`` would do now.

    ``switches_carrier``: the device mutes by switching its carrier off; ``synced_by``: how a pack learns its
    frequency from its receiver, as "by IR", where that is known.
    """
    match command:
        case Identify():
            return CommandEffect(CommandClass.SAFE, "It flashes for a moment; sound and link stay", 0)
        case SetGain():
            return _effect_of_gain(command, known)
        case SetMute():
            return _effect_of_mute(command, known, switches_carrier=switches_carrier)
        case SetFrequency() | SetGroupChannel():
            return _link_effect(_tuning_text(command, known, synced_by))
        case SetSlotRf():
            return _link_effect(_slot_rf_text(command, known))
        case _:
            return _sound_effect("Only the name changes, for all who read it; sound and link stay")


def _effect_of_gain(command: SetGain, known: DeviceSnapshot) -> CommandEffect:
    present, source = present_command(command, known), _source_of(command, known)
    if not isinstance(present, SetGain):
        text = f"The gain of {source} now is not known, so the step may be large"
        return CommandEffect(CommandClass.SOUND, text, 2)
    step_db = command.gain_db - present.gain_db
    if not step_db:
        return _sound_effect("It has this gain already")
    text = f"{source} gets {abs(step_db)} dB {'louder' if step_db > 0 else 'quieter'}"
    if abs(step_db) <= LARGE_GAIN_STEP_DB:
        return _sound_effect(text)
    text += f"; that is a large step, more than {LARGE_GAIN_STEP_DB} dB at once"
    return CommandEffect(CommandClass.SOUND, _as_sentence(text), 2)


def _effect_of_mute(command: SetMute, known: DeviceSnapshot, *, switches_carrier: bool) -> CommandEffect:
    source = _source_of(command, known)
    if switches_carrier:
        return _link_effect(_carrier_text(source, on=not command.muted))
    return _sound_effect(f"{source} goes silent" if command.muted else f"{source} is heard again")


def _tuning_text(command: SetFrequency | SetGroupChannel, known: DeviceSnapshot, synced_by: str) -> str:
    if present_command(command, known) == command:
        return "It is tuned so already"
    source, channel = _source_of(command, known), find_channel(known, command.channel)
    if known.state.kind is DeviceKind.IEM_TRANSMITTER:
        return f"{source} falls silent until each pack that listens is tuned to it, too"
    if _has_linked_pack(channel):
        return f"The pack of {source} follows over ShowLink; one that does not is silent until it is synced"
    return f"The link of {source} is lost until its pack is synced with the receiver {synced_by}".rstrip()


def _slot_rf_text(command: SetSlotRf, known: DeviceSnapshot) -> str:
    slot = find_slot(find_channel(known, command.channel), command.slot)
    name = "" if slot is None or not slot.name else f" ({visible(slot.name)})"
    return _carrier_text(f"The transmitter of slot {command.slot}{name}", on=command.on)


def _carrier_text(source: str, *, on: bool) -> str:
    if on:
        return f"{source} transmits again; another on its frequency is disturbed"
    return f"{source} stops transmitting: its link is lost"


def _has_linked_pack(channel: ChannelState | None) -> bool:
    slots = () if channel is None else channel.facts.slots
    return any(slot.status is SlotStatus.LINKED_ACTIVE for slot in slots)


def _source_of(command: Command, known: DeviceSnapshot) -> str:
    """Whose microphone or in-ear it is, as people call it."""
    if isinstance(command, SetDeviceName) or command.channel is None:
        return visible(known.title)
    noun = "in-ear" if known.state.kind is DeviceKind.IEM_TRANSMITTER else "mic"
    channel = find_channel(known, command.channel)
    assignment = None if channel is None else channel.assignment
    if assignment is None or assignment.performer is None:
        return f"the {noun} on {visible(channel_label(known.title, command.channel))}"
    return f"{visible(assignment.performer.name)}'s {noun}"


def _sound_effect(text: str) -> CommandEffect:
    return CommandEffect(CommandClass.SOUND, _as_sentence(text), 1)


def _link_effect(text: str) -> CommandEffect:
    return CommandEffect(CommandClass.LINK, _as_sentence(text), 2)


def _as_sentence(text: str) -> str:
    """Names stay as they are written."""
    return f"T{text[1:]}" if text.startswith("the ") else text
