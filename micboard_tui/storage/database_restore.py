"""Puts the files of a backup in the place of the present ones, while no other program uses them."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from micboard_tui.config.atomic_files import make_private_directory, write_new
from micboard_tui.contracts.access_errors import describe_lock
from micboard_tui.contracts.backups import DatabaseSummary
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.storage.backup_archive import (
    DATABASE,
    RECORDER,
    Backup,
    summarize,
    write_backup,
)
from micboard_tui.storage.backup_rotation import BackupRotation
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.repair.file_repair import FileRepair
from micboard_tui.storage.repair.file_use import FileUse
from micboard_tui.storage.repair.readable_copy import open_to_read

ALONE_WAIT_S = 2.0
KEPT = 10
"""So many backups of what was replaced stay."""


@contextmanager
def held_alone(database: Path) -> Iterator[None]:
    """Keep all other programs from a database. Raises StorageError DATABASE_LOCKED: one uses it."""
    use, translator = FileUse(database), ErrorTranslator(str(database), None)
    with translator.translate_errors():
        make_private_directory(database.parent)
        is_alone = use.take_alone(ALONE_WAIT_S, asks=False)
    if not is_alone:
        raise StorageError(
            ErrorCode.DATABASE_LOCKED,
            f"The database {database} is in use by another program",
            hint="End the board, serve and every other micboard-tui, and try again",
        )
    try:
        yield
    finally:
        use.let_go()


def summarize_present(database: Path) -> DatabaseSummary | None:
    """What is there now; None: nothing. Raises StorageError."""
    if not database.exists() or not database.stat().st_size:
        return None
    with ErrorTranslator(str(database), None).translate_errors():
        return summarize(database)


def check_unlocked(database: Path, backups: Path) -> None:
    """Raise StorageError SHOW_LOCKED when its show is locked: a backup would unlock it.

    Of one that is damaged the lock counts where it can still be read, with the help of a copy in ``backups``
    where needed. What cannot be read locks nothing, since restoring is its cure.
    """
    if not database.exists():
        return
    try:
        with closing(open_to_read(database)) as connection:
            row = connection.execute("SELECT locked_by, locked_at FROM show_lock").fetchone()
    except sqlite3.Error:
        row = _salvage_lock(database, backups)
    if row is not None:
        error = describe_lock(ShowLock(str(row[0]), float(row[1])))
        raise StorageError(error.code, error.message, hint=error.hint)


def _salvage_lock(database: Path, backups: Path) -> tuple[str, float] | None:
    """Who locked the show and when, as far as a damaged database tells; None also for an earlier release."""
    try:
        rows = FileRepair(database, BackupRotation(database, backups)).read_table("show_lock")
        return next(((str(row["locked_by"]), float(row["locked_at"])) for row in rows), None)
    except (sqlite3.Error, OSError, KeyError, TypeError, ValueError):
        return None


def keep_present(targets: Mapping[str, Path], backups: Path, version: str) -> Path | None:
    """Make a backup of what is about to be replaced, in ``backups``; None: there is no database yet.

    One that is damaged is kept as it is. Raises StorageError.
    """
    database, moment = targets[DATABASE], datetime.now(UTC)
    if not database.exists() or not database.stat().st_size:
        return None
    with ErrorTranslator(str(backups), None).translate_errors():
        make_private_directory(backups)
        for old in sorted(backups.glob("before-restore-*.zip"))[: 1 - KEPT]:
            old.unlink()
    file = backups / f"before-restore-{moment:%Y%m%dT%H%M%S}.zip"
    others = {name: place for name, place in targets.items() if name != DATABASE}
    try:
        write_backup(file, database, others, version)
    except StorageError as error:
        if error.code is not ErrorCode.DATABASE_DAMAGED:
            raise
        with ErrorTranslator(str(database), None).translate_errors():
            return FileRepair(database, BackupRotation(database, backups)).keep(moment)
    return file


def restore_files(backup: Backup, targets: Mapping[str, Path], backups: Path) -> None:
    """Replace the files in ``targets``, by the names that they have in a backup.

    ``backups``: where the copies of the database are. Killed at any moment, it leaves the old database or
    the new one. Raises StorageError; ConfigError where a small file cannot be written.
    """
    for name, source in backup.files.items():
        if (target := targets.get(name)) is None:
            continue
        if name in (DATABASE, RECORDER):
            with ErrorTranslator(str(target), None).translate_errors():
                FileRepair(target, BackupRotation(target, backups)).put_in_place(source)
        else:
            write_new(target, source.read_text(encoding="utf-8", errors="replace"), force=True)
