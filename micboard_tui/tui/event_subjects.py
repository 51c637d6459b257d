"""What events are about, as it is called now; or as it was then, where it is not registered any more."""

from collections.abc import Sequence

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import ChannelRef, DeviceId, channel_label
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.screens.moment_request import MomentRequested


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

    def device(self, device_id: DeviceId) -> str:
        """Its title, or its id where it is not registered any more."""
        device = self._live.device(device_id)
        return visible(device_id if device is None else device.title)

    def channel(self, ref: ChannelRef, then: str | None = None) -> str:
        """Its device and number, and who has it or what it is called; ``then``: what it was called."""
        device = self._live.device(ref.device_id)
        if device is None:
            return visible(then or channel_label(ref.device_id, ref.number))
        state = self._live.channel(ref)
        name = state.display_name if state else None
        label = channel_label(device.title, ref.number)
        return visible(f"{label} {name}" if name else label)

    def _channels_of(self, device_id: DeviceId | None, number: int | None) -> Sequence[ChannelRef]:
        """The channel, or without a number all of the device; empty: there is no device."""
        if device_id is not None and number is not None:
            return [ChannelRef(device_id, number)]
        device = None if device_id is None else self._live.device(device_id)
        return [] if device is None else [channel.ref for channel in device.channels]

    def moment_of(
        self, at: float, device_id: DeviceId | None, number: int | None, bay: int = 0
    ) -> MomentRequested:
        """What a moment shows of it: its channels, or all where it is about none; of a charger its events.

        ``bay``: also the channel whose pack is in this bay now.
        """
        device = None if device_id is None else self._live.device(device_id)
        if device is not None and device.state.kind is DeviceKind.CHARGER:
            docked = self._docked_in(device.device.id, bay) if bay else ()
            return MomentRequested(at, docked, device.device.id)
        return MomentRequested(at, self._channels_of(device_id, number) or self._all_channels())

    def _docked_in(self, charger: DeviceId, bay: int) -> Sequence[ChannelRef]:
        return [
            state.ref
            for snapshot in self._live.snapshot()
            for state in snapshot.channels
            if state.dock is not None and (state.dock.device_id, state.dock.bay.number) == (charger, bay)
        ]

    def _all_channels(self) -> Sequence[ChannelRef]:
        """All channels, in rack order."""
        return [channel.ref for device in self._live.snapshot() for channel in device.channels]
