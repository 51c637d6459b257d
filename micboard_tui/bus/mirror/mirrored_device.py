"""One device of the mirror with its channels. Only ``MirroredDevices`` touches them.

A row of meters is kept as it came; a state is made of it only when someone asks, and kept until the next
change. What is equal in a newer entry stays the same object, since readers tell by identity what changed.

Rows and entries come on different ways. Each frame names the entry that it follows, so rows are taken from
an entry only where no newer ones are there, and a frame that is older than the entry is dropped; so is one
of another process, or of a former owner.
"""

from collections.abc import Callable
from dataclasses import replace

from micboard_tui.bus.mirror.past_values import HEARD, Silence, past_channel, past_device
from micboard_tui.bus.wire.channel_state import read_state
from micboard_tui.bus.wire.device_entry import ChannelEntry, DeviceEntry, ReadEntry
from micboard_tui.bus.wire.meter_frame import FrameHead, MeterFrame
from micboard_tui.bus.wire.meter_row import MeterRow
from micboard_tui.bus.wire.raw_values import RawValues, Values
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.thresholds import Thresholds

_KEPT = ("facts", "last_battery", "assignment", "dock")
"""These stay the same objects while they are equal."""


class MirroredChannel:
    __slots__ = ("at", "entry", "entry_number", "merged", "ref", "row", "state", "thresholds", "version")

    def __init__(self, ref: ChannelRef, entry: ChannelEntry, thresholds: Thresholds, row: MeterRow) -> None:
        self.ref, self.entry, self.thresholds, self.row = ref, entry, thresholds, row
        self.at = 0.0
        """The moment of the frame in which the row came."""
        self.entry_number = 0
        """The entry that the row followed."""
        self.version = 0
        self.state: ChannelState | None = None
        self.merged: tuple[ChannelFacts, Values, ChannelFacts] | None = None
        """Facts, raw values, and the facts with these."""


