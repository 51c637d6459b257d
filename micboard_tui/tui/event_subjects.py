"""What events are about, as it is called now; or as it was then, where it is not registered any more."""

from collections.abc import Sequence

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import ChannelRef, DeviceId, channel_label
from micboard_tui.domain.safe_text import visible


class EventSubjects:
    def __init__(self, live: LiveContract) -> None:
        self._live = live

    def subject(self, event: Event) -> str:
        """The channel and who has it, or the device; empty: it is about none."""
        ref = event.ref
        if ref is not None:
            return self.channel(ref, event.subject)
        device = None if event.device_id is None else self._live.device(event.device_id)
        return visible(event.subject or "" if device is None else device.title)

    def channel(self, ref: ChannelRef, then: str | None = None) -> str:
        """Its device and number, and who has it or what it is called; ``then``: what it was called."""
        device = self._live.device(ref.device_id)
        if device is None:
            return visible(then or channel_label(ref.device_id, ref.number))
        state = self._live.channel(ref)
        name = state.display_name if state else None
        label = channel_label(device.title, ref.number)
        return visible(f"{label} {name}" if name else label)

    def channels(self, event: Event) -> Sequence[ChannelRef]:
        """The channel that it is about, or all of its device; empty: it is about none."""
        return self.channels_of(event.device_id, event.channel)

    def channels_of(self, device_id: DeviceId | None, number: int | None) -> Sequence[ChannelRef]:
        """The channel, or without a number all of the device; empty: there is no device."""
        if device_id is not None and number is not None:
            return [ChannelRef(device_id, number)]
        device = None if device_id is None else self._live.device(device_id)
        return [] if device is None else [channel.ref for channel in device.channels]

    def all_channels(self) -> Sequence[ChannelRef]:
        """All channels, in rack order."""
        return [channel.ref for device in self._live.snapshot() for channel in device.channels]
