"""Brings the schema up to date.

A new database gets its tables at once from their definitions, which takes a tenth of the time that all
migrations take; one with a schema gets the migrations that it lacks. A test compares the two results.
"""

from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    text,
)

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.storage import (
    access_tables,
    alarm_table,
    lease_table,
    pack_tables,
    secret_tables,
    threshold_tables,
    user_tables,
    walk_tables,
)
from micboard_tui.storage.tables import METADATA, RevisionRow

HEAD = "0034"
"""The newest revision in ``migrations/versions``; kept here so that Alembic is loaded only when needed."""
MODULES = (
    access_tables,
    alarm_table,
    lease_table,
    pack_tables,
    secret_tables,
    threshold_tables,
    user_tables,
    walk_tables,
)
"""What defines tables beside ``tables``: imported, they are in its ``METADATA``."""
_VERSIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes it."""


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
            hint="Update micboard-tui, or use another database with MICBOARD_HOME or MICBOARD_DATABASE_URL",
        )


def bring_up_to_date(connection: Connection) -> None:
    """Create the tables of a new database, or run the migrations that are due. Within a transaction.

    Raises StorageError DATABASE_ERROR.
    """
    # Another process may have done it since the caller looked.
    revision = revision_of(connection)
    if revision is None:
        create(connection)
    elif revision != HEAD:
        check_not_newer(revision)
        migrate(connection)


def create(connection: Connection) -> None:
    """Create all tables, which must not be there, and note that they are the newest."""
    METADATA.create_all(connection, checkfirst=False)
    connection.execute(insert(METADATA.tables[RevisionRow.__tablename__]).values(id=1, number=0))
    _VERSIONS.create(connection, checkfirst=False)
    connection.execute(insert(_VERSIONS).values(version_num=HEAD))


def migrate(connection: Connection) -> None:
    """Run all migrations that are due. Raises StorageError DATABASE_ERROR."""
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
