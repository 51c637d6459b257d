"""Implements ``RecordingStore`` with a file of its own, ``recorder.db``.

One process writes: the one that holds the lock beside the file. Each second is one transaction with the
blob of all channels and the chunks that ended before it; once a minute what is older than its tier is
removed, in bounded steps, so that a clock that was wrong for a moment removes little. A chunk names the last
second that it holds, so that opening the file finds the seconds that no chunk holds yet, and makes chunks of
them (``chunk_recovery.py``). A damaged file is put aside and a new one begun.

States: closed (nothing is held), open (lock and connection are held). ``write`` needs the second; any error
closes the file again, and ``open`` begins anew.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from micboard_tui.config.atomic_files import make_private_directory
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.recording_store import RecordedStep, WindowRecord
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.chunk import Chunk, ClosedChunk, encode_chunk
from micboard_tui.domain.recording.recorded_span import AlarmWindow, WindowTitle
from micboard_tui.domain.recording.sample_ring import samples_between
from micboard_tui.domain.recording.second_codec import ChannelOrder, encode_second
from micboard_tui.domain.recording.span_columns import Series
from micboard_tui.domain.recording.window_codec import encode_window
from micboard_tui.storage.database_errors import find_code
from micboard_tui.storage.recorder import recorder_queries
from micboard_tui.storage.recorder.chunk_recovery import recover_chunks
from micboard_tui.storage.recorder.recorder_retention import PRUNE_INTERVAL_S, prune
from micboard_tui.storage.recorder.recorder_schema import (
    of_tier,
    open_to_write,
    opened_to_read,
    put_aside,
    recording_error,
    translated,
)

_PRIVATE = 0o600
_LAST_BEFORE = "SELECT id FROM second WHERE at < ? ORDER BY at DESC, id DESC LIMIT 1"
_INSERT_CHUNK = "INSERT INTO chunk_N (channel, start, until, data) VALUES (?, ?, ?, ?)"


class RecorderFile:
    """``max_bytes`` bounds the file also where its dates are wrong."""

    def __init__(self, file: Path, max_bytes: int = 2_000_000_000) -> None:
        self._file, self._max_bytes = file, max_bytes
        self._lock = FileLock(file.with_name(f"{file.name}.lock"), mode=_PRIVATE, thread_local=False)
        self._connection: sqlite3.Connection | None = None
        self._channel_ids: dict[ChannelRef, int] = {}
        self._order: tuple[ChannelOrder, int] | None = None
        """The order that was stored last, and its id."""
        self._pruned_at: int | None = None
        self._is_damaged = False
        """Whether writing found out that the file is broken."""

    # Writing: one thread at a time.

    def open(self) -> str | None:
        with translated(self._file):
            make_private_directory(self._file.parent)
            try:
                self._lock.acquire(blocking=False)
            except Timeout:
                raise recording_error(ErrorCode.ALREADY_RUNNING, self._file) from None
            try:
                return self._open_anew()
            except BaseException:  # Also when it is cancelled: the lock is let go.
                self.close()
                raise

    def write(self, steps: Sequence[RecordedStep], windows: Sequence[WindowRecord]) -> None:
        with self._transaction() as connection:
            for step in steps:
                self._write_chunks(connection, step.chunks)
                if step.second is not None:
                    blob = encode_second(step.second.columns, step.second.order)
                    row = (step.second.at, self._order_id(connection, step.second.order), blob)
                    connection.execute("INSERT INTO second (at, channel_order, data) VALUES (?, ?, ?)", row)
            for window in windows:
                _write_window(connection, window)
            newest = next((step.second.at for step in reversed(steps) if step.second is not None), None)
            if newest is not None and self._is_prune_due(newest):
                prune(connection, newest, self._max_bytes)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                connection.close()
        except sqlite3.Error:
            pass  # It gives back what it holds all the same.
        finally:
            self._lock.release(force=True)

    # Reading: any thread.

    def read_seconds(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> Mapping[ChannelRef, Series]:
        with self._reading() as connection:
            return (
                {} if connection is None else recorder_queries.read_seconds(connection, channels, start, end)
            )

    def read_chunks(
        self, step_s: int, channels: Collection[ChannelRef], start: float, end: float
    ) -> Mapping[ChannelRef, Sequence[Chunk]]:
        with self._reading() as connection:
            if connection is None:
                return {}
            return recorder_queries.read_chunks(connection, step_s, channels, start, end)

    def find_newest(self) -> float | None:
        """When the second that was written last begins; None: there is none. Raises StorageError."""
        with self._reading() as connection:
            if connection is None:
                return None
            newest = connection.execute("SELECT at FROM second ORDER BY id DESC LIMIT 1").fetchone()
            return None if newest is None else float(newest[0])

    def list_windows(
        self, since: float, until: float | None, channels: Collection[ChannelRef], limit: int
    ) -> Sequence[WindowTitle]:
        with self._reading() as connection:
            if connection is None:
                return []
            return recorder_queries.list_windows(connection, since, until, channels, limit)

    def read_window(self, key: AlarmKey, raised_at: float) -> AlarmWindow | None:
        with self._reading() as connection:
            return None if connection is None else recorder_queries.read_window(connection, key, raised_at)

    def _open_anew(self) -> str | None:
        """Open the file, or a new one in place of a damaged one; what the user should know."""
        if not self._is_damaged:
            try:
                self._open()
            except (StorageError, sqlite3.Error) as error:
                if not _is_of_damage(error):
                    raise
            else:
                return None
        aside = put_aside(self._file)
        self._is_damaged = False
        self._open()
        return f"The recording was damaged and is kept as {aside}: a new one was begun"

    def _open(self) -> None:
        connection = open_to_write(self._file)
        self._connection = connection
        self._channel_ids, self._order, self._pruned_at = {}, None, None
        try:
            for id_, device_id, number in connection.execute("SELECT id, device_id, number FROM channel"):
                self._channel_ids[ChannelRef(device_id, number)] = id_
            (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM second").fetchone()
            chunks = recover_chunks(connection, last)
            connection.execute("BEGIN IMMEDIATE")
            self._write_chunks(connection, chunks, last)
            connection.execute("UPDATE recovery SET second = ?", (last,))
            connection.execute("COMMIT")
        except BaseException:  # Also when it is cancelled: nothing half opened is used.
            self._connection = None
            connection.close()
            raise

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        if connection is None:
            raise recording_error(ErrorCode.DATABASE_ERROR, self._file, "it is not open")
        try:
            with translated(self._file):
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        except BaseException as error:  # Also when it is cancelled: no transaction stays open.
            self._is_damaged = isinstance(error, StorageError) and _is_of_damage(error)
            # What was not committed is undone by closing.
            self.close()
            raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        with translated(self._file), opened_to_read(self._file) as connection:
            try:
                yield connection
            except ValueError as error:
                raise recording_error(ErrorCode.DATABASE_DAMAGED, self._file, str(error)) from error

    def _write_chunks(
        self, connection: sqlite3.Connection, chunks: Sequence[ClosedChunk], until: int | None = None
    ) -> None:
        """``until``: the id of the last second that they hold; None: find it by the time of their end."""
        found: dict[int, int] = {}
        for ref, chunk in chunks:
            if chunk.end not in found:
                row = connection.execute(_LAST_BEFORE, (chunk.end,)).fetchone() if until is None else (until,)
                found[chunk.end] = row[0] if row else 0
            connection.execute(
                of_tier(_INSERT_CHUNK, chunk.step_s),
                (self._channel_id(connection, ref), chunk.start, found[chunk.end], encode_chunk(chunk)),
            )

    def _channel_id(self, connection: sqlite3.Connection, ref: ChannelRef) -> int:
        if (known := self._channel_ids.get(ref)) is None:
            cursor = connection.execute("INSERT INTO channel (device_id, number) VALUES (?, ?)", ref)
            known = self._channel_ids[ref] = cursor.lastrowid or 0
        return known

    def _order_id(self, connection: sqlite3.Connection, order: ChannelOrder) -> int:
        if self._order is None or self._order[0] is not order:
            cursor = connection.execute(
                "INSERT INTO channel_order (refs) VALUES (?)", (json.dumps(order.refs),)
            )
            self._order = (order, cursor.lastrowid or 0)
        return self._order[1]

    def _is_prune_due(self, newest: int) -> bool:
        if self._pruned_at is not None and 0 <= newest - self._pruned_at < PRUNE_INTERVAL_S:
            return False
        self._pruned_at = newest
        return True


def _write_window(connection: sqlite3.Connection, window: WindowRecord) -> None:
    title, refs, blocks = window
    key, raised_at, start, end = title.key, title.raised_at, title.start, title.end
    samples = {ref: samples_between(blocks, ref, start, end) for ref in refs}
    connection.execute(
        "INSERT INTO alarm_window (cause, subject, device_id, channel, raised_at, start, end, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key.cause.value,
            recorder_queries.encode_subject(key),
            key.device_id,
            key.channel,
            raised_at,
            start,
            end,
            encode_window(samples, start),
        ),
    )


def _is_of_damage(error: StorageError | sqlite3.Error) -> bool:
    code = error.code if isinstance(error, StorageError) else find_code(str(error))
    return code is ErrorCode.DATABASE_DAMAGED
