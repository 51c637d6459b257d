"""Looks at the database and changes nothing: no schema is brought up to date, no copy made, no file begun.

Implements ``DatabaseExamination``. The only lock that is taken is given back at once: it shows whether
another program keeps the database from being written.
"""

import os
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import anyio
import anyio.to_thread
from sqlalchemy import URL, Connection, text

from micboard_tui.config.secret_mask import mask_url
from micboard_tui.contracts.doctor_facts import DatabaseFacts, DatabaseKind
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StorageError
from micboard_tui.contracts.lease import LEASE_S
from micboard_tui.domain.safe_text import visible
from micboard_tui.storage.backup_rotation import BackupRotation
from micboard_tui.storage.database_clock import read_clock
from micboard_tui.storage.database_engine import dispose, file_of, make_engine, parse_address
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.repair.salvage import quoted
from micboard_tui.storage.schema_upgrade import HEAD, check_not_newer, revision_of
from micboard_tui.storage.transactions import Transactions

SERVER_LIMIT_S = 6.0
LOCK_LIMIT_S = 0.5
LOCK_LIMIT_MS = 500
_HERE = frozenset({None, "", "localhost", "::1"})


class SqlExamination:
    def __init__(self, url: str | URL, backups: Path, home: str) -> None:
        """``backups``: where copies of a file are. ``home``: in whose name this computer reads devices."""
        self._url, self._backups, self._home = url, backups, home

    async def examine(self) -> DatabaseFacts:
        try:
            address = parse_address(self._url)
        except StorageError as error:
            # No server was asked, so none is away.
            reason = ErrorInfo(error.info.code, error.info.message, hint=error.info.hint)
            return DatabaseFacts(DatabaseKind.SERVER, mask_url(str(self._url)), error=reason)
        if (file := file_of(address)) is not None:
            return await anyio.to_thread.run_sync(self._examine_file, file)
        return await self._examine_server(address)

    def _examine_file(self, file: Path) -> DatabaseFacts:
        backups = BackupRotation(file, self._backups)
        facts = DatabaseFacts(DatabaseKind.FILE, str(file), newest_revision=HEAD)
        translator = ErrorTranslator(str(file), backups)
        try:
            with translator.translate_errors():
                if not file.exists():
                    return DatabaseFacts(DatabaseKind.FILE, str(file), is_there=False, newest_revision=HEAD)
                if file.stat().st_size <= 1 and backups.newest() is not None:
                    raise translator.make_error(ErrorCode.DATABASE_DAMAGED, "it is empty")
                return self._read_file(file, translator)
        except StorageError as error:
            return DatabaseFacts(facts.kind, facts.where, error=error.info, newest_revision=HEAD)

    def _read_file(self, file: Path, translator: ErrorTranslator) -> DatabaseFacts:
        """Raises StorageError, sqlite3.Error, OSError."""
        with closing(_connect(file, "ro")) as connection:
            tables = [
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            revision = None
            if "alembic_version" in tables:
                (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or (
                    None,
                )
            check_not_newer(revision)
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if answer != "ok":
                raise translator.make_error(ErrorCode.DATABASE_DAMAGED, str(answer))
            # Names of tables cannot be parameters; these come from the database itself.
            counts = {
                name: int(connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0])  # noqa: S608
                for name in tables
            }
            holder = self._find_holder(connection, tables)
        with closing(_connect(file, "rw")) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        return DatabaseFacts(
            DatabaseKind.FILE,
            str(file),
            revision=revision,
            newest_revision=HEAD,
            tables=tuple(sorted(counts.items())),
            holder=holder,
        )

    def _find_holder(self, connection: sqlite3.Connection, tables: list[str]) -> str:
        if "session_lease" not in tables:
            return ""
        connection.row_factory = sqlite3.Row
        row = connection.execute("SELECT * FROM session_lease WHERE is_held").fetchone()
        return "" if row is None else self._describe_holder(dict(row), time.time())

    def _describe_holder(self, row: Mapping[str, object], now: float) -> str:
        """Another home that reads the devices; empty: none does that is alive."""
        renewed_at = row["renewed_at"]
        is_alive = isinstance(renewed_at, float) and now - renewed_at < LEASE_S
        if not is_alive or row["home"] == self._home:
            return ""
        return visible(f"{row['user_name']} on {row['host']} (process {row['pid']})")

    async def _examine_server(self, address: URL) -> DatabaseFacts:
        shown = address.set(drivername=address.get_backend_name()).render_as_string(hide_password=True)
        where = mask_url(shown)
        translator = ErrorTranslator(where, None, is_server=True)
        try:
            with translator.translate_errors():
                engine = make_engine(address, LOCK_LIMIT_MS)
                try:
                    with anyio.fail_after(SERVER_LIMIT_S):
                        return await Transactions(engine, translator).read(
                            lambda connection: self._read_server(connection, address, where)
                        )
                finally:
                    with anyio.CancelScope(shield=True):
                        await dispose(engine)
        except StorageError as error:
            return DatabaseFacts(DatabaseKind.SERVER, where, error=error.info, newest_revision=HEAD)

    def _read_server(self, connection: Connection, address: URL, where: str) -> DatabaseFacts:
        """Raises StorageError, SQLAlchemyError."""
        revision = revision_of(connection)
        check_not_newer(revision)
        if connection.dialect.name != "postgresql":
            return DatabaseFacts(DatabaseKind.SERVER, where, revision=revision, newest_revision=HEAD)
        before = time.time()
        server_time = read_clock(connection)
        now = (before + time.time()) / 2
        holder = ""
        if revision is not None and revision == HEAD:
            row = connection.execute(text("SELECT * FROM session_lease WHERE is_held")).mappings().first()
            holder = (
                ""
                if row is None
                else self._describe_holder({str(name): row[name] for name in row}, server_time)
            )
        return DatabaseFacts(
            DatabaseKind.SERVER,
            where,
            revision=revision,
            newest_revision=HEAD,
            version=str(connection.execute(text("SHOW server_version")).scalar_one()),
            version_number=int(connection.execute(text("SHOW server_version_num")).scalar_one()),
            may_change=bool(connection.execute(_MAY_CHANGE).scalar_one()),
            is_encrypted=connection.execute(_IS_ENCRYPTED).scalar(),
            is_local=address.host in _HERE or str(address.host).startswith(("127.", "/")),
            clock_ahead_s=server_time - now,
            tables=tuple((str(name), int(rows)) for name, rows in connection.execute(_TABLES)),
            holder=holder,
        )


_MAY_CHANGE = text(
    "SELECT has_schema_privilege(current_schema(), 'CREATE') AND coalesce("
    "(SELECT bool_and(pg_has_role(tableowner, 'USAGE')) FROM pg_tables WHERE schemaname ="
    " current_schema()), true)"
)
_IS_ENCRYPTED = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
_TABLES = text("SELECT relname, n_live_tup FROM pg_stat_user_tables ORDER BY relname")


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    name = quote(os.fsencode(file))
    return sqlite3.connect(f"file:{name}?mode={mode}", uri=True, timeout=LOCK_LIMIT_S)
