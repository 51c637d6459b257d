"""Makes the engine of a database from its address: pragmas of SQLite, limits of a PostgreSQL server.

SQLite runs in threads, a server by an async driver, which needs none (docs/adr/0014-postgresql.md).
"""

import asyncio
import shlex
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from micboard_tui.config.secret_mask import mask_url
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.safe_text import visible
from micboard_tui.storage.memory_copy import make_memory_engine
from micboard_tui.storage.transactions import WRITING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

CONNECT_LIMIT_S = 10.0
"""A server that does not answer within this time is taken for one that does not run."""
PING_LIMIT_S = 3.0
"""A server that does not answer a question within this time, before a connection is used, stands still."""
STATEMENT_LIMIT_S = 60.0
FROZEN_LIMIT_MS = 10_000
"""After so long in a transaction without a word, the server gives the locks of a frozen process to others."""
BUSY_LOOK_S = 0.02
"""Between two looks whether a file that others look into can be switched to the mode for all of them."""
POOL_SIZE = 4
"""Connections of one process that stay open."""
EXTRA = {"asyncpg": "postgres"}
"""The extra of this package that brings a driver, by the driver's module."""
_OWN_OPTIONS = frozenset({"host", "port", "ssl", "prepared_statement_cache_size"})
"""Those of SQLAlchemy and its driver."""
_DRIVERS = {
    "sqlite+aiosqlite": "sqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+psycopg2": "postgresql+asyncpg",
}
_KINDS = frozenset({"sqlite", "postgresql"})
_FORMS = "postgresql://user@host/database, or sqlite:////path/to/micboard.db"


def parse_address(url: str | URL) -> URL:
    """The address with the driver that is used. Raises StorageError DATABASE_ERROR."""
    try:
        address = make_url(url)
    except (ValueError, ArgumentError):
        # Its text may hold a part of the password.
        raise StorageError(
            ErrorCode.DATABASE_ERROR,
            f"The address '{mask_url(str(url))}' of the database is not understood",
            hint=f"MICBOARD_DATABASE_URL is {_FORMS}; in a password @ is written as %40, and / as %2F",
        ) from None
    address = address.set(drivername=_DRIVERS.get(address.drivername, address.drivername))
    if (kind := address.drivername.partition("+")[0]) not in _KINDS:
        raise StorageError(
            ErrorCode.DATABASE_ERROR,
            f"A database of the kind '{visible(kind)}' cannot be used",
            hint=f"MICBOARD_DATABASE_URL is {_FORMS}",
        )
    return address


def file_of(address: URL) -> Path | None:
    """The SQLite file; None for a server and for a database in memory."""
    name = address.database
    in_file = address.get_backend_name() == "sqlite" and name and name != ":memory:"
    return Path(name).absolute() if in_file and name else None


def locate_file(url: str | None, usual: Path) -> Path | None:
    """Where the database of this address is, ``usual`` without one; None: on a server or nowhere.

    Raises StorageError DATABASE_ERROR.
    """
    return usual if url is None else file_of(parse_address(url))


def describe_dump(url: str) -> tuple[str, str]:
    """The commands by which a PostgreSQL database is backed up and restored, without its password.

    Raises StorageError DATABASE_ERROR.
    """
    address = parse_address(url)
    places = (("host", address.host), ("port", address.port), ("username", address.username))
    options = " ".join(f"--{name}={shlex.quote(str(value))}" for name, value in places if value)
    name = shlex.quote(address.database or "micboard")
    return (
        f"pg_dump --format=custom --file=micboard.dump {options} --dbname={name}",
        f"pg_restore --clean --if-exists --single-transaction {options} --dbname={name} micboard.dump",
    )


def make_engine(address: URL, busy_timeout_ms: int) -> "Engine | AsyncEngine":
    """The engine; a lock that others hold is waited for up to ``busy_timeout_ms``. Raises StorageError."""
    try:
        if address.get_backend_name() != "sqlite":
            return _make_server_engine(address, busy_timeout_ms)
        engine = make_memory_engine(address) if file_of(address) is None else create_engine(address)
    except ModuleNotFoundError as error:
        raise _explain_missing_driver(address, error) from error
    set_up_sqlite(engine, busy_timeout_ms)
    return engine


