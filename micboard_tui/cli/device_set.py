"""What ``devices set`` changes: checked, shown, asked about, done, confirmed."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import typer

from micboard_tui.cli.context import data_of
from micboard_tui.cli.output import note, say
from micboard_tui.container import Container
from micboard_tui.contracts.device import DeviceChange
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.domain.device import Device, DeviceSnapshot


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options ask for; None where one was left out."""

    channel_name: str | None = None
    gain_db: int | None = None
    muted: bool | None = None
    frequency_mhz: float | None = None
    group_channel: str | None = None
    slot: int | None = None
    slot_rf: str | None = None
    device_name: str | None = None


def commands_of(channel: int | None, wishes: Wishes) -> list[Command]:
    """The commands for the device, in a good order. Raises BadParameter for options that do not fit."""
    commands: list[Command] = []
    if wishes.device_name is not None:
        commands.append(SetDeviceName(wishes.device_name))
    asked = (
        wishes.channel_name,
        wishes.gain_db,
        wishes.muted,
        wishes.frequency_mhz,
        wishes.group_channel,
        wishes.slot_rf,
    )
    if any(wish is not None for wish in asked):
        if channel is None:
            raise typer.BadParameter("Say which channel with --channel")
        commands += _of_channel(channel, wishes)
    return commands


def _of_channel(channel: int, wishes: Wishes) -> list[Command]:
    commands: list[Command] = []
    if wishes.channel_name is not None:
        commands.append(SetChannelName(channel, wishes.channel_name))
    if wishes.gain_db is not None:
        commands.append(SetGain(channel, wishes.gain_db))
    if wishes.muted is not None:
        commands.append(SetMute(channel, wishes.muted))
    if wishes.frequency_mhz is not None:
        commands.append(SetFrequency(channel, round(wishes.frequency_mhz * 1000)))
    if wishes.group_channel is not None:
        commands.append(_group_channel(channel, wishes.group_channel))
    if wishes.slot_rf is not None:
        commands.append(_slot_rf(channel, wishes.slot, wishes.slot_rf))
    return commands


def _group_channel(channel: int, text: str) -> SetGroupChannel:
    group, _, number = text.partition(",")
    if not (group.strip().isdigit() and number.strip().isdigit()):
        raise typer.BadParameter("--group-channel is group,channel, for example 6,11")
    return SetGroupChannel(channel, int(group), int(number))


def _slot_rf(channel: int, slot: int | None, text: str) -> SetSlotRf:
    if slot is None:
        raise typer.BadParameter("Say which transmitter with --slot")
    if text not in {"on", "off"}:
        raise typer.BadParameter("--slot-rf is on or off")
    return SetSlotRf(channel, slot, text == "on")


async def registered(container: Container, device: Device, change: DeviceChange) -> None:
    """Change how the device is registered."""
    changed = data_of(await container.devices.update(device.id, change))
    say(f"Registered as {changed.name or changed.host} at {changed.host}:{changed.port}.")


async def set_on_device(
    container: Container, device: Device, commands: Sequence[Command], *, yes: bool
) -> None:
    """Show what will change on the device, ask, and do it one by one."""
    known = data_of(await container.devices.get_device_status(device.id))
    plans = [_plan(known, command) for command in commands]
    for plan in plans:
        note(plan)
    confirmed(f"Change this on {known.title}", yes=yes)
    for plan, command in zip(plans, commands, strict=True):
        confirmation = data_of(await container.devices.execute(device.id, command))
        say(f"{plan.split(':')[0]}: {confirmation.value}")


def confirmed(question: str, *, yes: bool) -> None:
    """Go on only when the user agrees. Without a terminal nobody can: then --yes is needed."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise MicboardError(
            ErrorCode.INVALID_VALUE, "Nothing was changed: nobody could be asked", hint="Say --yes to go on"
        )
    if not typer.confirm(f"{question}?", err=True):
        raise MicboardError(ErrorCode.INVALID_VALUE, "Nothing was changed", hint="Say yes to go on")


def _plan(known: DeviceSnapshot, command: Command) -> str:
    """What will change, from what to what."""
    if isinstance(command, SetDeviceName):
        return f"Device name: {known.state.own_name or 'unknown'} -> {command.name}"
    number = getattr(command, "channel", None)
    state = next((each for each in known.channels if each.number == number), None)
    what, old, new = _change(command, state)
    return f"Channel {number} {what}: {'unknown' if old is None else old} -> {new}"


def _change(command: Command, state: ChannelState | None) -> tuple[str, object, object]:
    facts = state.facts if state else None
    match command:
        case SetChannelName(_, name):
            return "name", facts and facts.name, name
        case SetGain(_, gain_db):
            return "gain (dB)", facts and facts.gain_db, gain_db
        case SetMute(_, muted):
            return "output muted", facts and facts.receiver_muted, muted
        case SetFrequency(_, frequency_khz):
            old = facts.frequency_khz if facts else None
            return "frequency (MHz)", old and f"{old / 1000:.3f}", f"{frequency_khz / 1000:.3f}"
        case SetGroupChannel(_, group, number):
            return "group and channel", facts and facts.group_channel, f"{group},{number}"
        case SetSlotRf(_, slot, on):
            return f"RF of slot {slot}", None, "on" if on else "off"
        case _:
            return "identify", None, "flashing"
