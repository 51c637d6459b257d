"""What there is when a step begins: performers, assignments, and the rack. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId, channel_label
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.domain.value_ranges import MAX_CHANNELS
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
        self._check_channel(channel)
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

    def _check_channel(self, channel: ChannelRef) -> None:
        """A device that was never heard may have any channel; from then on it has those that it reports."""
        device = self.devices.get(channel.device_id)
        if device is None:
            raise channel_not_found(f"No device has the id '{visible(channel.device_id)}'")
        numbers = [state.number for state in device.channels] or range(1, MAX_CHANNELS + 1)
        if channel.number not in numbers:
            raise channel_not_found(
                f"{visible(device.title)} has no channel {channel.number}",
                f"It has {min(numbers)} to {max(numbers)}",
            )
