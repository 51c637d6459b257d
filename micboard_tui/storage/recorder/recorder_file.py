"""Implements ``RecordingStore`` with a file of its own, ``recorder.db``.

One process writes: the one that holds the lock beside the file. Each second is one transaction with the
blob of all channels and the chunks that ended before it; once a minute what is older than its tier is
removed, in bounded steps, so that a clock that was wrong for a moment removes little. A chunk names the last
second that it holds, so that opening the file finds the seconds that no chunk holds yet, and makes chunks of
them (``chunk_recovery.py``). A damaged file is put aside and a new one begun.

States: closed (nothing is held), open (lock and connection are held). ``write`` needs the second; any error
closes the file again, and ``open`` begins anew.
"""

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
from micboard_tui.domain.recording.chunk import Chunk
from micboard_tui.domain.recording.recorded_span import AlarmWindow, WindowTitle
from micboard_tui.domain.recording.span_columns import Series
from micboard_tui.storage.database_errors import find_code
from micboard_tui.storage.recorder import recorder_queries
from micboard_tui.storage.recorder.recorder_retention import prune, shrink
from micboard_tui.storage.recorder.recorder_schema import (
    open_to_write,
    opened_to_read,
    put_aside,
    recording_error,
    translated,
)
from micboard_tui.storage.recorder.recording_rows import RecordingRows

_PRIVATE = 0o600


class RecorderFile:
    """``max_bytes`` bounds the file also where its dates are wrong."""

    def __init__(self, file: Path, max_bytes: int = 2_000_000_000) -> None:
        self._file, self._max_bytes = file, max_bytes
        self._lock = FileLock(file.with_name(f"{file.name}.lock"), mode=_PRIVATE, thread_local=False)
        self._connection: sqlite3.Connection | None = None
        self._rows = RecordingRows()
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
            if (newest := self._rows.write(connection, steps, windows)) is not None:
                prune(connection, newest)
                shrink(connection, self._max_bytes)

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
            return None if connection is None else recorder_queries.find_newest(connection)

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
        try:
            self._rows.load(connection)
            last, chunks = self._rows.find_unheld(connection)
            connection.execute("BEGIN IMMEDIATE")
            self._rows.write_recovered(connection, last, chunks)
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


def _is_of_damage(error: StorageError | sqlite3.Error) -> bool:
    code = error.code if isinstance(error, StorageError) else find_code(str(error))
    return code is ErrorCode.DATABASE_DAMAGED
