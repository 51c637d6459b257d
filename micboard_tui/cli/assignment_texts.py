"""Channels and assignments as lines for people. Pure."""

from collections.abc import Callable, Sequence

from micboard_tui.domain.assignment import Assignment, Role
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, channel_label


def channel_titles(devices: Sequence[DeviceSnapshot]) -> Callable[[ChannelRef], str]:
    """What a channel is called: its device and number, and its name where it has one."""
    titles = {device.device.id: device.title for device in devices}
    names = {channel.ref: channel.facts.name for device in devices for channel in device.channels}

    def title_of(ref: ChannelRef) -> str:
        label = channel_label(titles.get(ref.device_id, ref.device_id), ref.number)
        return f"{label} ({name})" if (name := names.get(ref)) else label

    return title_of


def describe_assignment(assignment: Assignment, devices: Sequence[DeviceSnapshot]) -> str:
    """Who has which channel, as "Ada has Rack A/1 (Vox 1) as primary"."""
    title = channel_titles(devices)(assignment.channel)
    if assignment.performer is None and assignment.role is Role.SPARE:
        return f"{title} is a spare for all"
    name = assignment.performer.name if assignment.performer else "No one"
    return f"{name} has {title} as {assignment.role_description}"
