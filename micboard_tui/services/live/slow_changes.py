"""Finds what changed of channels and devices besides meters and moments, without making a state of each.

Where writing is dear, all readings are stored now and then, and these at once. The owner of ``SlowChanges``
calls ``find``, stores what that gives, and then ``remember`` with what was stored, in whichever way: what
could not be stored is found again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.services.live.tracked_channel import LiveChannel
from micboard_tui.services.live.tracked_device import LiveDevice

_Values: TypeAlias = tuple[object, ...]


class SlowStates(NamedTuple):
    devices: Sequence[DeviceState]
    channels: Sequence[ChannelState]


class SlowChanges:
    """What differs from what was remembered last, among what ``devices`` gives."""

    def __init__(self, devices: Callable[[], Mapping[DeviceId, LiveDevice]]) -> None:
        self._find_devices = devices
        self._channels: dict[ChannelRef, _Values] = {}
        self._devices: dict[DeviceId, _Values] = {}

    def find(self) -> SlowStates:
        """Changed devices with all their channels, and changed channels of others.

        Stored with its device, a channel is never judged late beside it.
        """
        devices: list[DeviceState] = []
        channels: list[ChannelState] = []
        known = self._channels
        for device_id, device in self._find_devices().items():
            if self._devices.get(device_id) != _values_of_device(device.state):
                devices.append(device.immutable())
                channels += [channel.immutable() for channel in device.channels.values()]
                continue
            channels += [
                channel.immutable()
                for channel in device.channels.values()
                if known.get(channel.ref) != _values_of_live(channel)
            ]
        return SlowStates(devices, channels)

    def remember(self, devices: Iterable[DeviceState], channels: Iterable[ChannelState]) -> None:
        """These are stored."""
        self._devices.update((state.device_id, _values_of_device(state)) for state in devices)
        self._channels.update((state.ref, _values_of(state)) for state in channels)
        live = self._find_devices()
        if len(self._devices) > len(live):
            self._devices = {key: values for key, values in self._devices.items() if key in live}
            self._channels = {ref: values for ref, values in self._channels.items() if ref.device_id in live}


def _values_of(state: ChannelState) -> _Values:
    return (state.facts, state.link_state, state.link_since, state.last_battery)


def _values_of_live(channel: LiveChannel) -> _Values:
    return (channel.facts, channel.link, channel.link_since, channel.last_battery)


def _values_of_device(state: DeviceState) -> _Values:
    return (
        state.status,
        state.status_since,
        state.fault,
        state.kind,
        state.model,
        state.own_name,
        state.firmware,
        state.rf_band,
        state.raw,
        state.bays,
        state.storage_mode,
        state.device_warnings,
        state.serial,
    )
