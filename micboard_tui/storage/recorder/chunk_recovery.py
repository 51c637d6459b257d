"""Makes chunks of the seconds that no chunk holds: those of a program that was killed, or just ended.

A chunk row names the last second that it holds. Every channel ends a chunk of each tier within 60 steps, so
only the seconds of that time can be missing. They are merged again as they were while they came, and each
channel leaves out what its last chunk holds.
"""

import time
from collections.abc import Iterator

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.byte_planes import DamagedRecordingError
from micboard_tui.domain.recording.chunk import CHUNK_RECORDS, STEPS_S, ClosedChunk, TierBuilder
from micboard_tui.domain.recording.second_codec import ChannelOrder, decode_second
from micboard_tui.domain.recording.summary_columns import EMPTY_ROW, Columns
from micboard_tui.storage.recorder.recorder_connection import RecorderConnection
from micboard_tui.storage.recorder.recorder_queries import read_order
from micboard_tui.storage.recorder.recorder_schema import of_tier

_SECONDS = "SELECT id, at, channel_order, data FROM second WHERE id > ? ORDER BY id LIMIT ?"
PAGE = 60
"""So many are held in memory at once."""
_HELD = (
    "SELECT device_id, number, max(until) FROM chunk_N AS c JOIN channel ON channel.id = c.channel"
    " WHERE until > ? GROUP BY device_id, number"
)
MARGIN_S = 60
PAUSE_EVERY = 20
PAUSE_S = 0.02
"""After so many seconds: the program starts at the same time."""


def recover_chunks(connection: RecorderConnection, last_second: int) -> list[ClosedChunk]:
    """The chunks that are missing up to the second of that id."""
    (seen,) = connection.execute("SELECT second FROM recovery").fetchone()
    if seen >= last_second:
        return []
    tiers = [_UnheldSeconds(connection, step_s, seen, last_second) for step_s in STEPS_S]
    for count, (id_, at, order, columns) in enumerate(_read(connection, min(tier.first for tier in tiers))):
        for tier in tiers:
            tier.add(id_, at, columns, order)
        if count % PAUSE_EVERY == 0:
            time.sleep(PAUSE_S)
    return [chunk for tier in tiers for chunk in tier.close()]


class _UnheldSeconds:
    """Merges the seconds that the chunks of one tier do not hold."""

    def __init__(self, connection: RecorderConnection, step_s: int, seen: int, last_second: int) -> None:
        self.first = max(seen, last_second - step_s * CHUNK_RECORDS - MARGIN_S)
        """The id of the second before the first that any channel may lack."""
        self._builder = TierBuilder(step_s, ChannelOrder())
        self._order = ChannelOrder()
        rows = connection.execute(of_tier(_HELD, step_s), (self.first,))
        self._held = {ChannelRef(device_id, number): until for device_id, number, until in rows}
        self._closed: list[ClosedChunk] = []

    def add(self, id_: int, at: int, columns: Columns, order: ChannelOrder) -> None:
        if id_ <= self.first:
            return
        if order.refs[: len(self._order.refs)] != self._order.refs:
            self._closed += self.close()  # The order of another program, or one begun anew.
        self._order = order
        self._builder.add(at, self._leave_out_held(id_, columns, order), order)

    def close(self) -> list[ClosedChunk]:
        self._builder.close()
        closed, self._closed = [*self._closed, *self._builder.take_closed()], []
        return closed

    def _leave_out_held(self, id_: int, columns: Columns, order: ChannelOrder) -> Columns:
        """The columns with empty summaries for the channels whose chunks hold this second."""
        places = [index for index, ref in enumerate(order.refs) if self._held.get(ref, 0) >= id_]
        if not places:
            return columns
        remaining = [list(column) for column in columns]
        for column, value in zip(remaining, EMPTY_ROW, strict=True):
            for index in places:
                column[index] = value
        return remaining


def _read(connection: RecorderConnection, after: int) -> Iterator[tuple[int, int, ChannelOrder, Columns]]:
    """The seconds after the one of that id; those that are damaged are left out."""
    orders: dict[int, ChannelOrder] = {}
    while rows := connection.execute(_SECONDS, (after, PAGE)).fetchall():
        for after, at, order_id, blob in rows:  # noqa: PLR1704 - the page after this one begins there
            if order_id not in orders:
                orders[order_id] = read_order(connection, order_id)
            try:
                yield after, at, orders[order_id], decode_second(blob, orders[order_id])
            except DamagedRecordingError:
                continue
