"""Writes the layout of the site, and keeps the entries of devices as the record has them.

Entries are written by who holds the devices. Those of devices that are not in the record any more are
deleted here, also those that a process left that was there before. Of a hub (``fills_gaps``) a device without
an entry gets one that no collector holds, so that boards show it, and such an entry follows the record.
"""

from collections.abc import Mapping, Sequence

import structlog

from micboard_tui.bus.publishing.entry_writer import EntryWriter
from micboard_tui.bus.wire.compression import compress
from micboard_tui.bus.wire.device_entry import (
    FREE_PUBLISHER,
    encode_device,
    encode_entry,
    make_entry,
    place_free_entry,
)
from micboard_tui.bus.wire.meter_frame import FrameHead, make_frame
from micboard_tui.bus.wire.meter_row import make_row
from micboard_tui.bus.wire.site_layout import SiteLayout
from micboard_tui.bus.wire.subjects import LAYOUT_KEY, device_key, parse_device_key
from micboard_tui.bus.wire.value_codec import WireError, codec_of
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId

FILL_AFTER_S = 2.0
"""Collectors that are there write their entries in this time after the store was made anew."""
NO_OWNER = FrameHead(0, 0, 0)
"""Of an entry of a device that was never held: every collector writes over it."""

log = structlog.get_logger(__name__)
_layout_codec = codec_of(SiteLayout)


class PublishedLayout:
    def __init__(self, live: LiveContract, writer: EntryWriter, *, fills_gaps: bool) -> None:
        """``live`` has all devices of the record, also those of which nothing was published."""
        self._live, self._writer, self._fills_gaps = live, writer, fills_gaps
        self._there: Mapping[DeviceId, DeviceSnapshot] = {}
        self._layout_version = 0
        self._reads = -1
        """How often the store had been read when it was looked for what has gone."""
        self._fill_at: float | None = None

    def look(self, layout_version: int, now: float) -> None:
        """Write what is to be written at ``now``, in seconds that only grow."""
        if layout_version != self._layout_version:
            self._layout_version = layout_version
            self._place(self._live.snapshot())
        if self._reads != self._writer.reads:
            self._reads, self._fill_at = self._writer.reads, now + FILL_AFTER_S
            self._drop_gone()
        if self._fills_gaps and self._fill_at is not None and now >= self._fill_at and self._reads > 0:
            self._fill_at = None
            self._fill()

    def _place(self, devices: Sequence[DeviceSnapshot]) -> None:
        self._there = {snapshot.device.id: snapshot for snapshot in devices}
        layout = SiteLayout(tuple(self._there), tuple(self._live.locations()), tuple(self._live.performers()))
        self._writer.want(LAYOUT_KEY, compress(_layout_codec.encode(layout)))
        self._reads = -1

    def _drop_gone(self) -> None:
        for key in self._writer.known_keys:
            device_id = parse_device_key(key)
            if device_id is not None and device_id not in self._there:
                self._writer.drop(key)

    def _fill(self) -> None:
        for device_id, snapshot in self._there.items():
            key = device_key(device_id)
            if (stored := self._writer.stored.get(key)) is None or stored.value is None:
                self._writer.offer(key, _make_free(snapshot))
                continue
            try:
                placed = place_free_entry(stored.value, snapshot)
            except WireError as error:
                log.warning("entry_not_understood", key=key, reason=str(error))
            else:
                if placed is not None:
                    self._writer.offer(key, placed)


def _make_free(snapshot: DeviceSnapshot) -> bytes:
    at = snapshot.state.last_seen_at or 0.0
    frame = make_frame(NO_OWNER, at, [make_row(state, at) for state in snapshot.channels])
    return encode_entry(FREE_PUBLISHER, frame, encode_device(make_entry(snapshot, {}, ())))
