"""All devices as JSON, written at most once a second however many clients read them.

Writing 4,000 channels takes 150 ms (``benchmarks/documents.py``), and so is done in parts, between which the
event loop gets its turn. Each device is written by itself, so that an answer with some of them is joined and
not written anew; the whole is compressed once, too.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import anyio
import anyio.lowlevel

from micboard_tui.api.written_body import WrittenPage
from micboard_tui.contracts.documents.channels import placed_channel_entry
from micboard_tui.contracts.documents.devices import device_entry
from micboard_tui.contracts.documents.json_value import SCHEMA, Json, JsonObject
from micboard_tui.contracts.documents.rack_context import RackContext, live_context
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef

MAX_AGE_S = 1.0
MAX_WRITING_S = 0.5
"""What it takes longer to write them is not counted as their age."""
JUDGED_S = 0.5
"""Problems are judged twice a second for alarms; the document takes what was judged then."""
DEVICES_A_PART = 20
"""Some three milliseconds."""
CHANNELS_A_PART = 100
"""Some three milliseconds to write, of which each was read before."""
NO_CHANNELS = b'"channels":[]'
MAX_PAGES = 16
"""So many pages of one moment are kept, for who asks for the same ones."""


@dataclass(frozen=True, slots=True)
class DeviceDocument:
    """One device, and how it is written."""

    snapshot: DeviceSnapshot
    body: bytes
    channel_bodies: Sequence[bytes]
    channel_warnings: Sequence[Json]

    @property
    def key(self) -> str:
        """What no other device has."""
        return self.snapshot.device.id

    @property
    def channels(self) -> Sequence["ChannelDocument"]:
        """Its channels in their order."""
        return [
            ChannelDocument(state, self.snapshot, body, warnings)
            for state, body, warnings in zip(
                self.snapshot.channels, self.channel_bodies, self.channel_warnings, strict=True
            )
        ]


@dataclass(frozen=True)
class ChannelDocument:
    """One channel with where it is, and how that is written."""

    state: ChannelState
    device: DeviceSnapshot
    own_body: bytes
    """As it stands in its device."""
    warnings: Json
    """Those of its entry: as they were judged for it."""

    @property
    def key(self) -> str:
        """What no other channel has."""
        return "{}/{}".format(*self.state.ref)

    @cached_property
    def body(self) -> bytes:
        """Written when it is asked for first."""
        place = _write_entry(placed_channel_entry({}, self.device))
        return place[:-1] + b"," + self.own_body[1:]


@dataclass(eq=False)
class AllDevices:
    """The devices as they were at one moment, in rack order."""

    made_at: float
    """Seconds since the epoch."""
    version: int
    """Of the live state."""
    devices: Sequence[DeviceDocument] = field(repr=False)
    _channels: Mapping[str, ChannelDocument] | None = field(default=None, init=False, repr=False)
    _pages: dict[Sequence[str | None], WrittenPage] = field(default_factory=dict, init=False, repr=False)
    _lock: anyio.Lock = field(default_factory=anyio.Lock, init=False, repr=False)

    @cached_property
    def by_id(self) -> Mapping[str, DeviceDocument]:
        """The devices by their ids."""
        return {device.key: device for device in self.devices}

    def find_channel(self, ref: ChannelRef) -> ChannelDocument | None:
        """A channel; None: there is none."""
        device = self.by_id.get(ref.device_id)
        channels = () if device is None else device.channels
        return next((channel for channel in channels if channel.state.ref == ref), None)

    async def list_channels(self) -> Mapping[str, ChannelDocument]:
        """The channels of all devices in rack order, by their keys."""
        async with self._lock:
            if self._channels is None:
                found: dict[str, ChannelDocument] = {}
                for number, device in enumerate(self.devices, 1):
                    found.update((channel.key, channel) for channel in device.channels)
                    if number % CHANNELS_A_PART == 0:
                        await anyio.lowlevel.checkpoint()
                self._channels = found
            return self._channels

    async def page(
        self,
        member: str,
        entries: Sequence[DeviceDocument | ChannelDocument],
        next_cursor: str | None = None,
    ) -> WrittenPage:
        """Some of the devices or channels. Who asks for the same ones gets the same page."""
        is_whole = entries is self.devices
        key = (member, next_cursor, *((None,) if is_whole else (entry.key for entry in entries)))
        async with self._lock:
            if (page := self._pages.get(key)) is None:
                bodies = []
                for number, entry in enumerate(entries, 1):
                    bodies.append(entry.body)
                    if number % CHANNELS_A_PART == 0:
                        await anyio.lowlevel.checkpoint()
                head = self.write_head({"next_cursor": next_cursor})
                page = WrittenPage(head, member, bodies, next_cursor)
                if len(self._pages) < MAX_PAGES:
                    self._pages[key] = page
        return page

    def write_head(self, more: JsonObject) -> bytes:
        """A document of that moment without its entries."""
        head = {
            "schema": SCHEMA,
            "generated_at": format_timestamp(self.made_at),
            "version": self.version,
            **more,
        }
        return _write_entry(head)


class DeviceDocuments:
    """Writes them when they are asked for. ``clock`` gives seconds that only grow."""

    def __init__(self, live: LiveContract, clock: Callable[[], float]) -> None:
        self._live, self._clock = live, clock
        self._newest: AllDevices | None = None
        self._written_at = -MAX_AGE_S
        self._snapshots: Sequence[DeviceSnapshot] = ()
        self._taken_at = -MAX_AGE_S
        self._lock = anyio.Lock()

    async def read_in_parts(self, max_age_s: float = MAX_AGE_S) -> AllDevices:
        """All devices as they are, or as they were when they were written less than ``max_age_s`` ago.

        The sessions go on while they are written; they are as they were at one moment all the same.
        """
        async with self._lock:
            now = self._clock()
            if self._newest is None or now - self._written_at >= max_age_s:
                self._newest = await self._write()
                # On a computer that is busy, writing may take a second, and is not to begin again at once.
                self._written_at = max(now, self._clock() - MAX_WRITING_S)
            return self._newest

    async def _write(self) -> AllDevices:
        writing = _Writing(self._live)
        for _ in writing.write_parts():
            await anyio.lowlevel.checkpoint()
        return writing.finish()

    def list_snapshots(self) -> Sequence[DeviceSnapshot]:
        """All devices as they are, or were less than a second ago, without what is written of them."""
        now = self._clock()
        if now - self._taken_at >= MAX_AGE_S:
            self._snapshots, self._taken_at = self._live.snapshot(), now
        return self._snapshots


class _Writing:
    """All devices of one moment while they are written."""

    def __init__(self, live: LiveContract) -> None:
        self._version = live.version
        self._context, self._snapshots = live_context(live, JUDGED_S), live.snapshot()
        self._documents: list[DeviceDocument] = []

    def write_parts(self) -> Iterator[None]:
        """Write some of them at each step."""
        for number, snapshot in enumerate(self._snapshots, 1):
            self._documents.append(_write_device(snapshot, self._context))
            if number % DEVICES_A_PART == 0:
                yield

    def finish(self) -> AllDevices:
        """What was written."""
        return AllDevices(self._context.now, self._version, self._documents)


def _write_device(snapshot: DeviceSnapshot, context: RackContext) -> DeviceDocument:
    """Only what was written is kept: the collector would walk over the entries of a whole rack for 50 ms."""
    entry = device_entry(snapshot, context)
    channels = [channel for channel in _list_of(entry["channels"]) if isinstance(channel, dict)]
    bodies = [_write_entry(channel) for channel in channels]
    # Within a text its quotation marks would be escaped.
    head, _, tail = _write_entry({**entry, "channels": []}).partition(NO_CHANNELS)
    body = b"".join((head, NO_CHANNELS[:-1], b",".join(bodies), NO_CHANNELS[-1:], tail))
    return DeviceDocument(snapshot, body, bodies, [channel["warnings"] for channel in channels])


def _list_of(value: Json) -> Sequence[Json]:
    assert isinstance(value, list)  # noqa: S101 - as the document is
    return value


def _write_entry(entry: JsonObject) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
