"""Copies of database files, and how one is opened that is damaged.

Opening a file may change it, as what its write-ahead log has is moved into it. So what must not be changed is
opened as a copy, or as SQLite opens a medium that cannot be written.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

PAGE_SIZES = frozenset(2**power for power in range(9, 17))
_PRIVATE = 0o600
# Places in the first page of a file: https://www.sqlite.org/fileformat.html 1.3
_PAGE_SIZE = slice(16, 18)
_CHANGES = slice(24, 28)
_PAGES = slice(28, 32)
_FREE_PAGES = slice(32, 40)
_CHANGES_OF_PAGES = slice(92, 96)
_HEADER_BYTES = 100


def copy_file(file: Path, target: Path) -> None:
    """Copy a file, for this user only, and have it on the disk. Raises OSError."""
    target.touch(mode=_PRIVATE)
    shutil.copyfile(file, target)
    sync_file(target)


def sync_file(file: Path) -> None:
    """Have what was written on the disk. Raises OSError."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def remove_database(file: Path) -> None:
    """Delete a file, with what SQLite makes beside it. Raises OSError."""
    for suffix in ("-wal", "-shm", "-journal", ""):
        file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)


def open_unchanged(file: Path) -> sqlite3.Connection:
    """A connection to a file that no program writes, nor this connection. Raises sqlite3.Error."""
    return _connect(file, "immutable=1")


def open_to_read(file: Path) -> sqlite3.Connection:
    """A connection to a file that others may write to; the file is there. Raises sqlite3.Error."""
    if not file.exists():
        raise sqlite3.OperationalError(f"unable to open {file}: it is not there")
    return _connect(file, "mode=rw" if os.access(file.parent, os.W_OK) else "mode=ro")


@contextmanager
def opened_copy(file: Path, place: Path, head: Path | None = None) -> Iterator[sqlite3.Connection]:
    """A connection to a copy of ``file`` at ``place``, with what is in its write-ahead log.

    ``head``: the first page, which has the names and places of the tables, is that of this database; it fits
    when that is an earlier state of the same one. Raises OSError, sqlite3.Error.
    """
    remove_database(place)
    try:
        copy_file(file, place)
        if (write_ahead := file.with_name(f"{file.name}-wal")).exists():
            copy_file(write_ahead, place.with_name(f"{place.name}-wal"))
        if head is not None:
            _put_head(place, head)
        with closing(_connect(place, "mode=rw")) as connection:
            yield connection
    finally:
        remove_database(place)


def _put_head(file: Path, head: Path) -> None:
    """Raises OSError, and sqlite3.DatabaseError when there is no use in it."""
    with head.open("rb") as source:
        header = bytearray(source.read(_HEADER_BYTES))
        stored = int.from_bytes(header[_PAGE_SIZE], "big") if len(header) == _HEADER_BYTES else 0
        # The largest size does not fit into its two bytes.
        page_size = 65536 if stored == 1 else stored
        pages = file.stat().st_size // max(1, page_size)
        if page_size not in PAGE_SIZES or pages <= 1:
            raise sqlite3.DatabaseError("malformed: there is no page beside the first one")
        rest = source.read(page_size - _HEADER_BYTES)
    header[_PAGES] = pages.to_bytes(4, "big")
    header[_FREE_PAGES] = bytes(8)
    header[_CHANGES_OF_PAGES] = header[_CHANGES]
    with file.open("rb+") as target:
        target.write(header + rest)


def _connect(file: Path, query: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(os.fsencode(file))}?{query}", uri=True, isolation_level=None)
