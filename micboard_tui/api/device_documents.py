"""All devices as JSON, written at most once a second whatever the number of readers.

Writing 4,000 channels takes 150 ms (``benchmarks/documents.py``). Each device is written by itself, so that
an answer with some of them is joined and not written anew; the whole is compressed once, too.
"""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from micboard_tui.api.answers import GZIP_LEVEL, etag_of
from micboard_tui.contracts.documents.devices import device_entry
from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.rack_context import live_context
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.device import DeviceSnapshot

MAX_AGE_S = 1.0
JUDGED_S = 0.5
"""Problems are judged twice a second for alarms; the document takes what was judged then."""


@dataclass(frozen=True, slots=True)
class DeviceDocument:
    """One device, and how it is written."""

    snapshot: DeviceSnapshot
    entry: JsonObject
    body: bytes


@dataclass(frozen=True)
class AllDevices:
    """The devices as they were at one moment, in rack order."""

    made_at: float
    """Seconds since the epoch."""
    version: int
    """Of the live state."""
    devices: Sequence[DeviceDocument] = field(repr=False)

    @cached_property
    def body(self) -> bytes:
        """The whole document."""
        return self.join(self.devices)

    @cached_property
    def etag(self) -> str:
        """Of all devices."""
        return self.etag_of(self.devices)

    @cached_property
    def compressed(self) -> bytes:
        """The whole document by gzip."""
        return gzip.compress(self.body, GZIP_LEVEL, mtime=0)

    def etag_of(self, devices: Sequence[DeviceDocument]) -> str:
        """Of some of the devices, whenever they were written."""
        return etag_of(b"".join(device.body for device in devices))

    def join(self, devices: Sequence[DeviceDocument], more: JsonObject | None = None) -> bytes:
        """A document of some of the devices; ``more``: what else it says."""
        head = {
            "schema": SCHEMA,
            "generated_at": format_timestamp(self.made_at),
            "version": self.version,
            **(more or {}),
        }
        written = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return written[:-1] + b',"devices":[' + b",".join(device.body for device in devices) + b"]}"


class DeviceDocuments:
    """Writes them when they are asked for. ``clock`` gives seconds that only grow."""

    def __init__(self, live: LiveContract, clock: Callable[[], float]) -> None:
        self._live, self._clock = live, clock
        self._newest: AllDevices | None = None
        self._written_at = -MAX_AGE_S

    def read(self) -> AllDevices:
        """All devices as they are, or were less than a second ago."""
        now = self._clock()
        if self._newest is None or now - self._written_at >= MAX_AGE_S:
            self._newest, self._written_at = self._write(), now
        return self._newest

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
