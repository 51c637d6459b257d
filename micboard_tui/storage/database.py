"""Opens the database: engine, pragmas, backup, migrations, and a clean end."""

import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.health import DatabaseProbe
from micboard_tui.contracts.location import LocationRepository
from micboard_tui.storage.database_errors import Faults
from micboard_tui.storage.database_health import SqlProbe
from micboard_tui.storage.repositories.assignment_repository import SqlAssignments
from micboard_tui.storage.repositories.device_repository import SqlDevices
from micboard_tui.storage.repositories.location_repository import SqlLocations
from micboard_tui.storage.schema_upgrade import HEAD, back_up, check_not_newer, migrate, revision_of
from micboard_tui.storage.transactions import WRITING, Sessions

BUSY_TIMEOUT_MS = 5000
THREAD_TIMEOUT_S = 1.0
QUICK_CHECK_BYTES = 64 * 1024 * 1024
"""Files up to this size are checked whenever they are opened; it takes some milliseconds."""
_ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+pysqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgresql+psycopg2": "postgresql+asyncpg",
    "mysql": "mysql+aiomysql",
    "mariadb": "mariadb+aiomysql",
}


@dataclass(frozen=True, slots=True)
class Database:
    """An open database."""

    devices: DeviceRepository
    locations: LocationRepository
    assignments: AssignmentRepository
    probe: DatabaseProbe
    url: str
    """Where it is, without its password."""


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file, whatever signs its path holds."""
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string(hide_password=False)


@asynccontextmanager
async def open_database(
    url: str, *, backup_directory: Path | None = None, busy_timeout_ms: int = BUSY_TIMEOUT_MS
) -> AsyncGenerator[Database]:
    """Open, back up and migrate when that is due, and close in the end.

    Raises StorageError: DATABASE_DAMAGED, DATABASE_LOCKED, DATABASE_NEWER, DISK_FULL,
    DIRECTORY_NOT_WRITABLE, DATABASE_ERROR. A damaged file is left as it is.
    """
    address = _address(url)
    file = _file(address)
    backups = backup_directory or (file.parent / "backups" if file else None)
    place = str(file) if file else address.render_as_string()
    faults = Faults(place, str(backups or "your backups"))
    with faults.translated():
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(address, busy_timeout_ms)
        beside = None if file is None else _beside(address, busy_timeout_ms)
    sessions = Sessions(engine, faults, beside)
    threads = _threads_of(engine)
    try:
        if beside is not None:
            with faults.translated():
                await anyio.to_thread.run_sync(_try, beside)
        await _prepare(sessions, faults, file, backups)
        devices = SqlDevices(sessions)
        yield Database(
            devices,
            SqlLocations(sessions),
            SqlAssignments(sessions, devices.forget),
            SqlProbe(sessions, file),
            address.render_as_string(hide_password=True),
        )
    finally:
        with anyio.CancelScope(shield=True):
            await _close(engine, beside, threads)


def _address(url: str) -> URL:
    faults = Faults("", "your backups")
    with faults.translated():
        address = make_url(url)
    return address.set(drivername=_ASYNC_DRIVERS.get(address.drivername, address.drivername))


def _file(address: URL) -> Path | None:
    """The SQLite file; None for a server and for a database in memory."""
    name = address.database
    in_file = address.get_backend_name() == "sqlite" and name and name != ":memory:"
    return Path(name).absolute() if in_file and name else None


def _engine(address: URL, busy_timeout_ms: int) -> AsyncEngine:
    try:
        engine = create_async_engine(address)
    except ModuleNotFoundError as error:
        raise StorageError(
            ErrorCode.DATABASE_ERROR,
            f"The driver for {address.drivername} is not installed ({error.name})",
            hint=f"Install the package '{error.name}', or name another driver in MICBOARD_DATABASE_URL",
        ) from error
    if address.get_backend_name() == "sqlite":
        _set_up_sqlite(engine.sync_engine, busy_timeout_ms)
    return engine


def _beside(address: URL, busy_timeout_ms: int) -> Engine:
    """A second way to the same file, for batches that are written in a thread."""
    engine = create_engine(address.set(drivername="sqlite"))
    _set_up_sqlite(engine, busy_timeout_ms)
    return engine


def _set_up_sqlite(engine: Engine, busy_timeout_ms: int) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's connection
        # Transactions begin where we say so, and a writing one takes its lock at once.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {busy_timeout_ms:d}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # In WAL mode a killed process loses nothing that was committed; only a power cut could
        # lose the last moments, and those are readings that come again.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(next(iter(WRITING)))
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _try(beside: Engine) -> None:
    """Open the file once without threads: what cannot be opened must not leave one behind."""
    with beside.connect():
        pass


def _threads_of(engine: AsyncEngine) -> list[threading.Thread]:
    """The threads of the async driver, as they come.

    It ends them without waiting when a connection is given up, and one that outlives the event loop
    fails with a traceback on the terminal.
    """
    threads: list[threading.Thread] = []

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's connection
        thread = getattr(connection.driver_connection, "_thread", None)
        if isinstance(thread, threading.Thread):
            threads[:] = [*(each for each in threads if each.is_alive()), thread]

    return threads


async def _close(engine: AsyncEngine, beside: Engine | None, threads: list[threading.Thread]) -> None:
    await engine.dispose()
    if beside is not None:
        beside.dispose()
    for thread in threads:
        await anyio.to_thread.run_sync(thread.join, THREAD_TIMEOUT_S)


def _is_small(file: Path) -> bool:
    return file.stat().st_size <= QUICK_CHECK_BYTES


async def _prepare(sessions: Sessions, faults: Faults, file: Path | None, backups: Path | None) -> None:
    async with sessions.reading() as connection:
        revision = await connection.run_sync(revision_of)
        if file is not None and _is_small(file):
            answers = list((await connection.execute(text("PRAGMA quick_check(1)"))).scalars())
            if answers != ["ok"]:
                raise faults.say(ErrorCode.DATABASE_DAMAGED, str(answers))
    check_not_newer(revision)
    if revision == HEAD:
        return
    if file is not None and backups is not None and revision is not None:
        with faults.translated():
            await anyio.to_thread.run_sync(back_up, file, backups, revision)
    async with sessions.writing() as connection:
        await connection.run_sync(migrate)
