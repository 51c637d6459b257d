"""The tables of the recorder's file, how it is opened, and what happens to one that is damaged.

The file is SQLite with a version of its own (``user_version``). It is vacuumed in small steps, which has to
be chosen before the first table is made. What was committed survives the end of the process; a power cut may
take the last seconds.
"""

import glob
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.recording.chunk import STEPS_S
from micboard_tui.storage.database_errors import find_code
from micboard_tui.storage.repair.readable_copy import remove_database

VERSION = 2
BUSY_TIMEOUT_S = 2.0
QUICK_CHECK_BYTES = 64 * 1024 * 1024
"""Files up to this size are checked whenever they are opened."""
KEPT_DAMAGED = 3
"""So many damaged files stay, each of which may be as large as a recording."""

_PRIVATE = 0o600
_CHUNKS = """
CREATE TABLE chunk_N (
    id INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL,
    start INTEGER NOT NULL,
    until INTEGER NOT NULL, -- the id of the last second that it holds
    data BLOB NOT NULL
);
CREATE INDEX chunk_N_channel ON chunk_N (channel, start);
CREATE INDEX chunk_N_until ON chunk_N (until, channel);
"""
_THINNED = """
CREATE TABLE chunk_300 (
    id INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL,
    start INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX chunk_300_channel ON chunk_300 (channel, start);
"""
_TABLES = (
    """
CREATE TABLE recovery (second INTEGER NOT NULL); -- the id of the last second that a recovery has seen
INSERT INTO recovery VALUES (0);
CREATE TABLE channel (
    id INTEGER PRIMARY KEY, device_id TEXT NOT NULL, number INTEGER NOT NULL, UNIQUE (device_id, number)
);
CREATE TABLE channel_order (id INTEGER PRIMARY KEY AUTOINCREMENT, refs TEXT NOT NULL);
CREATE TABLE second (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    channel_order INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX second_at ON second (at);
CREATE TABLE alarm_window (
    id INTEGER PRIMARY KEY,
    cause TEXT NOT NULL,
    subject TEXT NOT NULL, -- the other parts of the alarm's key
    device_id TEXT,
    channel INTEGER,
    raised_at REAL NOT NULL,
    start REAL NOT NULL,
    "end" REAL NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX alarm_window_raised ON alarm_window (raised_at);
"""
    + "".join(_CHUNKS.replace("chunk_N", f"chunk_{step_s}") for step_s in STEPS_S)
    + _THINNED
)

# Message and hint by error code.
_TEXTS = {
    ErrorCode.DATABASE_DAMAGED: (
        "The recording {file} is damaged",
        "It is put aside and a new one is begun by itself",
    ),
    ErrorCode.DATABASE_LOCKED: (
        "The recording {file} is in use by another program",
        "End the other program; recording to the disk goes on by itself",
    ),
    ErrorCode.DATABASE_NEWER: (
        "The recording {file} was made by a newer version of micboard-tui",
        "Update this one, or move the file away",
    ),
    ErrorCode.DISK_FULL: (
        "The disk of the recording {file} is full or failing",
        "Make room; recording to the disk goes on by itself",
    ),
    ErrorCode.DIRECTORY_NOT_WRITABLE: (
        "The recording {file} cannot be opened for writing",
        "Check the directory and its rights; recording to the disk goes on by itself",
    ),
    ErrorCode.ALREADY_RUNNING: ("Another micboard-tui records to {file}", "Use that one"),
}


def of_tier(statement: str, step_s: int) -> str:
    """The statement with the table of a tier for ``chunk_N``."""
    return statement.replace("chunk_N", f"chunk_{step_s:d}")


def recording_error(code: ErrorCode, file: Path, reason: str = "") -> StorageError:
    """The error of this code, for the user."""
    message, hint = _TEXTS.get(
        code, ("The recording {file} failed: {reason}", "See the log; it is tried again by itself")
    )
    return StorageError(code, message.format(file=file, reason=reason), hint=hint, reason=reason)


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Raise StorageError for every error of the file that is raised inside the block."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise recording_error(find_code(reason), file, reason) from error


def open_to_write(file: Path) -> sqlite3.Connection:
    """Open the file, make it when it is not there, and check it. Raises what sqlite3 raises, StorageError."""
    connection = sqlite3.connect(file, BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        with suppress(OSError):
            file.chmod(_PRIVATE)
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _check(connection, file)
    except BaseException:  # Also when it is cancelled: no connection stays open.
        connection.close()
        raise
    return connection


@contextmanager
def opened_to_read(file: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection that only reads; None when there is no recording yet."""
    if not file.exists() or not file.stat().st_size:
        yield None
        return
    uri = f"file:{quote(os.fsencode(file))}?mode=ro"
    with closing(sqlite3.connect(uri, BUSY_TIMEOUT_S, isolation_level=None, uri=True)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise recording_error(ErrorCode.DATABASE_NEWER, file)
        yield connection if version == VERSION else None


def put_aside(file: Path) -> Path:
    """Move a damaged file away, and delete the oldest of more than a few of them; where it is now."""
    stem = f"{file.stem}-damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    aside, number = file.with_name(f"{stem}.db"), 1
    while aside.exists():
        number += 1
        aside = file.with_name(f"{stem}-{number}.db")
    for suffix in ("-wal", "-shm", ""):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    others = set(file.parent.glob(f"{glob.escape(file.stem)}-damaged-*.db")) - {aside}
    for old in sorted(others, key=lambda other: other.stat().st_mtime, reverse=True)[KEPT_DAMAGED - 1 :]:
        remove_database(old)
    return aside


def _check(connection: sqlite3.Connection, file: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise recording_error(ErrorCode.DATABASE_NEWER, file)
    if version > 0 and file.stat().st_size <= QUICK_CHECK_BYTES:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            raise recording_error(ErrorCode.DATABASE_DAMAGED, file, str(answer))
    if version < VERSION:
        tables = _THINNED if version == 1 else _TABLES
        connection.executescript(f"BEGIN IMMEDIATE; {tables} PRAGMA user_version = {VERSION}; COMMIT")
