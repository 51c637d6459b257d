"""Whether an SQLite file was changed since the last look, without a query.

``PRAGMA data_version`` of a connection differs from what it was when any other connection, of this process or
of another, has committed. So the watch holds a connection that never writes: what this program stores counts
as a change as well, and what it means is found out by reading.
"""

import os
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

import anyio.to_thread

Value = TypeVar("Value")

MOST_CHANGES = 2**32
"""What SQLite counts them with."""


class ChangeWatch:
    """Of one file that exists. Opened with the first look; ``close`` it in the end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        """Several services look, each in a thread."""
        self._files = 0
        """How many files it has looked at under this name."""

    async def version(self) -> int | None:
        """A number that is another one after each change; None where it cannot be read."""
        return await anyio.to_thread.run_sync(self._read)

    def close(self) -> None:
        """Hold the file no longer. A look afterwards finds what is there under its name then."""
        with self._lock:
            connection, self._connection = self._connection, None
            self._files += 1
            if connection is not None:
                connection.close()

    def _read(self) -> int | None:
        with self._lock:
            return self._read_version()

    def _read_version(self) -> int | None:
        try:
            if self._connection is None:
                # A file that is missing is not made: it would pass for a database that was emptied.
                self._connection = sqlite3.connect(
                    f"file:{quote(os.fsencode(self._file))}?mode=rw",
                    uri=True,
                    timeout=0,
                    isolation_level=None,
                    check_same_thread=False,
                )
            ((version,),) = self._connection.execute("PRAGMA data_version").fetchall()
        except sqlite3.Error:
            return None
        return self._files * MOST_CHANGES + int(version)


class Watch(Protocol):
    """Tells whether a database was changed."""

    async def version(self) -> int | None:
        """A number that is another one after each change; None where it cannot be known."""
        ...


class WatchedValue(Generic[Value]):
    """What is read again only after the database was changed; without a ``watch``, whenever it is wanted."""

    def __init__(self, watch: Watch | None, read: Callable[[], Awaitable[Value]]) -> None:
        self._watch, self._read = watch, read
        self._known: tuple[int, Value] | None = None

    async def get(self) -> Value:
        """Raises what reading raises."""
        # Before the value: what is committed in between is noticed with the next call.
        version = None if self._watch is None else await self._watch.version()
        known = self._known
        if known is not None and known[0] == version:
            return known[1]
        value = await self._read()
        self._known = None if version is None else (version, value)
        return value
