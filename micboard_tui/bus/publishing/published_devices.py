"""What is published of each device: which entry it has, and whether that is still true.

A pack that drains changes its charge every minute, and with thousands of them entries would be all that
boards get; so entries that differ by nothing but a charge are written one by one (``write_later``).

Theory of operation. ``look_at`` compares states with those of the entry: only what is no meter, by identity
wherever nothing has changed, so that a state that is the same costs next to nothing. A device for which
anything differs is *due*. ``write_due`` makes its entry anew from the state of this very moment and wants it
written, unless it comes out as it was; each entry has a number, by which readers know which frames of meters
are newer.

A device is ours while it has a token (``token_of``). When it has none any more its entry is left as it is,
for the next owner to write over; ``free`` writes a last one for a device that is given away.
"""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from operator import attrgetter

from micboard_tui.bus.publishing.entry_writer import EntryWriter
from micboard_tui.bus.publishing.judged_problems import NOTHING_WRONG, DeviceJudgement
from micboard_tui.bus.wire.device_entry import (
    NOT_JUDGED,
    SENT_LINK_CHANGES,
    JudgedChannel,
    encode_device,
    encode_entry,
    free_entry,
    make_entry,
)
from micboard_tui.bus.wire.meter_frame import FrameHead, FrameParts, make_frame
from micboard_tui.bus.wire.meter_row import make_row
from micboard_tui.bus.wire.subjects import device_digest, device_key
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId

MAX_WRITTEN = 40
"""Making an entry takes a millisecond, and sessions have to be read meanwhile."""
FREE_LIMIT_S = 2.0
"""A device is given away after so long, although its last entry was not written."""
MAX_LEFT = 1000
"""Devices that are not ours any more and can still be freed; of more the first are forgotten."""

_values_of_channel = attrgetter(
    "facts",
    "link_state",
    "link_since",
    "last_battery",
    "assignment",
    "rf_zone",
    "dock",
    "fault_code",
    "expected_period_s",
    "thresholds",
)
_values_of_device = attrgetter(
    "status",
    "status_since",
    "fault",
    "kind",
    "model",
    "own_name",
    "firmware",
    "rf_band",
    "bays",
    "storage_mode",
    "device_warnings",
    "serial",
    "clock_offset_s",
    "thresholds",
)


def _placed(snapshot: DeviceSnapshot, token: int) -> object:
    numbers = [state.number for state in snapshot.channels]
    missing = snapshot.assignments_without_channel
    return (snapshot.device, snapshot.location, missing, snapshot.is_out_of_service, numbers, token)


class PublishedDevice:
    __slots__ = (
        "channels",
        "device",
        "digest",
        "entry",
        "judgement",
        "placed",
        "refs",
        "token",
        "value",
        "values",
        "written",
    )

    def __init__(self, device_id: DeviceId) -> None:
        self.device, self.token = device_id, 0
        self.digest = device_digest(device_id)
        self.entry = 0
        """The number of its last entry."""
        self.written: tuple[bytes, int] | None = None
        """That entry without meters, and the token in it."""
        self.value = b""
        """The whole of it; empty: none was written."""
        self.placed: object = None
        """Where the device stands, and what people say of it, in that entry."""
        self.values: object = None
        """Those of the device itself, in that entry."""
        self.channels: dict[int, tuple[object, ...]] = {}
        """The same of its channels."""
        self.refs: tuple[ChannelRef, ...] = ()
        self.judgement = NOTHING_WRONG

    def head(self, run: int) -> FrameHead:
        return FrameHead(run, self.token, self.entry)

    def remember(self, snapshot: DeviceSnapshot) -> None:
        """This is what its entry holds."""
        self.values = _values_of_device(snapshot.state)
        self.channels = {state.number: _values_of_channel(state) for state in snapshot.channels}
        self.refs = tuple(state.ref for state in snapshot.channels)


def _is_drain(before: tuple[object, ...], after: tuple[object, ...]) -> bool:
    """Whether nothing but the charge of a pack has changed, which was known and still is."""
    old, new = before[0], after[0]
    if before[1:] != after[1:] or not isinstance(old, ChannelFacts) or not isinstance(new, ChannelFacts):
        return False
    old_pack, new_pack = old.transmitter, new.transmitter
    if old_pack is None or new_pack is None or not (old_pack.battery.is_known and new_pack.battery.is_known):
        return False
    drained = replace(old, transmitter=replace(old_pack, battery=new_pack.battery), raw=new.raw)
    return drained == new


def _make_whole(head: FrameHead, snapshot: DeviceSnapshot) -> FrameParts:
    at = snapshot.state.last_seen_at or 0.0
    return make_frame(head, at, [make_row(state, at) for state in snapshot.channels])


