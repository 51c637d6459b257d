"""Keeps copies of the database file, so that a damaged one can be replaced.

A copy is made before the schema is changed, and whenever people have changed something since the newest copy
and that is ``PAUSE_S`` old: so there is one from the first day on. ``open_database`` asks for it once a
minute and when it closes. Of each day the last copy stays, of the newest ``KEPT_DAYS`` days; those that were
made before a change of the schema stay beside them, the newest ``KEPT_UPGRADES``. Unfinished copies of
processes that were killed are deleted with the next copy.
"""

import glob
import os
import re
import sqlite3
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import structlog

from micboard_tui.config.atomic_files import make_private_directory

KEPT_DAYS = 10
KEPT_UPGRADES = 10
PAUSE_S = 600.0
ABANDONED_AFTER_S = 60.0
"""An unfinished copy that has not grown for so long is not being made any more."""
_MOMENT = "%Y%m%dT%H%M%S"

log = structlog.get_logger(__name__)


class BackupRotation:
    """Copies of ``file`` in ``directory``."""

    def __init__(self, file: Path, directory: Path) -> None:
        self._file, self._directory = file, directory
        self.damage: str | None = None
        """What was found to be damaged in the file when it was copied last; None: nothing."""
        self._name = re.compile(
            rf"{re.escape(file.stem)}-(?P<moment>\d{{8}}T\d{{6}})(-schema-(?P<schema>\w+))?\.db"
        )

    def newest(self) -> Path | None:
        """The newest copy of all; None when there is none."""
        copies = self._copies()
        return copies[-1][1] if copies else None

    def list_newest_first(self) -> list[tuple[datetime, Path]]:
        """All copies, each with when it was made."""
        return [
            (datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC), copy)
            for moment, copy in reversed(self._copies())
        ]

    def back_up(self, schema: str | None = None, now: datetime | None = None) -> Path:
        """Copy the file, consistent even while other processes use it, and delete what is too old.

        ``schema`` is the revision when the copy is made before it changes. Raises sqlite3.Error or OSError;
        no half of a copy stays behind, and none of a file that is damaged, in place of a sound one.
        """
        make_private_directory(self._directory)
        self._delete_unfinished()
        moment = (now or datetime.now(UTC)).strftime(_MOMENT)
        suffix = "" if schema is None else f"-schema-{schema}"
        copy = self._directory / f"{self._file.stem}-{moment}{suffix}.db"
        # Another process may make one in the same second.
        unfinished = copy.with_suffix(f".{os.getpid()}.part")
        try:
            with (
                closing(_connect(self._file, "mode=rw")) as source,
                closing(sqlite3.connect(unfinished)) as target,
            ):
                source.backup(target)
                self._check(target)
            unfinished.replace(copy)
        except BaseException:  # Also when the process is interrupted.
            unfinished.unlink(missing_ok=True)
            raise
        self._delete_old()
        return copy

    def _check(self, copy: sqlite3.Connection) -> None:
        """Raise sqlite3.DatabaseError when it is damaged."""
        try:
            (answer,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            answer = str(error)
        self.damage = None if answer == "ok" else str(answer)
        if self.damage is not None:
            raise sqlite3.DatabaseError(f"malformed: {self.damage}")

    def back_up_if_due(self, now: datetime | None = None) -> Path | None:
        """A new copy when people have changed something since the newest one, and that is old enough.

        That it cannot be made is logged and does no harm.
        """
        try:
            return self.back_up(now=now) if self._is_due(now or datetime.now(UTC)) else None
        except (OSError, sqlite3.Error) as error:
            log.warning("database_not_copied", reason=str(error))
            return None

    def _is_due(self, now: datetime) -> bool:
        copies = self._copies()
        if not copies:
            return _revision_of(self._file) > 0
        moment, newest = copies[-1]
        made_at = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
        if abs((now - made_at).total_seconds()) < PAUSE_S:
            return False
        return _revision_of(self._file) != _revision_of(newest, is_copy=True)

    def _copies(self) -> list[tuple[str, Path]]:
        """Each copy with its moment, the newest last."""
        if not self._directory.is_dir():
            return []
        matches = ((self._name.fullmatch(path.name), path) for path in self._directory.iterdir())
        return sorted((match["moment"], path) for match, path in matches if match is not None)

    def _delete_unfinished(self) -> None:
        """Delete what killed processes have left; another one may be copying just now."""
        for unfinished in self._directory.glob(f"{glob.escape(self._file.stem)}-*.part*"):
            # What cannot be deleted keeps no copy from being made.
            with suppress(OSError):
                if time.time() - unfinished.stat().st_mtime > ABANDONED_AFTER_S:
                    unfinished.unlink()

    def _delete_old(self) -> None:
        last_of_day: dict[str, Path] = {}
        upgrades: list[Path] = []
        for moment, copy in self._copies():
            if copy.stem.endswith(moment):
                if (earlier := last_of_day.get(moment[:8])) is not None:
                    earlier.unlink()
                last_of_day[moment[:8]] = copy
            else:
                upgrades.append(copy)
        for old in [*list(last_of_day.values())[:-KEPT_DAYS], *upgrades[:-KEPT_UPGRADES]]:
            old.unlink()


def _revision_of(file: Path, *, is_copy: bool = False) -> int:
    """The number that grows with every step that people make; 0 before the first."""
    # A copy is never changed, so that nothing has to be written beside it.
    query = "immutable=1" if is_copy else "mode=rw"
    with closing(_connect(file, query)) as connection:
        try:
            row = connection.execute("SELECT number FROM revision").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return 0
            raise
    return int(row[0]) if row else 0


def _connect(file: Path, query: str) -> sqlite3.Connection:
    """A connection to a file that exists; with a plain path a missing one would be made."""
    return sqlite3.connect(f"file:{quote(os.fsencode(file))}?{query}", uri=True)
