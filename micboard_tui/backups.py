"""Joins what ``backup`` and ``restore`` need: the files of this computer, and the storage that knows them."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from micboard_tui import __version__
from micboard_tui.config.paths import Paths
from micboard_tui.config.settings import Settings
from micboard_tui.contracts.access_errors import describe_reading_only
from micboard_tui.contracts.audit import AuditEntry
from micboard_tui.contracts.backups import (
    PreparedRestore,
    Replacement,
    RestoredBackup,
    RestorePreview,
    StoredCopy,
    WrittenBackup,
)
from micboard_tui.contracts.errors import ErrorCode, StartError, StorageError
from micboard_tui.contracts.origin import current_origin
from micboard_tui.domain.local_time import format_minute
from micboard_tui.storage.backup_archive import (
    DATABASE,
    MAX_THEMES,
    RECORDER,
    THEME,
    Backup,
    opened_backup,
    write_backup,
)
from micboard_tui.storage.backup_rotation import BackupRotation
from micboard_tui.storage.database import open_database, sqlite_url
from micboard_tui.storage.database_engine import describe_dump, locate_file
from micboard_tui.storage.database_restore import (
    check_unlocked,
    held_alone,
    keep_present,
    restore_files,
    summarize_present,
)

SECRETS = "secrets.toml"


class Backups:
    """Of the database and of what stands beside it. All methods raise StartError and StorageError."""

    def __init__(self, settings: Settings, paths: Paths) -> None:
        """Raises StartError where the database is on a server: that has its own commands."""
        self._settings, self._paths = settings, paths
        url = settings.database_url
        if (file := locate_file(url, paths.database_file)) is None:
            dump, restore = describe_dump(url or "")
            raise StartError(
                ErrorCode.INVALID_VALUE,
                "The database is on a server, which has its own commands for that",
                hint=f"Back it up with:  {dump}  and restore it with:  {restore}",
            )
        self._database = file

    def check_database(self) -> None:
        """Raise StartError where there is none yet."""
        if not self._database.exists():
            raise StartError(
                ErrorCode.INVALID_VALUE,
                f"There is no database {self._database} yet",
                hint="Where it would be:  micboard-tui config path",
            )

    def write(self, file: Path, *, with_recorder: bool, with_secrets: bool) -> WrittenBackup:
        """Write all of it into one archive, over one that is there; the board may run meanwhile."""
        members = dict(self._find_members())
        if not with_recorder:
            members.pop(RECORDER)
        if not with_secrets:
            members.pop(SECRETS)
        summary = write_backup(file, self._database, members, __version__)
        names = (DATABASE, *(name for name, place in members.items() if place.is_file()))
        return WrittenBackup(str(file), file.stat().st_size, names, summary.counts, SECRETS in names)

    def list_copies(self) -> list[StoredCopy]:
        """Those that the program made by itself, the newest first."""
        rotation = BackupRotation(self._database, self._paths.backups)
        return [
            StoredCopy(moment.timestamp(), str(copy), copy.stat().st_size)
            for moment, copy in rotation.list_newest_first()
        ]

    def check_may_change(self) -> None:
        """Raise StartError READ_ONLY, StorageError SHOW_LOCKED: a backup would unlock the show."""
        if self._settings.read_only:
            error = describe_reading_only()
            raise StartError(error.code, error.message, hint=error.hint)
        check_unlocked(self._database, self._paths.backups)

    @contextmanager
    def prepared(self, file: Path, *, only_database: bool) -> Iterator[PreparedRestore]:
        """A backup that is to be restored; no other program uses the database meanwhile."""
        with ExitStack() as stack:
            stack.enter_context(held_alone(self._database))
            backup = stack.enter_context(opened_backup(file, self._paths.data))
            targets = {DATABASE: self._database}
            if not only_database:
                targets |= self._find_targets(backup)
            yield _FilesToRestore(file, backup, targets, self._paths.backups)

    async def note_restored(self, restored: RestoredBackup, *, actor: str) -> None:
        """Write into the audit of the database as it is now who put it there; what it replaced is kept."""
        made = "" if restored.made_at is None else f" made {format_minute(restored.made_at)}"
        kept = "" if restored.kept is None else f"; what was there is kept as {Path(restored.kept).name}"
        entry = AuditEntry(
            time.time(),
            actor,
            current_origin(),
            "Backups.restore",
            f"Backup{made} restored{kept}",
            Path(restored.file).name,
        )
        async with open_database(
            sqlite_url(self._database), backup_directory=self._paths.backups
        ) as database:
            await database.audit.append([entry])

    def _find_targets(self, backup: Backup) -> Mapping[str, Path]:
        """Where the files of the backup belong, by their names in it."""
        known = self._find_members()
        return {
            name: known.get(name) or self._paths.themes / Path(name).name
            for name in backup.files
            if name in known or name.startswith("themes/")
        }

    def _find_members(self) -> Mapping[str, Path]:
        """Where the files beside the database are, by the names that they have in a backup."""
        paths = self._paths
        themes = {f"themes/{file.name}": file for file in sorted(paths.themes.glob("*.toml"))[:MAX_THEMES]}
        return {
            RECORDER: paths.recorder_file,
            "config.toml": paths.settings_file,
            "views.json": paths.views_file,
            SECRETS: paths.secrets_file,
            **{name: file for name, file in themes.items() if THEME.fullmatch(name)},
        }


class _FilesToRestore:
    """Implements ``PreparedRestore``."""

    def __init__(self, file: Path, backup: Backup, targets: Mapping[str, Path], backups: Path) -> None:
        self._file, self._backup, self._targets, self._backups = file, backup, targets, backups

    @property
    def preview(self) -> RestorePreview:
        is_readable, present = True, None
        try:
            present = summarize_present(self._targets[DATABASE])
        except StorageError:
            # It may be the reason for restoring.
            is_readable = False
        return RestorePreview(
            self._backup.made_at,
            self._backup.database.counts,
            None if present is None else present.counts,
            is_readable,
            [Replacement(name, str(target), target.exists()) for name, target in self._targets.items()],
        )

    def carry_out(self) -> RestoredBackup:
        kept = keep_present(self._targets, self._backups, __version__)
        restore_files(self._backup, self._targets, self._backups)
        return RestoredBackup(
            str(self._file),
            self._backup.made_at,
            tuple(self._targets),
            None if kept is None else str(kept),
        )