async def dispose(engine: "Engine | AsyncEngine") -> None:
    """Close its connections."""
    if isinstance(engine, Engine):
        engine.dispose()
    else:
        await engine.dispose()


def set_up_sqlite(engine: Engine, busy_timeout_ms: int) -> None:
    """Have connections of ``engine`` wait for locks, and transactions begin as they are meant to."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's connection
        # Transactions begin only in "begin" below, so that a writing one takes its lock at once.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {busy_timeout_ms:d}")
        _switch_to_wal(cursor, busy_timeout_ms / 1000)
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        durability = connection.get_execution_options().get(WRITING)
        if durability is None:
            connection.exec_driver_sql("BEGIN")
        else:
            # It cannot be changed within a transaction.
            cursor = connection.connection.cursor()
            cursor.execute(f"PRAGMA synchronous = {durability}")
            cursor.close()
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _switch_to_wal(cursor: sqlite3.Cursor, wait_s: float) -> None:
    """For others that look into a file which is not in this mode yet, SQLite itself does not wait."""
    end = time.monotonic() + wait_s
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(BUSY_LOOK_S)
        else:
            return


def _make_server_engine(address: URL, busy_timeout_ms: int) -> "AsyncEngine":
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - for servers only

    is_postgres = address.drivername == "postgresql+asyncpg"
    engine = create_async_engine(
        address.difference_update_query(_libpq_options(address)) if is_postgres else address,
        pool_size=POOL_SIZE,
        # A connection that the server has closed meanwhile is replaced before a person's change fails on it.
        pool_pre_ping=True,
        connect_args=_limits_of(address, busy_timeout_ms),
    )
    if is_postgres:
        _limit_pings(engine.sync_engine.dialect)
    return engine


def _limit_pings(dialect: Dialect) -> None:
    """Give a connection up that does not answer: else its server is waited for as long as for a statement."""
    ping = dialect.do_ping

    def ping_in_time(dbapi_connection: Any) -> bool:  # noqa: ANN401 - the driver's own
        give_up = dbapi_connection.driver_connection.terminate
        timer = asyncio.get_running_loop().call_later(PING_LIMIT_S, give_up)
        try:
            return ping(dbapi_connection)
        finally:
            timer.cancel()

    dialect.do_ping = ping_in_time  # type: ignore[method-assign] # there is no setting for it


def _limits_of(address: URL, busy_timeout_ms: int) -> Mapping[str, object]:
    """What keeps every wait for the server bounded."""
    if address.drivername != "postgresql+asyncpg":
        return {}
    options = _libpq_options(address)
    return {
        # Its own arguments have other names, and a wrong one of them is a TypeError.
        "dsn": f"postgresql://?{urlencode(options)}" if options else None,
        "timeout": CONNECT_LIMIT_S,
        "command_timeout": STATEMENT_LIMIT_S,
        "server_settings": {
            "application_name": "micboard-tui",
            "lock_timeout": str(busy_timeout_ms),
            "idle_in_transaction_session_timeout": str(FROZEN_LIMIT_MS),
            # Compiling a query takes longer than any of ours.
            "jit": "off",
        },
    }


def _libpq_options(address: URL) -> Mapping[str, str]:
    """What the address says as every other program of PostgreSQL takes it, such as ``sslmode``."""
    return {
        name: value if isinstance(value, str) else value[-1]
        for name, value in address.query.items()
        if name not in _OWN_OPTIONS
    }


def _explain_missing_driver(address: URL, error: ModuleNotFoundError) -> StorageError:
    extra = EXTRA.get(str(error.name))
    package = f"micboard-tui[{extra}]" if extra else error.name
    return StorageError(
        ErrorCode.DATABASE_ERROR,
        f"The driver for {address.drivername} is not installed ({error.name})",
        hint=f"Install the package '{package}', or name another driver in MICBOARD_DATABASE_URL",
    )
