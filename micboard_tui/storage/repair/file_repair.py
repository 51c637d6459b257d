"""Puts a sound database in place of a damaged one, and keeps the damaged file.

The steps, of which each may be the last one of a process that is killed:

1. The damaged file and its write-ahead log are copied to ``NAME-damaged-TIME.db``, which is never touched
   again.
2. A new file is made beside: with all that can be read of the damaged one (``salvage.py``), and with the rows
   of the newest sound copy in the places that cannot; or that copy as it is, when it has more; or a new one.
3. When it is sound and on the disk it gets the name ``NAME.db.repaired``. From here on the repair is done:
   the program that opens the database next puts it in its place.
4. The write-ahead log of the damaged file is deleted, and the new one takes the name of the database.

What could not be finished is deleted, and the damaged file is as it was. The caller has the file alone.
"""

import glob
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from micboard_tui.config.atomic_files import sync_directory, write_beside
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.local_time import format_minute
from micboard_tui.storage.backup_rotation import BackupRotation
from micboard_tui.storage.database_errors import find_code
from micboard_tui.storage.repair.readable_copy import (
    copy_file,
    open_unchanged,
    opened_copy,
    remove_database,
    sync_file,
)
from micboard_tui.storage.repair.salvage import (
    Salvage,
    fill_gaps,
    find_damage,
    quoted,
    read_rows,
    salvage,
)
from micboard_tui.storage.schema_upgrade import HEAD

_PRIVATE = 0o600
_TABLE_WORDS = {
    "audit_ends": "the audit's ends",
    "cell_types": "kinds of cells",
    "pack_records": "packs",
    "revision": "the count of changes",
    "session_lease": "the note of who reads the devices",
    "show_lock": "the lock of the show",
}
"""What a person calls the tables whose names do not tell it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done about a damaged database."""

    at: float
    """Seconds since the epoch."""
    kept: Path
    """The damaged file."""
    text: str
    """What happened and what is lost, for the user: sentences, the last one without a full stop."""


