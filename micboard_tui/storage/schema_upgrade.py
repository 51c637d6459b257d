"""Brings the schema up to date."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from micboard_tui.contracts.errors import ErrorCode, StorageError

HEAD = "0024"
"""The newest revision in ``migrations/versions``; kept here so that Alembic is loaded only when needed."""


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
            hint="Nothing was lost: the database is as it was. Please report this",
        ) from error
