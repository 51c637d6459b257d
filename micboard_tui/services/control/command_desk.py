"""What a command to a device would send and do, by its driver and by what is known of it; asks no device."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from micboard_tui.contracts.control import CommandPreview, OfferedControl
from micboard_tui.contracts.errors import MicboardError
from micboard_tui.contracts.ports import CommandCheck, DescribedCommand, DriverSpec
from micboard_tui.domain.channel import NO_FACTS
from micboard_tui.domain.command import Command
from micboard_tui.domain.command_effects import effect_of
from micboard_tui.domain.command_values import (
    confirmed_command,
    find_channel,
    format_value,
    present_command,
    restoring_command,
)
from micboard_tui.domain.command_words import control_title
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import channel_label
from micboard_tui.services.control.offered_controls import offered_controls
from micboard_tui.services.device.command_check import check_command
from micboard_tui.services.device.driver_check import safe_check
from micboard_tui.services.device.known_channels import possible_channels
from micboard_tui.services.synchronization.driver_opener import DriverOpener

NOT_SHOWN = DescribedCommand(())
"""Of a driver, a plugin's, that shows nothing before it is sent."""

log = structlog.get_logger(__name__)


class CommandDesk:
    """Its methods raise MicboardError with the codes of ``ControlContract``."""

    def __init__(self, opener: DriverOpener) -> None:
        self._opener = opener

    def check(self, known: DeviceSnapshot, command: Command) -> None:
        check_command(command, known, self.check_of(known.device))

    def check_of(self, device: Device) -> CommandCheck:
        """What the driver of a device checks of a command without a connection."""
        return safe_check(self._spec_of(device))

    def preview(self, known: DeviceSnapshot, command: Command) -> CommandPreview:
        """Of the command with the value that is sent, which the driver may have had to fit to the device."""
        self.check(known, command)
        described = self._describe(known, command)
        command = confirmed_command(command, described.value) or command
        current = without_past(known)
        effect = effect_of(
            command,
            current,
            switches_carrier=described.switches_carrier,
            synced_by=described.synced_by,
        )
        present = present_command(command, current)
        return CommandPreview(
            known.device.id,
            command,
            subject_of(known, command),
            control_title(command),
            described.messages,
            None if present is None else format_value(present),
            format_value(command),
            effect.command_class,
            effect.text,
            effect.confirmations,
            can_undo=self.find_way_back(known, command) is not None,
        )

    def find_way_back(self, known: DeviceSnapshot, command: Command) -> Command | None:
        """What takes a command back; None: the value now is not known, or cannot be set."""
        back = restoring_command(command, without_past(known))
        if back is None:
            return None
        try:
            self.check(known, back)
        except MicboardError:
            return None
        return back

    def list_controls(self, known: DeviceSnapshot, channel: int | None) -> Sequence[OfferedControl]:
        return offered_controls(without_past(known), channel, self.check_of(known.device))

    def _describe(self, known: DeviceSnapshot, command: Command) -> DescribedCommand:
        describe = self._spec_of(known.device).describe_command
        if describe is None:
            return NOT_SHOWN
        channels = {number: _raw_values(known, number) for number in possible_channels(known)}
        try:
            return describe(command, known.state.model, channels)
        except MicboardError:
            raise
        except Exception:  # A plugin in trouble must not crash us; then nothing is shown.
            log.exception("command_description_crashed", device=known.device.host)
            return NOT_SHOWN

    def _spec_of(self, device: Device) -> DriverSpec:
        return self._opener.spec_of(device)


def without_past(known: DeviceSnapshot) -> DeviceSnapshot:
    """The values that are in force: what a device that is not online reported last may be so no more."""
    if known.state.is_online:
        return known
    channels = tuple(replace(channel, facts=NO_FACTS) for channel in known.channels)
    return replace(known, state=replace(known.state, own_name=None), channels=channels)


def subject_of(known: DeviceSnapshot, command: Command) -> str:
    """The device or channel that a command is for, as people call it."""
    channel: int | None = getattr(command, "channel", None)
    return known.title if channel is None else channel_label(known.title, channel)


def _raw_values(known: DeviceSnapshot, number: int) -> dict[str, str]:
    channel = find_channel(known, number)
    return {} if channel is None else dict(channel.facts.raw)
