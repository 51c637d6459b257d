"""``devices set``: changes how a device is registered, and settings on the device itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.armed_commands import armed_control
from micboard_tui.cli.context import current_operator, data_of
from micboard_tui.cli.options import DeviceName, Port, Yes, Zone
from micboard_tui.cli.output import format_value, print_line, print_note
from micboard_tui.cli.prompts import require_consent
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotName,
    SetSlotRf,
)
from micboard_tui.domain.command_effects import CLASS_TEXTS
from micboard_tui.domain.device import Device

if TYPE_CHECKING:
    from micboard_tui.contracts.control import CommandPreview
    from micboard_tui.contracts.device import DeviceChange
    from micboard_tui.contracts.services import Services


@dataclass(frozen=True, slots=True)
class RequestedChanges:
    """What the options ask for on the device itself; None where one was left out."""

    channel_name: str | None = None
    gain_db: int | None = None
    muted: bool | None = None
    frequency_mhz: float | None = None
    group_channel: str | None = None
    slot: int | None = None
    slot_rf: str | None = None
    slot_name: str | None = None
    device_name: str | None = None


def set_device(
    device: DeviceName,
    name: Annotated[str | None, typer.Option(help="Your name for it; empty removes it.")] = None,
    host: Annotated[str | None, typer.Option(help="Its new address or host name.")] = None,
    port: Port = None,
    location: Annotated[str | None, typer.Option(help="Its location; empty: none.")] = None,
    out_of_service: Annotated[
        bool | None,
        typer.Option("--out-of-service/--in-service", help="Whether nothing of it is an alarm."),
    ] = None,
    zone: Zone = None,
    channel: Annotated[
        int | None, typer.Option(help="The channel that the options below change.", min=1)
    ] = None,
    channel_name: Annotated[str | None, typer.Option(help="On the device: the channel's name.")] = None,
    gain: Annotated[int | None, typer.Option(help="On the device: output gain in dB.")] = None,
    mute: Annotated[bool | None, typer.Option("--mute/--unmute", help="On the device: output mute.")] = None,
    frequency: Annotated[float | None, typer.Option(help="On the device: MHz. The pack must follow.")] = None,
    group_channel: Annotated[
        str | None, typer.Option(metavar="GROUP,CHANNEL", help="On the device: as 6,11.")
    ] = None,
    slot: Annotated[
        int | None, typer.Option(help="A registered transmitter (Axient Digital).", min=1)
    ] = None,
    slot_rf: Annotated[str | None, typer.Option(metavar="on|off", help="On the transmitter: its RF.")] = None,
    slot_name: Annotated[
        str | None, typer.Option(help="On the transmitter: its name (Axient Digital, ShowLink).")
    ] = None,
    device_name: Annotated[str | None, typer.Option(help="On the device: its own name.")] = None,
    yes: Yes = False,
) -> None:
    """Change how a device is registered, or a setting on it.

    What changes on the device itself is shown first, as it is sent, and done only with --yes or after a
    question, or two where a link can end. Each change waits for the device's confirmation and is a step.

      micboard-tui devices set "Rack A" --location "B Stage"

      micboard-tui devices set "Rack A" --out-of-service

      micboard-tui devices set "Rack A" --channel 1 --gain 12 --yes
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.contracts.device import DeviceChange

    change = DeviceChange(
        name=name, host=host, port=port, location=location, out_of_service=out_of_service, zone=zone
    )
    requested = RequestedChanges(
        channel_name, gain, mute, frequency, group_channel, slot, slot_rf, slot_name, device_name
    )
    commands = commands_of(channel, requested)
    if change == DeviceChange() and not commands:
        raise typer.BadParameter("Give something to change; --help lists the options")

    async def change_device(services: "Services") -> None:
        chosen = data_of(await services.devices.find(device))
        for command in commands:
            data_of(await services.devices.check_command(chosen.id, command))
        if change != DeviceChange():
            await _change_registration(services, chosen, change)
        if commands:
            await _execute_on_device(services, chosen, commands, yes=yes)

    run_with_services(change_device)


