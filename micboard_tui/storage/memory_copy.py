"""Opens what can be read of a database file, in memory: for a disk that takes nothing, not even a lock.

SQLite has to write beside a file in WAL mode before it can read it. ``MemoryCopy`` reads the file in the ways
that need less and less room, fills a database in memory, and keeps that until it is closed. A file that is
not there yet, or has nothing in it, gives an empty one; of one that is damaged it has what can be read.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import QueuePool

from micboard_tui.storage.repair.salvage import salvage


class MemoryCopy:
    """A copy that the engines of this process may share. Raises sqlite3.Error when nothing can be read."""

    def __init__(self, file: Path) -> None:
        self._name = f"file:micboard-{uuid4().hex}?mode=memory&cache=shared"
        self._keeper = sqlite3.connect(self._name, uri=True, check_same_thread=False)
        try:
            _fill(self._keeper, file)
        except BaseException:  # Also when the process is interrupted.
            self._keeper.close()
            raise

    def make_engine(self) -> Engine:
        return make_memory_engine(f"sqlite:///{self._name}&uri=true")

    def close(self) -> None:
        """Forget it; to be called when the engines are closed."""
        self._keeper.close()


def make_memory_engine(address: str | URL) -> Engine:
    """An engine with one connection: those of a shared cache do not wait for each other."""
    return create_engine(
        address,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )


def _fill(target: sqlite3.Connection, file: Path) -> None:
    if not file.exists() or not file.stat().st_size:
        return
    error: sqlite3.Error | None = None
    for query, pragma in (
        ("mode=ro", None),
        # Needs no memory beside the file that is shared with other processes.
        ("mode=rw", "PRAGMA locking_mode = EXCLUSIVE"),
        # Without what has not been moved into the file yet.
        ("immutable=1", None),
    ):
        try:
            with _open(file, query) as source:
                if pragma is not None:
                    source.execute(pragma)
                _copy(source, target)
        except sqlite3.Error as failure:
            error = error or failure
        else:
            return
    if error is not None:
        raise error


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as pages:
        source.backup(pages)
        if _is_sound(pages):
            pages.backup(target)
            return
        target.isolation_level = None
        salvage(pages, target)


def _is_sound(connection: sqlite3.Connection) -> bool:
    try:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError:
        return False
    return bool(answer == "ok")


@contextmanager
def _open(file: Path, query: str) -> Iterator[sqlite3.Connection]:
    name = quote(os.fsencode(file))
    with closing(sqlite3.connect(f"file:{name}?{query}", uri=True, timeout=1.0)) as connection:
        yield connection
