"""All devices as JSON, written at most once a second whatever the number of readers.

Writing 4,000 channels takes 150 ms (``benchmarks/documents.py``). Each device is written by itself, so that
an answer with some of them is joined and not written anew; the whole is compressed once, too.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from micboard_tui.api.written_page import WrittenPage
from micboard_tui.contracts.documents.channels import placed_channel_entry
from micboard_tui.contracts.documents.devices import device_entry
from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.rack_context import live_context
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot

MAX_AGE_S = 1.0
JUDGED_S = 0.5
"""Problems are judged twice a second for alarms; the document takes what was judged then."""
MAX_PAGES = 16
"""So many pages of one moment are kept, for who asks for the same ones."""


@dataclass(frozen=True, slots=True)
class DeviceDocument:
    """One device, and how it is written."""

    snapshot: DeviceSnapshot
    entry: JsonObject
    body: bytes

    @property
    def key(self) -> str:
        """What no other device has."""
        return self.snapshot.device.id

    @property
    def channel_entries(self) -> Sequence[JsonObject]:
        """Those of its channels, in their order."""
        entries = self.entry["channels"]
        assert isinstance(entries, list)  # noqa: S101 - as the document is
        return [entry for entry in entries if isinstance(entry, dict)]


@dataclass(frozen=True)
class ChannelDocument:
    """One channel with where it is, and how that is written."""

    state: ChannelState
    device: DeviceSnapshot
    entry: JsonObject

    @property
    def key(self) -> str:
        """What no other channel has."""
        return "{}/{}".format(*self.state.ref)

    @cached_property
    def body(self) -> bytes:
        """Written when it is asked for first."""
        return _write_entry(placed_channel_entry(self.entry, self.device))


@dataclass(frozen=True)
class AllDevices:
    """The devices as they were at one moment, in rack order."""

    made_at: float
    """Seconds since the epoch."""
    version: int
    """Of the live state."""
    devices: Sequence[DeviceDocument] = field(repr=False)
    _pages: dict[Sequence[str | None], WrittenPage] = field(default_factory=dict, repr=False)

    @cached_property
    def channels(self) -> Mapping[str, ChannelDocument]:
        """The channels of all devices in rack order, by their keys."""
        channels = (
            ChannelDocument(state, device.snapshot, entry)
            for device in self.devices
            for state, entry in zip(device.snapshot.channels, device.channel_entries, strict=True)
        )
        return {channel.key: channel for channel in channels}

    def page(
        self,
        member: str,
        entries: Sequence[DeviceDocument] | Sequence[ChannelDocument],
        next_cursor: str | None = None,
    ) -> WrittenPage:
        """Some of the devices or channels. Who asks for the same ones gets the same page."""
        key = (member, next_cursor, *(entry.key for entry in entries))
        if (page := self._pages.get(key)) is None:
            page = WrittenPage(
                self.write_head({"next_cursor": next_cursor}),
                member,
                [entry.body for entry in entries],
                next_cursor,
            )
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

    def read(self, max_age_s: float = MAX_AGE_S) -> AllDevices:
        """All devices as they are, or were less than ``max_age_s`` ago."""
        now = self._clock()
        if self._newest is None or now - self._written_at >= max_age_s:
            self._newest, self._written_at = self._write(), now
        return self._newest

    def list_snapshots(self) -> Sequence[DeviceSnapshot]:
        """All devices as they are, or were less than a second ago, without what is written of them."""
        now = self._clock()
        if now - self._taken_at >= MAX_AGE_S:
            self._snapshots, self._taken_at = self._live.snapshot(), now
        return self._snapshots

    def _write(self) -> AllDevices:
        version = self._live.version
        context = live_context(self._live, JUDGED_S)
        entries = [(snapshot, device_entry(snapshot, context)) for snapshot in self._live.snapshot()]
        return AllDevices(
            context.now,
            version,
            [DeviceDocument(snapshot, entry, _write_entry(entry)) for snapshot, entry in entries],
        )


def _write_entry(entry: JsonObject) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