def commands_of(channel: int | None, requested: RequestedChanges) -> list[Command]:
    """The commands for the device, in a good order. Raises BadParameter for options that do not fit."""
    commands: list[Command] = []
    if requested.device_name is not None:
        commands.append(SetDeviceName(requested.device_name))
    of_channel = (
        requested.channel_name,
        requested.gain_db,
        requested.muted,
        requested.frequency_mhz,
        requested.group_channel,
        requested.slot_rf,
        requested.slot_name,
    )
    if any(value is not None for value in of_channel):
        if channel is None:
            raise typer.BadParameter("Give the channel with --channel")
        commands += _channel_commands(channel, requested)
    elif channel is not None:
        raise typer.BadParameter("Give what to change of the channel; its name is --channel-name")
    return commands


def _channel_commands(channel: int, requested: RequestedChanges) -> list[Command]:
    commands: list[Command] = []
    if requested.channel_name is not None:
        commands.append(SetChannelName(channel, requested.channel_name))
    if requested.gain_db is not None:
        commands.append(SetGain(channel, requested.gain_db))
    if requested.muted is not None:
        commands.append(SetMute(channel, requested.muted))
    if requested.frequency_mhz is not None:
        commands.append(SetFrequency(channel, round(requested.frequency_mhz * 1000)))
    if requested.group_channel is not None:
        commands.append(_parse_group_channel(channel, requested.group_channel))
    if requested.slot_rf is not None:
        commands.append(_parse_slot_rf(channel, requested.slot, requested.slot_rf))
    if requested.slot_name is not None:
        commands.append(SetSlotName(channel, _require_slot(requested.slot), requested.slot_name))
    return commands


def _parse_group_channel(channel: int, text: str) -> SetGroupChannel:
    group, _, number = text.partition(",")
    if not (group.strip().isdigit() and number.strip().isdigit()):
        raise typer.BadParameter("--group-channel is group,channel, for example 6,11")
    return SetGroupChannel(channel, int(group), int(number))


def _parse_slot_rf(channel: int, slot: int | None, text: str) -> SetSlotRf:
    if text not in {"on", "off"}:
        raise typer.BadParameter("--slot-rf is on or off")
    return SetSlotRf(channel, _require_slot(slot), text == "on")


def _require_slot(slot: int | None) -> int:
    if slot is None:
        raise typer.BadParameter("Give the transmitter with --slot")
    return slot


async def _change_registration(services: "Services", device: Device, change: "DeviceChange") -> None:
    changed = data_of(await services.devices.update(device.id, change, actor=current_operator()))
    title = data_of(await services.devices.get_device_status(device.id)).title
    service = ", out of service: nothing of it is an alarm" if changed.out_of_service else ""
    zone = f" in zone {changed.zone}" if change.zone is not None else ""
    print_line(f"Registered as {title} at {changed.host}:{changed.port}{zone}{service}.")


async def _execute_on_device(
    services: "Services", device: Device, commands: Sequence[Command], *, yes: bool
) -> None:
    """Read what is in force, show what will change on the device, ask, and do it one by one."""
    known = data_of(await services.devices.sync_device(device.manufacturer, device.id))
    previews = [data_of(await services.control.preview(device.id, command)) for command in commands]
    for preview in previews:
        print_preview(preview)
    await require_consent(f"Change this on {known.title}", yes=yes)
    if any(preview.confirmations > 1 for preview in previews):
        await require_consent("This can end a link or be heard as a jump. Change it all the same", yes=yes)
    operator = current_operator()
    async with armed_control(services.users, operator):
        for preview in previews:
            result = await services.control.execute(device.id, preview.command, actor=operator)
            print_line(f"{_title_of(preview)}: {data_of(result).value}")
            if result.warning:
                print_note(f"{result.warning}.")


def print_preview(preview: "CommandPreview") -> None:
    """What will change, from what to what, what is sent for it, and what it does; on stderr."""
    print_note(f"{_title_of(preview)}: {format_value(preview.present)} -> {preview.new}")
    for message in preview.messages:
        print_note(f"  sends   {message}")
    print_note(f"  effect  {preview.effect} ({CLASS_TEXTS[preview.command_class]})")


def _title_of(preview: "CommandPreview") -> str:
    if getattr(preview.command, "channel", None) is None:
        return preview.title
    return f"{preview.subject} {preview.title.lower()}"