class PublishedDevices:
    def __init__(
        self,
        live: LiveContract,
        writer: EntryWriter,
        publisher: str,
        run: int,
        token_of: Callable[[DeviceId], int | None],
    ) -> None:
        """``token_of``: that of a device that is ours to publish, which grows with each owner; else None."""
        self._live, self._writer, self._token_of = live, writer, token_of
        self._publisher, self._run = publisher, run
        self._due: set[DeviceId] = set()
        self._later: dict[DeviceId, None] = {}
        """Those of which only charges have changed."""
        self._there: Sequence[DeviceId] = ()
        self._tokens: Sequence[int | None] = ()
        """Of those that are there."""
        self._left: dict[DeviceId, PublishedDevice] = {}
        """Those that were ours, and are there or were given away."""
        self._freed: dict[DeviceId, int] = {}
        """The token under which each was given away: it is not ours by that one."""
        self.by_id: dict[DeviceId, PublishedDevice] = {}
        """In rack order."""

    @property
    def channel_count(self) -> int:
        return sum(len(device.refs) for device in self.by_id.values())

    def place(self, devices: Collection[DeviceSnapshot]) -> None:
        """These there are now, in rack order."""
        before, self.by_id = self.by_id, {}
        self._there = [snapshot.device.id for snapshot in devices]
        self._tokens = self._find_tokens()
        for snapshot, token in zip(devices, self._tokens, strict=True):
            device_id = snapshot.device.id
            if token is None:
                continue
            known = before.get(device_id) or self._left.pop(device_id, None) or PublishedDevice(device_id)
            self.by_id[device_id] = known
            if known.placed != (placed := _placed(snapshot, token)):
                known.placed, known.token = placed, token
                self._due.add(device_id)
        for device_id in before.keys() - self.by_id.keys():
            self._leave(before[device_id])
        for snapshot in devices:
            self.look_at(snapshot.channels, (snapshot.state,))

    def has_other_owners(self) -> bool:
        """Whether devices have come to us or left us since ``place``."""
        return self._find_tokens() != self._tokens

    async def free(self, device_id: DeviceId) -> None:
        """Write that no collector holds a device, as long as it was ours; in ``FREE_LIMIT_S`` at most."""
        device = self.by_id.pop(device_id, None) or self._left.get(device_id)
        if device is None:
            return
        self._freed[device_id] = device.token
        self._left.pop(device_id, None)
        if device.value:
            await self._writer.write_last(device_key(device_id), free_entry(device.value), FREE_LIMIT_S)

    def _find_tokens(self) -> Sequence[int | None]:
        tokens = [self._token_of(device_id) for device_id in self._there]
        if not self._freed:
            return tokens
        there = dict(zip(self._there, tokens, strict=True))
        self._freed = {
            device_id: token for device_id, token in self._freed.items() if there.get(device_id) == token
        }
        return [None if device_id in self._freed else token for device_id, token in there.items()]

    def _leave(self, device: PublishedDevice) -> None:
        self._writer.release(device_key(device.device))
        self._left[device.device] = device
        if len(self._left) > MAX_LEFT:
            del self._left[next(iter(self._left))]

    def look_at(self, channels: Iterable[ChannelState], devices: Iterable[DeviceState]) -> None:
        """Find out for which devices these states say anything new."""
        published = self.by_id
        for channel in channels:
            device = published.get(channel.device_id)
            if device is None:
                continue
            known, values = device.channels.get(channel.number), _values_of_channel(channel)
            if known != values:
                if known is not None and _is_drain(known, values):
                    self._later[channel.device_id] = None
                else:
                    self._due.add(channel.device_id)
        for state in devices:
            device = published.get(state.device_id)
            if device is not None and device.values != _values_of_device(state):
                self._due.add(state.device_id)

    def judge(self, judgements: Mapping[DeviceId, DeviceJudgement]) -> None:
        """This is wrong with devices now."""
        for device_id, device in self.by_id.items():
            judgement = judgements.get(device_id, NOTHING_WRONG)
            if device.judgement != judgement:
                device.judgement = judgement
                self._due.add(device_id)

    def write_due(self) -> None:
        """Write what has changed: up to ``MAX_WRITTEN`` entries, the others with the next call."""
        for device_id in tuple(islice(self._due, MAX_WRITTEN)):
            self._due.remove(device_id)
            device, snapshot = self.by_id.get(device_id), self._live.device(device_id)
            if device is not None and snapshot is not None and self._token_of(device_id) == device.token:
                self._write(device, snapshot)

    def write_later(self, followed: Container[DeviceId]) -> bool:
        """Write one entry of which only a charge has changed; those of followed devices come first.

        Whether there was any.
        """
        device_id = next((each for each in self._later if each in followed), next(iter(self._later), None))
        if device_id is None:
            return False
        del self._later[device_id]
        self._due.add(device_id)
        self.write_due()
        return True

    def frame_of(self, device: PublishedDevice, snapshot: DeviceSnapshot) -> FrameParts:
        """All channels of a device."""
        return _make_whole(device.head(self._run).brief, snapshot)

    def _write(self, device: PublishedDevice, snapshot: DeviceSnapshot) -> None:
        self._later.pop(device.device, None)
        device.remember(snapshot)
        judged = {state.number: self._judged(device, state) for state in snapshot.channels}
        written = encode_device(make_entry(snapshot, judged, device.judgement.own))
        if (written, device.token) == device.written:
            return
        device.written = (written, device.token)
        device.entry += 1
        frame = _make_whole(device.head(self._run), snapshot)
        device.value = encode_entry(self._publisher, frame, written)
        self._writer.want(device_key(device.device), device.value)

    def _judged(self, device: PublishedDevice, state: ChannelState) -> JudgedChannel:
        judgement, number = device.judgement, state.number
        history = tuple(self._live.history(state.ref)[:SENT_LINK_CHANGES])
        problems, conflicts = judgement.channels.get(number, ()), judgement.conflicts.get(number, ())
        return JudgedChannel(problems, conflicts, history) if problems or conflicts or history else NOT_JUDGED
