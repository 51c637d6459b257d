"""Brings the schema up to date, and copies the file before."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from micboard_tui.contracts.errors import ErrorCode, StorageError

HEAD = "0004"
"""The newest revision in ``migrations/versions``; kept here so that Alembic is loaded only when needed."""
KEPT_BACKUPS = 10


def revision_of(connection: Connection) -> str | None:
    """The schema's revision; None when there is no schema yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def check_not_newer(revision: str | None) -> None:
    """Raise StorageError DATABASE_NEWER for a schema of a later release."""
    if revision is not None and revision > HEAD:
        raise StorageError(
            ErrorCode.DATABASE_NEWER,
            f"The database was made by a newer release (schema {revision}, supported is {HEAD})",
            hint="Update micboard-tui, or use another database with MICBOARD_HOME",
        )


def migrate(connection: Connection) -> None:
    """Run all migrations that are due on the open connection. Raises StorageError DATABASE_ERROR."""
    from alembic import command  # noqa: PLC0415 - loaded only when a migration is due
    from alembic.config import Config  # noqa: PLC0415 - slow to load, seldom needed
    from alembic.util import CommandError  # noqa: PLC0415 - slow to load, seldom needed

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(
            ErrorCode.DATABASE_ERROR,
            f"The database cannot be brought up to date ({error})",
            hint="Nothing was lost: the newest copy lies in backups. Please report this",
        ) from error


def back_up(database: Path, directory: Path, revision: str, now: datetime | None = None) -> Path:
    """Copy the file, consistent even while other processes use it, and keep the newest copies.

    Returns the copy. Raises sqlite3.Error or OSError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S")
    copy = directory / f"{database.stem}-{moment}-schema-{revision}.db"
    source, target = sqlite3.connect(database), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    for old in sorted(directory.glob(f"{database.stem}-*-schema-*.db"))[:-KEPT_BACKUPS]:
        old.unlink()
    return copy
