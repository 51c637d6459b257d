"""Writes seconds, chunks and windows within the caller's transaction; the same on a file and on a server.

It remembers the ids of channels and of the last order, which are those of one recording: ``load`` is called
whenever one is opened.
"""

import json
from collections.abc import Collection, Sequence

from micboard_tui.contracts.recording_store import RecordedStep, WindowRecord
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.chunk import ClosedChunk, encode_chunk
from micboard_tui.domain.recording.sample_ring import samples_between
from micboard_tui.domain.recording.second_codec import ChannelOrder, encode_second
from micboard_tui.domain.recording.window_codec import encode_window
from micboard_tui.storage.recorder import recorder_queries
from micboard_tui.storage.recorder.chunk_recovery import recover_chunks
from micboard_tui.storage.recorder.recorder_connection import RecorderConnection
from micboard_tui.storage.recorder.recorder_retention import PRUNE_INTERVAL_S
from micboard_tui.storage.recorder.recorder_schema import of_tier

_LAST_BEFORE = "SELECT id FROM second WHERE at < ? ORDER BY at DESC, id DESC LIMIT 1"
_INSERT_CHUNK = "INSERT INTO chunk_N (channel, start, until, data) VALUES (?, ?, ?, ?)"
_INSERT_WINDOW = (
    'INSERT INTO alarm_window (cause, subject, device_id, channel, raised_at, start, "end", data)'
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class RecordingRows:
    """Of one recording. All methods raise what the connection raises."""

    def __init__(self) -> None:
        self._channel_ids: dict[ChannelRef, int] = {}
        self._order: tuple[ChannelOrder, int] | None = None
        """The order that was stored last, and its id."""
        self._pruned_at: int | None = None

    def load(self, connection: RecorderConnection) -> None:
        """Read what is remembered."""
        self._order, self._pruned_at = None, None
        rows = connection.execute("SELECT id, device_id, number FROM channel")
        self._channel_ids = {ChannelRef(device_id, number): id_ for id_, device_id, number in rows}

    def find_unheld(self, connection: RecorderConnection) -> tuple[int, Sequence[ClosedChunk]]:
        """The id of the last second, and the chunks of the seconds that no chunk holds yet."""
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM second").fetchone()
        return last, recover_chunks(connection, last)

    def write_recovered(
        self, connection: RecorderConnection, last: int, chunks: Sequence[ClosedChunk]
    ) -> None:
        """What ``find_unheld`` gave."""
        self._write_chunks(connection, chunks, last)
        connection.execute("UPDATE recovery SET second = ?", (last,))

    def write(
        self,
        connection: RecorderConnection,
        steps: Sequence[RecordedStep],
        windows: Sequence[WindowRecord],
    ) -> int | None:
        """Write all of it; the newest second when old rows have to be removed, else None."""
        seconds = [step.second for step in steps if step.second is not None]
        rows = [
            (second.at, self._order_id(connection, second.order), encode_second(second.columns, second.order))
            for second in seconds
        ]
        # Before the chunks, which look for the last second that they hold by the time of their end.
        connection.executemany("INSERT INTO second (at, channel_order, data) VALUES (?, ?, ?)", rows)
        self._write_chunks(connection, [chunk for step in steps for chunk in step.chunks])
        for window in windows:
            _write_window(connection, window)
        return seconds[-1].at if seconds and self._is_prune_due(seconds[-1].at) else None

    def _write_chunks(
        self, connection: RecorderConnection, chunks: Sequence[ClosedChunk], until: int | None = None
    ) -> None:
        """``until``: the id of the last second that they hold; None: find it by the time of their end."""
        self._add_channels(connection, {ref for ref, _ in chunks})
        found: dict[int, int] = {}
        rows: dict[int, list[tuple[int, int, int, bytes]]] = {}
        for ref, chunk in chunks:
            if chunk.end not in found:
                row = connection.execute(_LAST_BEFORE, (chunk.end,)).fetchone() if until is None else (until,)
                found[chunk.end] = row[0] if row else 0
            values = (self._channel_ids[ref], chunk.start, found[chunk.end], encode_chunk(chunk))
            rows.setdefault(chunk.step_s, []).append(values)
        for step_s, values_of_tier in rows.items():
            connection.executemany(of_tier(_INSERT_CHUNK, step_s), values_of_tier)

    def _add_channels(self, connection: RecorderConnection, refs: Collection[ChannelRef]) -> None:
        """Give ids to those that have none yet, by two statements for all of them."""
        missing = sorted(ref for ref in refs if ref not in self._channel_ids)
        if not missing:
            return
        connection.executemany("INSERT INTO channel (device_id, number) VALUES (?, ?)", missing)
        newest = max(self._channel_ids.values(), default=0)
        rows = connection.execute("SELECT id, device_id, number FROM channel WHERE id > ?", (newest,))
        self._channel_ids.update((ChannelRef(device_id, number), id_) for id_, device_id, number in rows)

    def _order_id(self, connection: RecorderConnection, order: ChannelOrder) -> int:
        if self._order is None or self._order[0] is not order:
            insert = "INSERT INTO channel_order (refs) VALUES (?) RETURNING id"
            number = connection.execute(insert, (json.dumps(order.refs),)).fetchone()[0]
            self._order = (order, number)
        return self._order[1]

    def _is_prune_due(self, newest: int) -> bool:
        if self._pruned_at is not None and 0 <= newest - self._pruned_at < PRUNE_INTERVAL_S:
            return False
        self._pruned_at = newest
        return True


def _write_window(connection: RecorderConnection, window: WindowRecord) -> None:
    title, refs, blocks = window
    key, raised_at, start, end = title.key, title.raised_at, title.start, title.end
    samples = {ref: samples_between(blocks, ref, start, end) for ref in refs}
    row = (
        key.cause.value,
        recorder_queries.encode_subject(key),
        key.device_id,
        key.channel,
        raised_at,
        start,
        end,
        encode_window(samples, start),
    )
    connection.execute(_INSERT_WINDOW, row)
