"""What there is when a step begins: people, what is said of channels, and the rack."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.safe_text import folded, visible
from micboard_tui.services.device.state_correction import MAX_UNHEARD_CHANNEL

MAX_PERFORMERS = 10_000


@dataclass(frozen=True, slots=True)
class Book:
    people: dict[PerformerId, Performer]
    said: dict[ChannelRef, Assignment]
    devices: dict[DeviceId, DeviceSnapshot]

    def of(self, channel: ChannelRef) -> Assignment:
        """What is said of a channel. Raises MicboardError CHANNEL_NOT_FOUND."""
        self._check(channel)
        return self.said.get(channel) or Assignment(channel)

    def each_of(self, channels: Sequence[ChannelRef]) -> list[Assignment]:
        """The same for each of them, once. Raises MicboardError CHANNEL_NOT_FOUND, INVALID_VALUE."""
        if not channels:
            raise MicboardError(ErrorCode.INVALID_VALUE, "No channel was chosen", hint="Choose one at least")
        return [self.of(channel) for channel in dict.fromkeys(channels)]

    def called(self, channel: ChannelRef) -> str:
        """What people call a channel."""
        device = self.devices[channel.device_id]
        for state in device.channels:
            if state.number == channel.number and state.facts.name:
                return visible(state.facts.name)
        return f"{visible(device.title)} {channel.number}"

    def all_called(self, channels: Iterable[ChannelRef]) -> str:
        """One by its name, several by their number."""
        named = list(channels)
        return self.called(named[0]) if len(named) == 1 else f"{len(named)} channels"

    def named(self, name: str) -> Performer | None:
        wanted = folded(name)
        return next((each for each in self.people.values() if folded(each.name) == wanted), None)

    def _check(self, channel: ChannelRef) -> None:
        """What a device was never heard to have may be planned; afterwards it has what it says."""
        device = self.devices.get(channel.device_id)
        if device is None:
            raise _unknown(f"No device has the id '{visible(channel.device_id)}'")
        numbers = [each.number for each in device.channels] or range(1, MAX_UNHEARD_CHANNEL + 1)
        if channel.number not in numbers:
            raise _unknown(f"{visible(device.title)} has no channel {channel.number}")


def _unknown(message: str) -> MicboardError:
    return MicboardError(
        ErrorCode.CHANNEL_NOT_FOUND, message, hint="See them all with: micboard-tui devices list"
    )


def unknown_performer(message: str) -> MicboardError:
    hint = "See all with: micboard-tui performers list"
    return MicboardError(ErrorCode.PERFORMER_NOT_FOUND, message, hint=hint)
