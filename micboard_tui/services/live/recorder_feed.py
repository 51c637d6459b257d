"""What the flight recorder takes from the live state once a second."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence

from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.recording.second_maker import ChannelStatus, ReceivedTogether
from micboard_tui.services.live.tracked_device import LiveDevice

MAX_READS = 20_000
"""Reads from devices that wait for the recorder: many seconds of a large rig."""


class RecorderFeed:
    """``LiveState`` appends each read to ``reads``; where they are not taken, the oldest go."""

    def __init__(self, devices: Callable[[], Mapping[DeviceId, LiveDevice]]) -> None:
        self._devices = devices
        self.reads: deque[ReceivedTogether] = deque(maxlen=MAX_READS)

    def take_reads(self) -> Sequence[ReceivedTogether]:
        """What was read from devices since the last call, oldest first."""
        reads = list(self.reads)
        self.reads.clear()
        return reads

    def channel_statuses(self, since: float) -> list[ChannelStatus]:
        """The link states that every channel had since a time, and the charge of its pack."""
        return [
            channel.status_since(since)
            for device in self._devices().values()
            for channel in device.channels.values()
        ]
