"""What there is when a step begins: performers, assignments, and the rack. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId, channel_label
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.services.device.known_channels import require_channel
from micboard_tui.services.not_found import channel_not_found, performer_not_found


@dataclass(frozen=True, slots=True)
class AssignmentSnapshot:
    performers: dict[PerformerId, Performer]
    assignments: dict[ChannelRef, Assignment]
    devices: dict[DeviceId, DeviceSnapshot]
    """In rack order."""

    def assignment_of(self, channel: ChannelRef) -> Assignment:
        """The assignment of a channel, an empty one when it has none.

        One that was made before its device turned out not to have the channel can still be changed.
        Raises MicboardError CHANNEL_NOT_FOUND.
        """
        if (assignment := self.assignments.get(channel)) is not None:
            return assignment
        if (device := self.devices.get(channel.device_id)) is None:
            raise channel_not_found(f"No device has the id '{visible(channel.device_id)}'")
        require_channel(device, channel.number)
        return Assignment(channel)

    def assignments_of(self, channels: Sequence[ChannelRef]) -> list[Assignment]:
        """The assignments of the channels, each once.

        Raises MicboardError CHANNEL_NOT_FOUND, INVALID_VALUE when there is no channel.
        """
        if not channels:
            raise invalid_value_error("No channel was chosen", "Choose one at least")
        return [self.assignment_of(channel) for channel in dict.fromkeys(channels)]

    def find_performer(self, name: str) -> Performer | None:
        """The performer of that name, capitals ignored."""
        wanted = fold_name(name)
        return next((each for each in self.performers.values() if fold_name(each.name) == wanted), None)

    def require_performer(self, performer_id: PerformerId) -> Performer:
        """Raises MicboardError PERFORMER_NOT_FOUND."""
        if (performer := self.performers.get(performer_id)) is None:
            raise performer_not_found(f"No performer has the id '{visible(performer_id)}'")
        return performer

    def channel_title(self, channel: ChannelRef) -> str:
        """The channel's own name, else its device and number."""
        device = self.devices[channel.device_id]
        for state in device.channels:
            if state.number == channel.number and state.facts.name:
                return visible(state.facts.name)
        return visible(self.channel_label(channel))

    def channel_label(self, channel: ChannelRef) -> str:
        """The channel's device and number."""
        return channel_label(self.devices[channel.device_id].title, channel.number)

    def describe_channels(self, channels: Iterable[ChannelRef]) -> str:
        """One channel by its title, several by their number."""
        listed = list(channels)
        return self.channel_title(listed[0]) if len(listed) == 1 else f"{len(listed)} channels"