class FileRepair:
    """Of the database ``file``, whose copies are in ``backups``. Methods block."""

    def __init__(self, file: Path, backups: BackupRotation) -> None:
        self._file, self._backups = file, backups
        self._unfinished = file.with_name(f"{file.name}.repairing")
        self._reading = file.with_name(f"{file.name}.reading")
        self._finished = file.with_name(f"{file.name}.repaired")

    @property
    def is_unfinished(self) -> bool:
        """Whether a repair has to be put in its place yet."""
        return self._finished.exists()

    def finish(self) -> None:
        """Put the repaired file in its place. Raises OSError."""
        for suffix in ("-wal", "-shm"):
            self._file.with_name(f"{self._file.name}{suffix}").unlink(missing_ok=True)
        self._finished.replace(self._file)
        sync_directory(self._file.parent)

    def put_in_place(self, sound: Path) -> None:
        """Replace the file by a copy of ``sound``, of which nothing is kept. Raises OSError."""
        remove_database(self._unfinished)
        try:
            copy_file(sound, self._unfinished)
        except BaseException:  # Also when the process is interrupted.
            remove_database(self._unfinished)
            raise
        self._unfinished.replace(self._finished)
        self.finish()

    def run(self, damage: str) -> None:
        """Repair the file, which has this ``damage``. Raises OSError, sqlite3.Error."""
        moment = datetime.now(UTC)
        remove_database(self._unfinished)
        kept = self.keep(moment)
        try:
            outcome = self._make_sound_file(kept)
            text = f"The database {self._file} was damaged. {outcome}. The damaged file is kept as {kept}"
            write_beside(_note_of(kept), f"{text}\n".encode())
            sync_file(self._unfinished)
        except BaseException:  # Also when the process is interrupted: it is tried again from the beginning.
            remove_database(self._unfinished)
            remove_database(kept)
            raise
        self._unfinished.replace(self._finished)
        self.finish()
        log.info("database_repaired", damage=damage, outcome=outcome, kept=str(kept))

    def find_repairs(self) -> Sequence[Repair]:
        """What was repaired, the newest first; the files are there until a person deletes them."""
        kept = sorted(self._file.parent.glob(f"{glob.escape(self._file.stem)}-damaged-*.db"), reverse=True)
        return [Repair(file.stat().st_mtime, file, _read_note(file)) for file in kept]

    def read_table(self, table: str) -> Sequence[Mapping[str, Any]]:
        """The rows of a table that can be read of the damaged file, which stays as it is.

        Raises OSError, sqlite3.Error: nothing can be read of it.
        """
        try:
            with opened_copy(self._file, self._reading) as source:
                return read_rows(source, table)
        except sqlite3.DatabaseError:
            if (copy := self._find_sound_copy()) is None:
                raise
        with opened_copy(self._file, self._reading, copy.file) as source:
            return read_rows(source, table)

    def keep(self, moment: datetime) -> Path:
        """A copy of the damaged file, with what is in its write-ahead log. Raises OSError."""
        stem = f"{self._file.stem}-damaged-{moment:%Y%m%dT%H%M%S}"
        kept = self._file.with_name(f"{stem}.db")
        number = 1
        while kept.exists():
            number += 1
            kept = self._file.with_name(f"{stem}-{number}.db")
        log_file, kept_log = (path.with_name(f"{path.name}-wal") for path in (self._file, kept))
        try:
            if log_file.exists():
                copy_file(log_file, kept_log)
            # Its name is there once it is whole.
            copy_file(self._file, self._unfinished)
            self._unfinished.replace(kept)
            sync_directory(kept.parent)
        except BaseException:
            remove_database(kept)
            raise
        return kept

    def _make_sound_file(self, kept: Path) -> str:
        """Make the new file; what the user should know of it."""
        copy = self._find_sound_copy()
        for head in (None, copy) if copy is not None else (None,):
            remove_database(self._unfinished)
            try:
                with opened_copy(kept, self._reading, None if head is None else head.file) as source:
                    return self._salvage(source, copy)
            except sqlite3.DatabaseError as error:
                if find_code(str(error)) is ErrorCode.DISK_FULL:
                    raise
        remove_database(self._unfinished)
        if copy is not None:
            copy_file(copy.file, self._unfinished)
            return (
                f"Less can be read of it than its copy of {copy.made} has: that was opened,"
                " and what was changed after it is lost"
            )
        self._unfinished.touch(mode=_PRIVATE)
        return "Nothing can be read of it, and there is no copy of it: a new one was begun"

    def _salvage(self, source: sqlite3.Connection, copy: "_Copy | None") -> str:
        """Make the new file of what can be read. Raises sqlite3.DatabaseError, also if the copy has more."""
        with closing(sqlite3.connect(self._unfinished, isolation_level=None)) as target:
            self._unfinished.chmod(_PRIVATE)
            found = salvage(source, target)
            filled = 0
            if copy is not None and found.gaps:
                with closing(open_unchanged(copy.file)) as sound:
                    if _schema_of(sound) == _schema_of(target):
                        filled = fill_gaps(sound, target, found.gaps)
                    else:
                        _check_not_poorer(found, sound)
            if (damage := find_damage(target)) is not None:
                raise sqlite3.DatabaseError(damage)
        return _describe(found, copy, filled)

    def _find_sound_copy(self) -> "_Copy | None":
        """The newest copy that is sound."""
        for moment, file in self._backups.list_newest_first():
            try:
                with closing(open_unchanged(file)) as connection:
                    if (_schema_of(connection) or "") <= HEAD and find_damage(connection) is None:
                        return _Copy(file, format_minute(moment.timestamp()))
            except sqlite3.Error:
                continue
        return None


@dataclass(frozen=True, slots=True)
class _Copy:
    """A sound copy of the database."""

    file: Path
    made: str
    """When, for the user."""


def _note_of(kept: Path) -> Path:
    return kept.with_suffix(".txt")


def _read_note(kept: Path) -> str:
    try:
        return _note_of(kept).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return f"The database was damaged. The damaged file is kept as {kept}"


def _schema_of(connection: sqlite3.Connection) -> str | None:
    """The revision of the schema; None: it cannot be read."""
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if row is None else str(row[0])


def _check_not_poorer(found: Salvage, copy: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError when ``copy`` has more of what could not be read in whole."""
    tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    damaged = tables & set(found.damaged_tables)
    counts = (
        copy.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0]  # noqa: S608 - a name
        for table in damaged
    )
    if sum(counts) > sum(found.rows[table] for table in damaged):
        raise sqlite3.DatabaseError("less can be read than the copy has")


def _describe(found: Salvage, copy: _Copy | None, filled: int) -> str:
    refused = f"; {found.refused} entries that made no sense were left out" if found.refused else ""
    if not found.gaps:
        return f"All of it could be read and is in a new file{refused}"
    damaged = ", ".join(_TABLE_WORDS.get(table, table.replace("_", " ")) for table in found.damaged_tables)
    begin = f"Some entries of {damaged} cannot be read"
    if copy is None:
        return f"{begin} and are lost, as there is no copy of it{refused}"
    return (
        f"{begin}: {filled} were put back from its copy of {copy.made},"
        f" and those that were added or changed after it are lost{refused}"
    )