class MirroredDevice:
    __slots__ = (
        "channels",
        "claimed_at",
        "entry",
        "head",
        "is_past",
        "is_read_anew",
        "last_seen_at",
        "least_period_s",
        "publisher",
        "raw",
        "silence",
        "state",
        "version",
    )

    def __init__(self, read: ReadEntry, version: int, intern: Callable[[Thresholds], Thresholds]) -> None:
        self.publisher = read.publisher
        self.claimed_at = 0.0
        """When its publisher became another one, in seconds that only grow; 0: it always was this one."""
        self.silence = HEARD
        self.version = version
        self.head: FrameHead = FrameHead(-1, -1, -1)
        """Of the entry."""
        self.entry = read.entry
        self.channels: dict[int, MirroredChannel] = {}
        self.last_seen_at: float | None = None
        self.least_period_s = 0.0
        """Meters come no more often than this."""
        self.is_past = True
        """Nothing is heard of the publisher."""
        self.is_read_anew = True
        """The entry was read since the connection was lost last."""
        self.raw: RawValues | None = None
        self.state: DeviceState | None = None
        self._take(read, version, intern)

    @property
    def device_id(self) -> DeviceId:
        return self.entry.device.id

    # What comes over the bus.

    def take_entry(
        self, read: ReadEntry, version: int, intern: Callable[[Thresholds], Thresholds], now: float
    ) -> bool:
        """Whether devices, channels or names may be others now. An entry of a former owner is dropped.

        ``now``: seconds that only grow.
        """
        self.is_read_anew = True
        if read.frame.head.token < self.head.token:
            return False
        if read.publisher != self.publisher:
            self.claimed_at = now
        before = _layout_of(self.entry)
        self._take(read, version, intern)
        return before != _layout_of(self.entry)

    def _take(self, read: ReadEntry, version: int, intern: Callable[[Thresholds], Thresholds]) -> None:
        head, frame, entry = read.frame.head, read.frame, read.entry
        is_of_same_process = (head.run, head.token) == (self.head.run, self.head.token)
        self.publisher, self.head, self.entry = read.publisher, head, entry
        self.version = version
        thresholds = [intern(each) for each in entry.thresholds]
        rows = {row.number: row for row in frame.rows}
        before, self.channels = self.channels, {}
        for part in sorted(entry.channels, key=lambda each: each.number):
            number = part.number
            judged_by = (
                thresholds[part.thresholds] if part.thresholds < len(thresholds) else intern(Thresholds())
            )
            row = rows.get(number) or MeterRow(number)
            channel = before.get(number)
            if channel is None:
                channel = MirroredChannel(ChannelRef(self.device_id, number), part, judged_by, row)
                channel.version, channel.entry_number = -1, -1
            elif part != channel.entry or judged_by is not channel.thresholds:
                channel.entry, channel.thresholds = _keep_equal(channel.entry, part), judged_by
                channel.version = version
            if not is_of_same_process or channel.entry_number < head.entry:
                channel.row, channel.at, channel.entry_number = row, frame.at, head.entry
                channel.version = version
            self.channels[number] = channel
        self.last_seen_at = frame.at or None

    def take_frame(self, frame: MeterFrame, version: int, *, is_swept: bool) -> bool:
        """Whether it was taken."""
        head = frame.head
        if not head.continues(self.head):
            return False
        for row in frame.rows:
            if (channel := self.channels.get(row.number)) is not None:
                channel.row, channel.at, channel.version = row, frame.at, version
                channel.entry_number = head.entry
        if is_swept:
            self.last_seen_at = frame.at or None
        else:
            self.last_seen_at = max(self.last_seen_at or 0.0, frame.at) or None
        self.version = version
        return True

    def note_heard(self, at: float, version: int) -> None:
        """The publisher heard the device at this moment, later than its last meters here."""
        self.last_seen_at, self.version = at, version

    # What follows from what is shown, and from what is not heard.

    def expect(self, least_period_s: float, version: int) -> None:
        """Meters come no more often than this from now on."""
        if self.least_period_s != least_period_s:
            self.least_period_s = least_period_s
            self.touch(version)

    def set_past(self, version: int, silence: Silence, *, is_past: bool) -> None:
        """Whether nothing is heard of it any more, and why."""
        self.is_past, self.silence = is_past, silence
        self.touch(version)

    def touch(self, version: int) -> None:
        """All of it is another now."""
        self.version = version
        for channel in self.channels.values():
            channel.version = version

    # What readers see.

    def state_of(self, channel: MirroredChannel) -> ChannelState:
        state = channel.state
        if state is None or state.version != channel.version:
            state = read_state(
                channel.ref, channel.entry, channel.thresholds, channel.row, channel.at, channel.version
            )
            if self.is_past:
                state = past_channel(state, self.silence)
            elif (period_s := state.expected_period_s) is not None and period_s < self.least_period_s:
                state = replace(state, expected_period_s=self.least_period_s)
            channel.state = state
        return state

    def own_state(self) -> DeviceState:
        state = self.state
        if state is None or state.version != self.version:
            state = past_device(self.entry.state, self.silence) if self.is_past else self.entry.state
            state = self.state = replace(state, version=self.version, last_seen_at=self.last_seen_at)
        return state

    def snapshot(self) -> DeviceSnapshot:
        entry = self.entry
        return DeviceSnapshot(
            entry.device,
            self.own_state(),
            tuple(map(self.state_of, self.channels.values())),
            entry.location,
            entry.assignments_without_channel,
            entry.is_out_of_service,
        )

    # The same with what the device sent, as it came.

    def detailed_state_of(self, channel: MirroredChannel) -> ChannelState:
        state = self.state_of(channel)
        values = () if self.raw is None else dict(self.raw.channels).get(channel.ref.number, ())
        if not values:
            return state
        merged = channel.merged
        if merged is None or merged[0] is not state.facts or merged[1] is not values:
            merged = channel.merged = (state.facts, values, replace(state.facts, raw=values))
        return replace(state, facts=merged[2])

    def detailed_snapshot(self) -> DeviceSnapshot:
        snapshot = self.snapshot()
        if self.raw is None:
            return snapshot
        bays = dict(self.raw.bays)
        state = replace(
            snapshot.state,
            raw=self.raw.device,
            bays=tuple(
                replace(bay, raw=bays[bay.number]) if bay.number in bays else bay
                for bay in snapshot.state.bays
            ),
        )
        channels = tuple(map(self.detailed_state_of, self.channels.values()))
        return replace(snapshot, state=state, channels=channels)


def _keep_equal(before: ChannelEntry, after: ChannelEntry) -> ChannelEntry:
    kept = {
        name: value
        for name in _KEPT
        if (value := getattr(before, name)) == (newer := getattr(after, name)) and value is not newer
    }
    return replace(after, **kept) if kept else after


def _layout_of(entry: DeviceEntry) -> object:
    """What decides about the lines of a board."""
    return (
        entry.device,
        entry.state.own_name,
        entry.location,
        entry.is_out_of_service,
        entry.assignments_without_channel,
        [(channel.number, channel.assignment) for channel in entry.channels],
    )
