"""The names of performers for their channels, and for their packs where a receiver can name them. Pure."""

from collections.abc import Iterator, Sequence

from micboard_tui.contracts.control import PlanLine, PlanPurpose
from micboard_tui.contracts.errors import MicboardError
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.channel import ChannelState, SlotStatus
from micboard_tui.domain.command import Command, SetChannelName, SetMute, SetSlotName
from micboard_tui.domain.command_values import present_command
from micboard_tui.domain.command_words import control_title
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot
from micboard_tui.domain.fitted_name import fit_name
from micboard_tui.services.control.command_desk import CommandDesk, subject_of

NO_PERFORMER = "has no performer"
OFFLINE = "not online"


def plan_lines(
    purpose: PlanPurpose, devices: Sequence[tuple[DeviceSnapshot, ChannelState]], desk: CommandDesk
) -> Iterator[PlanLine]:
    """One or more lines for each channel, in order."""
    for known, channel in devices:
        if purpose is PlanPurpose.NAMES:
            yield from _name_lines(known, channel, desk)
        else:
            yield _line(known, SetMute(channel.number, muted=purpose is PlanPurpose.MUTE), desk)


def _name_lines(known: DeviceSnapshot, channel: ChannelState, desk: CommandDesk) -> Iterator[PlanLine]:
    number, name = channel.number, _name_of(channel)
    if name is None:
        yield _left_out(known, SetChannelName(number, ""), NO_PERFORMER)
        return
    yield _name_line(known, SetChannelName(number, name), name, desk)
    linked = [slot for slot in channel.facts.slots if slot.status is SlotStatus.LINKED_ACTIVE]
    if len(linked) == 1:
        yield _name_line(known, SetSlotName(number, linked[0].number, name), name, desk)
        return
    for slot in channel.facts.slots:
        if slot.status is not SlotStatus.EMPTY:
            reason = (
                "several packs are linked; name each by hand" if linked else "no pack is linked and in reach"
            )
            yield _left_out(known, SetSlotName(number, slot.number, name), reason)


def _name_of(channel: ChannelState) -> str | None:
    assignment = channel.assignment
    if assignment is None or assignment.performer is None:
        return None
    return assignment.performer.name + (" B" if assignment.role is Role.BACKUP else "")


def _name_line(
    known: DeviceSnapshot, command: SetChannelName | SetSlotName, name: str, desk: CommandDesk
) -> PlanLine:
    """With the longest beginning of the name that the device takes."""

    def is_taken(shorter: str) -> bool:
        try:
            desk.check(known, _renamed(command, shorter))
        except MicboardError:
            return False
        return True

    fitted = fit_name(name, is_taken)
    line = _line(known, _renamed(command, fitted or name), desk)
    if fitted in {None, name} or line.preview is None:
        return line
    return PlanLine(
        line.device_id,
        line.channel,
        line.subject,
        line.title,
        line.preview,
        _describe_fit(name, fitted or name),
    )


def _describe_fit(name: str, fitted: str) -> str:
    verb = "shortened" if len(fitted) < len(name) else "in plain letters,"
    return f"{verb} from '{name}'"


def _renamed(command: SetChannelName | SetSlotName, name: str) -> SetChannelName | SetSlotName:
    if isinstance(command, SetChannelName):
        return SetChannelName(command.channel, name)
    return SetSlotName(command.channel, command.slot, name)


def _line(
    known: DeviceSnapshot, command: SetChannelName | SetSlotName | SetMute, desk: CommandDesk
) -> PlanLine:
    if not known.state.is_online:
        return _left_out(known, command, OFFLINE)
    if _is_in_force(command, known):
        return _left_out(known, command, "is so already")
    try:
        preview = desk.preview(known, command)
    except MicboardError as error:
        return _left_out(known, command, error.info.message)
    if _is_in_force(preview.command, known):
        return _left_out(known, command, "is so already")
    subject, title = subject_of(known, command), control_title(command)
    return PlanLine(known.device.id, command.channel, subject, title, preview)


def _is_in_force(command: Command, known: DeviceSnapshot) -> bool:
    return present_command(command, known) == command


def _left_out(
    known: DeviceSnapshot, command: SetChannelName | SetSlotName | SetMute, reason: str
) -> PlanLine:
    subject, title = subject_of(known, command), control_title(command)
    return PlanLine(known.device.id, command.channel, subject, title, None, reason)


def has_channels(known: DeviceSnapshot) -> bool:
    """Whether a plan can be about a device."""
    return known.state.kind is not DeviceKind.CHARGER
