"""Which numbers each device and channel is judged by now, in the live state."""

from collections.abc import Iterable
from dataclasses import replace

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef, PerformerId
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdSet
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.services.live.places import Places
from micboard_tui.services.live.tracked_device import LiveDevice


class AppliedThresholds:
    def __init__(self, base: Thresholds) -> None:
        self.base = base
        self._numbers, self._profile = ThresholdSet(base), ShowProfile.SHOW

    def change(self, numbers: ThresholdSet, profile: ShowProfile) -> None:
        """To be followed by ``apply``."""
        self._numbers, self._profile = numbers, profile

    def find(
        self, ref: ChannelRef, device: Device, places: Places, assignment: Assignment | None
    ) -> Thresholds:
        """Those of one channel."""
        chain = places.chain_of(device)
        return self._numbers.for_channel(ref, chain, _wearer_of(assignment), self._profile)

    def apply(self, devices: Iterable[LiveDevice], places: Places, version: int) -> None:
        """Judge all by their numbers; those for which they changed get the version."""
        numbers, profile = self._numbers, self._profile
        for device in devices:
            chain = places.chain_of(device.device)
            of_device = numbers.for_channel(None, chain, None, profile)
            if device.state.thresholds is not of_device:
                device.state = replace(device.state, thresholds=of_device)
                device.version = version
            for channel in device.channels.values():
                wearer = _wearer_of(channel.assignment)
                of_channel = numbers.for_channel(channel.ref, chain, wearer, profile)
                if channel.thresholds is not of_channel:
                    channel.thresholds = of_channel
                    channel.version = device.version = version


def _wearer_of(assignment: Assignment | None) -> PerformerId | None:
    return None if assignment is None or assignment.performer is None else assignment.performer.id
