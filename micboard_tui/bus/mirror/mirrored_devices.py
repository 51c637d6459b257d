"""All devices of the mirror, in rack order, and what changed of them since when."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from itertools import islice

from micboard_tui.bus.mirror.mirrored_device import MirroredChannel, MirroredDevice
from micboard_tui.bus.mirror.past_values import Silence
from micboard_tui.bus.wire.device_entry import FREE_PUBLISHER, ReadEntry
from micboard_tui.bus.wire.meter_frame import MeterFrame
from micboard_tui.bus.wire.raw_values import RawValues
from micboard_tui.bus.wire.subjects import device_digest
from micboard_tui.contracts.live import Changes
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, Thresholds

MAX_THRESHOLDS = 10_000
"""Different ones; of more the first are forgotten."""


class MirroredDevices:
    """A device is there when the layout names it and its entry has come.

    So nothing vanishes from a board while all is written again to a server that has lost its disk. Layout and
    entries are written by different programs, and which comes first is a matter of chance: an entry that the
    layout does not name waits for it, until it is deleted.
    """

    def __init__(self) -> None:
        self.version = 1
        self.layout_version = 1
        self.problems_version = 1
        """Grows when other problems may be there."""
        self._known: dict[DeviceId, MirroredDevice] = {}
        self._arranged: dict[DeviceId, MirroredDevice] | None = None
        """Those of ``by_id``; None: they may be others."""
        self._least_period_s = 0.0
        self._order: Sequence[DeviceId] = ()
        self._named: frozenset[DeviceId] = frozenset()
        self._counts: Mapping[str, int] | None = None
        """Those of ``channel_counts``; None: they may be others."""
        self._by_digest: dict[bytes, MirroredDevice] = {}
        self._thresholds: dict[object, Thresholds] = {astuple(DEFAULT_THRESHOLDS): DEFAULT_THRESHOLDS}

    def next_version(self) -> int:
        self.version += 1
        return self.version

    # What comes over the bus.

    def take_layout(self, order: Sequence[DeviceId]) -> None:
        """These there are now, in this order."""
        self._order, self._named = order, frozenset(order)
        self._change_layout()

    def forget(self, device_id: DeviceId) -> None:
        """Its entry was deleted."""
        if device_id in self._known and device_id not in self._named:
            del self._by_digest[device_digest(device_id)], self._known[device_id]

    def forget_gone(self) -> None:
        """All entries were read: what did not come and is not in the layout has gone meanwhile."""
        for device_id in self._known.keys() - self._named:
            if not self._known[device_id].is_read_anew:
                self.forget(device_id)

    def list_first(self, count: int) -> list[DeviceId]:
        """The first ones in rack order."""
        return list(islice(self.by_id, count))

    @property
    def has_all(self) -> bool:
        """Whether the entries of all devices in the layout have come."""
        return self._named <= self._known.keys()

    @property
    def channel_counts(self) -> Mapping[str, int]:
        """How many channels each publisher has, those of devices that no collector holds left out."""
        if self._counts is None:
            counts: dict[str, int] = {}
            for device in self.by_id.values():
                if device.publisher != FREE_PUBLISHER:
                    counts[device.publisher] = counts.get(device.publisher, 0) + len(device.channels)
            self._counts = counts
        return self._counts

    def take_entry(self, device_id: DeviceId, read: ReadEntry, now: float) -> MirroredDevice:
        """``now``: seconds that only grow."""
        version = self.next_version()
        self.problems_version += 1
        self._counts = None
        device = self._known.get(device_id)
        if device is None:
            device = self._known[device_id] = MirroredDevice(read, version, self._intern)
            device.least_period_s = self._least_period_s
            self._by_digest[device_digest(device_id)] = device
            self._change_layout()
        elif device.take_entry(read, version, self._intern, now):
            self.layout_version += 1
        return device

    def take_frame(self, device_id: DeviceId, frame: MeterFrame) -> bool:
        """Whether it was taken."""
        device = self._known.get(device_id)
        return device is not None and device.take_frame(frame, self.next_version(), is_swept=False)

    def take_swept(self, digest: bytes, frame: MeterFrame) -> None:
        if (device := self._by_digest.get(digest)) is not None:
            device.take_frame(frame, self.next_version(), is_swept=True)

    def take_raw(self, device_id: DeviceId, values: RawValues | None) -> None:
        """What a device sent, as it came; None: that is not known any more."""
        if (device := self._known.get(device_id)) is not None:
            device.raw = values
            device.touch(self.next_version())

    def read_anew(self) -> None:
        """The connection is lost: until their entries come again, it is not known what changed meanwhile."""
        for device in self._known.values():
            device.is_read_anew = False

    @property
    def known(self) -> Collection[MirroredDevice]:
        """All of which an entry has come."""
        return self._known.values()

    def set_past(self, device: MirroredDevice, silence: Silence, *, is_past: bool) -> None:
        """Whether all that is known of it is past, and why."""
        device.set_past(self.next_version(), silence, is_past=is_past)
        self.problems_version += 1

    def expect(self, least_period_s: float, exact: Container[DeviceId]) -> None:
        """Meters come no more often than this, but for those that are followed."""
        if self._least_period_s != least_period_s:
            self._least_period_s = least_period_s
            for device_id, device in self._known.items():
                if device_id not in exact:
                    device.expect(least_period_s, self.next_version())

    def expect_of(self, device_id: DeviceId, least_period_s: float | None) -> None:
        """The same of one device; None: it is not followed any more."""
        if (device := self._known.get(device_id)) is not None:
            device.expect(
                self._least_period_s if least_period_s is None else least_period_s, self.next_version()
            )

    # What readers see.

    @property
    def by_id(self) -> Mapping[DeviceId, MirroredDevice]:
        """Those that are there, in rack order."""
        if self._arranged is None:
            known = self._known
            self._arranged = {device_id: known[device_id] for device_id in self._order if device_id in known}
        return self._arranged

    @property
    def channel_count(self) -> int:
        return sum(len(device.channels) for device in self.by_id.values())

    def find(self, ref: ChannelRef) -> tuple[MirroredDevice, MirroredChannel] | None:
        device = self.by_id.get(ref.device_id)
        channel = None if device is None else device.channels.get(ref.number)
        return None if device is None or channel is None else (device, channel)

    def changed_since(self, version: int, among: Iterable[ChannelRef] | None) -> Changes:
        if version == self.version:
            return Changes(version, layout_version=self.layout_version)
        if among is not None:
            found = (pair for ref in among if (pair := self.find(ref)) is not None)
            states = [device.state_of(channel) for device, channel in found if channel.version > version]
            return Changes(self.version, states, layout_version=self.layout_version)
        devices = [device for device in self.by_id.values() if device.version > version]
        return Changes(
            self.version,
            [
                device.state_of(channel)
                for device in devices
                for channel in device.channels.values()
                if channel.version > version
            ],
            [device.own_state() for device in devices],
            self.layout_version,
        )

    def __iter__(self) -> Iterator[MirroredDevice]:
        """In rack order."""
        return iter(self.by_id.values())

    def _change_layout(self) -> None:
        self._arranged = self._counts = None
        self.next_version()
        self.layout_version += 1
        self.problems_version += 1

    def _intern(self, thresholds: Thresholds) -> Thresholds:
        """The one object for equal thresholds, since each is equal only to itself."""
        if len(self._thresholds) > MAX_THRESHOLDS:
            del self._thresholds[next(iter(self._thresholds))]
        return self._thresholds.setdefault(astuple(thresholds), thresholds)
