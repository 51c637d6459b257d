"""Who uses a database file: any number of programs at once, or one alone that puts another file in its place.

The lock is SQLite's own, on an empty file beside the database: it works on every system, in every process,
and ends with the process, however that ends. A file that is damaged could not be locked itself.
"""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote


class FileUse:
    """Of one file by one program. Methods block, and are called by one thread at a time."""

    def __init__(self, file: Path) -> None:
        self._lock_file = file.with_name(f"{file.name}.lock")
        self._wanted = file.with_name(f"{file.name}.wanted")
        self._connection: sqlite3.Connection | None = None

    def share(self, wait_s: float) -> bool:
        """Use the file together with others; False: one has had it alone for ``wait_s``.

        Where no lock can be made, as on a full disk, the file is used without it.
        """
        try:
            return self._take("BEGIN", wait_s)
        except (OSError, sqlite3.Error):
            return True

    def take_alone(self, wait_s: float, *, asks: bool = True) -> bool:
        """Keep all others from the file; False: one has not let go of it within ``wait_s``.

        ``asks``: others that run see that it ``is_wanted`` and let go for a moment. Raises OSError,
        sqlite3.Error: no other program could be kept from it.
        """
        if asks:
            self._wanted.touch(mode=0o600)
        try:
            return self._take("BEGIN EXCLUSIVE", wait_s)
        finally:
            self._wanted.unlink(missing_ok=True)

    @property
    def is_wanted(self) -> bool:
        """Whether another program waits to have the file alone."""
        return self._wanted.exists()

    def let_go(self) -> None:
        """Use it no longer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _take(self, begin: str, wait_s: float) -> bool:
        self.let_go()
        connection = self._open(wait_s)
        try:
            # Nothing is ever written, not even beside the file.
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute(begin)
            # Only reading takes the lock that others are kept from having alone by.
            connection.execute("SELECT * FROM sqlite_master").fetchall()
        except sqlite3.Error as error:
            connection.close()
            if "locked" in str(error):
                return False
            raise
        self._connection = connection
        return True

    def _open(self, wait_s: float) -> sqlite3.Connection:
        if not self._lock_file.exists():
            self._lock_file.touch(mode=0o600)
        return sqlite3.connect(
            f"file:{quote(os.fsencode(self._lock_file))}?mode=rw",
            wait_s,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
