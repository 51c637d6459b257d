"""One file that has all that a user would miss: the database, and the small files beside it.

It is a ZIP archive with members of fixed names, so nothing is ever written to a place that the archive names.
``restore`` takes a plain database file as well, as the copies are that the program makes by itself.
"""

import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from micboard_tui.config.atomic_files import sync_directory
from micboard_tui.config.start_error import NO_ROOM
from micboard_tui.contracts.backups import COUNTED, DatabaseSummary
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.repair.readable_copy import open_to_read, sync_file
from micboard_tui.storage.repair.salvage import find_damage
from micboard_tui.storage.schema_upgrade import check_not_newer

FORMAT = 1
DATABASE, RECORDER, MANIFEST = "micboard.db", "recorder.db", "manifest.json"
SMALL = ("config.toml", "views.json", "secrets.toml")
"""Members that are one small file each."""
THEME = re.compile(r"themes/[\w][\w .-]{0,80}\.toml")
MAX_SMALL_BYTES = 1024 * 1024
MAX_DATABASE_BYTES = 16 * 1024**3
MAX_THEMES = 100
MAX_MEMBERS = 200
OPEN_FIRST = "Have it repaired, which any command does that opens it:  micboard-tui status"
TAKE_ANOTHER = "Take another one. Those that the program makes by itself:  micboard-tui backup --list"
_CHUNK = 1024 * 1024
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was looked into; its files are in a directory of ours."""

    made_at: float | None
    """Seconds since the epoch; None: it does not say."""
    database: DatabaseSummary
    files: Mapping[str, Path] = field(default_factory=dict)
    """Where each member is now, by its name."""


def summarize(database: Path) -> DatabaseSummary:
    """What a database has. Raises sqlite3.Error; StorageError DATABASE_DAMAGED, DATABASE_NEWER."""
    with closing(open_to_read(database)) as connection:
        if (damage := find_damage(connection)) is not None:
            raise sqlite3.DatabaseError(f"malformed: {damage}")
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" not in tables:
            return DatabaseSummary(None, {})
        (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        check_not_newer(schema)
        counts = {
            table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our names
            for table in COUNTED
            if table in tables
        }
    return DatabaseSummary(schema, counts)


def copy_database(database: Path, target: Path) -> None:
    """Copy it as it is at one moment, also while others write to it. Raises sqlite3.Error."""
    with closing(open_to_read(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        # One file has it all.
        copy.execute("PRAGMA journal_mode = DELETE")
    target.chmod(_PRIVATE)


def write_backup(file: Path, database: Path, others: Mapping[str, Path], version: str) -> DatabaseSummary:
    """Write the archive ``file``, over one that is there, and return what the database in it has.

    ``others``: where the other members are, by their names; those that are not there are left out.
    Raises StorageError: DATABASE_DAMAGED, DISK_FULL, DIRECTORY_NOT_WRITABLE and others.
    """
    translator = ErrorTranslator(str(database), None, damage_cure=OPEN_FIRST)
    with translator.translate_errors():
        try:
            return _write_archive(file, database, others, version)
        except OSError as error:
            is_full = error.errno in NO_ROOM
            raise StorageError(
                ErrorCode.DISK_FULL if is_full else ErrorCode.DIRECTORY_NOT_WRITABLE,
                f"{file} cannot be written ({error.strerror})",
                hint="Make room on its disk, or choose another place" if is_full else "Choose another place",
            ) from error


def _write_archive(file: Path, database: Path, others: Mapping[str, Path], version: str) -> DatabaseSummary:
    """Raises OSError and sqlite3.Error."""
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".micboard-backup-") as work:
        copy = Path(work) / DATABASE
        copy_database(database, copy)
        summary = summarize(copy)
        finished = Path(work) / "backup.zip"
        with zipfile.ZipFile(finished, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = {
                "format": FORMAT,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "version": version,
                "schema": summary.schema,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
            archive.write(copy, DATABASE)
            for name, other in others.items():
                if name == RECORDER and other.is_file():
                    copied = Path(work) / RECORDER
                    copy_database(other, copied)
                    archive.write(copied, RECORDER)
                elif other.is_file():
                    archive.write(other, name)
        finished.chmod(_PRIVATE)
        sync_file(finished)
        finished.replace(file)
        sync_directory(file.absolute().parent)
    return summary


@contextmanager
def opened_backup(file: Path, beside: Path) -> Iterator[Backup]:
    """Look into a backup, whose files are in a directory in ``beside`` until the block ends.

    Raises StorageError: INVALID_VALUE: it is none; DATABASE_DAMAGED, DATABASE_NEWER, DISK_FULL and others.
    """
    translator = ErrorTranslator(str(file), None, damage_cure=TAKE_ANOTHER)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".micboard-restore-") as work:
        with translator.translate_errors():
            look = _unpack if zipfile.is_zipfile(file) else _copy_plain
            backup = look(file, Path(work))
        yield backup


def _copy_plain(file: Path, work: Path) -> Backup:
    try:
        copy_database(file, work / DATABASE)
        summary = summarize(work / DATABASE)
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise _no_backup(file, "it is neither an archive nor a database") from error
        raise
    if summary.schema is None:
        raise _no_backup(file, "it has no tables of micboard-tui")
    return Backup(None, summary, {DATABASE: work / DATABASE})


def _unpack(file: Path, work: Path) -> Backup:
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _read_manifest(file, archive)
            files = {
                member.filename: _take_out(archive, member, work)
                for member in archive.infolist()[:MAX_MEMBERS]
                if _limit_of(member.filename)
            }
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _no_backup(file, f"the archive is damaged: {error}") from error
    if DATABASE not in files:
        raise _no_backup(file, "it has no database")
    return Backup(_moment_of(manifest.get("made_at")), summarize(files[DATABASE]), files)


def _read_manifest(file: Path, archive: zipfile.ZipFile) -> Mapping[str, Any]:
    try:
        with archive.open(MANIFEST) as reading:
            manifest = json.loads(reading.read(MAX_SMALL_BYTES))
    except (KeyError, ValueError, RecursionError) as error:
        raise _no_backup(file, "it was not made by micboard-tui backup") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise _no_backup(file, "it was not made by micboard-tui backup")
    if manifest["format"] > FORMAT:
        raise StorageError(
            ErrorCode.DATABASE_NEWER,
            f"{file} was made by a newer release (format {manifest['format']}, supported is {FORMAT})",
            hint="Update micboard-tui",
        )
    return manifest


def _limit_of(name: str) -> int:
    """How many bytes a member of this name may have; 0: it is none of ours."""
    if name in (DATABASE, RECORDER):
        return MAX_DATABASE_BYTES
    return MAX_SMALL_BYTES if name in SMALL or THEME.fullmatch(name) else 0


def _take_out(archive: zipfile.ZipFile, member: zipfile.ZipInfo, work: Path) -> Path:
    """Write a member to a place of our own choice, and never more than it may have."""
    target = work / member.filename.replace("/", "-")
    left = min(_limit_of(member.filename), shutil.disk_usage(work).free)
    with archive.open(member) as source, target.open("wb") as writing:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise OSError("disk is full, or the archive has more than a backup can have")
            writing.write(chunk)
    target.chmod(_PRIVATE)
    return target


def _moment_of(text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except (ValueError, OverflowError):
        return None


def _no_backup(file: Path, reason: str) -> StorageError:
    return StorageError(
        ErrorCode.INVALID_VALUE,
        f"{file} is no backup: {reason}",
        hint="Those that the program makes by itself:  micboard-tui backup --list",
    )
