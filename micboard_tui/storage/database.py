"""Opens the database: backup, migrations, and a clean end."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.from_thread
import anyio.to_thread
import structlog
from sqlalchemy import URL, Connection, Engine, text

from micboard_tui.config.atomic_files import make_private_directory
from micboard_tui.config.secret_mask import mask_url
from micboard_tui.contracts.alarms import AlarmRepository
from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StorageError
from micboard_tui.contracts.events import EventRepository
from micboard_tui.contracts.forecasts import PackRepository
from micboard_tui.contracts.handover import HandoverRepository
from micboard_tui.contracts.health import DatabaseProbe
from micboard_tui.contracts.lease import LeaseRepository
from micboard_tui.contracts.line_check import LineCheckRepository
from micboard_tui.contracts.location import LocationRepository
from micboard_tui.contracts.recording_store import RecordingStore
from micboard_tui.contracts.sealed_secrets import RefusedKeyRepository, SealedSecretRepository
from micboard_tui.contracts.show import ShowRepository
from micboard_tui.contracts.thresholds import ThresholdRepository
from micboard_tui.contracts.users import UserRepository
from micboard_tui.contracts.walks import WalkRepository
from micboard_tui.storage.backup_rotation import BackupRotation
from micboard_tui.storage.change_watch import ChangeWatch
from micboard_tui.storage.database_engine import file_of, make_engine, parse_address, set_up_sqlite
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.database_health import SqlProbe
from micboard_tui.storage.memory_copy import MemoryCopy
from micboard_tui.storage.recorder.recorder_server import RecorderServer
from micboard_tui.storage.repositories.alarm_repository import SqlAlarms
from micboard_tui.storage.repositories.assignment_repository import SqlAssignments
from micboard_tui.storage.repositories.device_repository import SqlDevices
from micboard_tui.storage.repositories.event_repository import SqlEvents
from micboard_tui.storage.repositories.handover_repository import SqlHandover
from micboard_tui.storage.repositories.lease_repository import SqlLease
from micboard_tui.storage.repositories.line_check_repository import SqlLineChecks
from micboard_tui.storage.repositories.location_repository import SqlLocations
from micboard_tui.storage.repositories.pack_repository import SqlPacks
from micboard_tui.storage.repositories.refused_key_repository import SqlRefusedKeys
from micboard_tui.storage.repositories.sealed_secret_repository import SqlSealedSecrets
from micboard_tui.storage.repositories.show_repository import SqlShows
from micboard_tui.storage.repositories.threshold_repository import SqlThresholds
from micboard_tui.storage.repositories.user_repository import SqlUsers
from micboard_tui.storage.repositories.walk_repository import SqlWalks
from micboard_tui.storage.schema_upgrade import HEAD, bring_up_to_date, check_not_newer, revision_of
from micboard_tui.storage.server_watch import ServerWatch, watched_server
from micboard_tui.storage.transactions import Transactions

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_TIMEOUT_MS = 5000
BACKUP_LOOK_S = 60.0
MAKE_ROOM = "Make room; storing starts by itself"
REOPEN_INTERVAL_S = 5.0
"""So often it is tried to open a file again that could not be written."""
QUICK_CHECK_BYTES = 64 * 1024 * 1024
"""Files up to this size are checked whenever they are opened, which takes some milliseconds."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Database:
    """An open database."""

    devices: DeviceRepository
    locations: LocationRepository
    assignments: AssignmentRepository
    events: EventRepository
    shows: ShowRepository
    packs: PackRepository
    line_checks: LineCheckRepository
    handover: HandoverRepository
    alarms: AlarmRepository
    thresholds: ThresholdRepository
    walks: WalkRepository
    users: UserRepository
    sealed_secrets: SealedSecretRepository
    refused_keys: RefusedKeyRepository
    probe: DatabaseProbe
    leases: LeaseRepository
    recording: RecordingStore | None
    """Where the flight recorder writes; None: the database is no place for it."""
    url: str
    """Its file, or its address without the password."""
    is_server: bool
    """Whether it is shared, and writing to it is dear."""
    find_fault: Callable[[], ErrorInfo | None]
    """Tells why nothing can be stored now, and a copy in memory is read; None when it can."""
    note: str | None
    """What the user should know of how it was opened; None: nothing."""


def sqlite_url(path: Path) -> URL:
    """The URL of an SQLite file; its path may hold any byte, so it is no text."""
    return URL.create("sqlite", database=str(path))


@asynccontextmanager
async def open_database(
    url: str | URL,
    *,
    backup_directory: Path | None = None,
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    reopen_interval_s: float = REOPEN_INTERVAL_S,
    recorder: str = "",
) -> AsyncGenerator[Database]:
    """Open the database, back it up and migrate it when that is due, and close it in the end.

    Copies go to ``backup_directory``, by default ``backups`` beside the file. A writing transaction waits up
    to ``busy_timeout_ms`` for those of other processes. When the disk of a file is full, what can be read of
    it is read into memory, and all that would write raises DISK_FULL until the file can be opened after all,
    which is tried every ``reopen_interval_s``. ``recorder``: under which name this process records on a
    server that others record to as well; empty: it is the only one.

    Raises StorageError: DATABASE_DAMAGED, DATABASE_LOCKED, DATABASE_NEWER, DISK_FULL,
    DIRECTORY_NOT_WRITABLE, DATABASE_ERROR. A damaged file is left as it is.
    """
    address = parse_address(url)
    file = file_of(address)
    backups = None if file is None else BackupRotation(file, backup_directory or file.parent / "backups")
    # As users write it, without the library that is used.
    shown = address.set(drivername=address.get_backend_name())
    name = str(file) if file else mask_url(shown.render_as_string(hide_password=True))
    translator = ErrorTranslator(name, backups, is_server=address.get_backend_name() != "sqlite")
    with translator.translate_errors():
        note = None if file is None or backups is None else _describe_beginning(file, backups)
    open_file = partial(_open_file, address, file, backups, translator, busy_timeout_ms)
    async with AsyncExitStack() as stack:
        try:
            transactions = await stack.enter_async_context(open_file())
        except StorageError as error:
            if file is None or error.code is not ErrorCode.DISK_FULL:
                raise
            fault = ErrorInfo(error.code, f"{error.info.message}; nothing is stored", hint=MAKE_ROOM)
            transactions = await stack.enter_async_context(_open_memory_copy(file, translator, error, fault))
            await stack.enter_async_context(_reopened(transactions, open_file, reopen_interval_s))
        watch = await _enter_watch(stack, transactions, file)
        devices = SqlDevices(transactions, watch)
        yield Database(
            devices,
            SqlLocations(transactions),
            SqlAssignments(transactions, devices.forget),
            SqlEvents(transactions),
            SqlShows(transactions),
            SqlPacks(transactions),
            SqlLineChecks(transactions),
            SqlHandover(transactions),
            SqlAlarms(transactions, watch),
            SqlThresholds(transactions),
            SqlWalks(transactions),
            SqlUsers(transactions),
            SqlSealedSecrets(transactions, watch),
            SqlRefusedKeys(transactions),
            SqlProbe(transactions, file),
            SqlLease(transactions),
            _find_recording(transactions, recorder),
            name,
            address.get_backend_name() != "sqlite",
            lambda: transactions.refusal,
            note if transactions.refusal is None else None,
        )


def _find_recording(transactions: Transactions, recorder: str) -> RecorderServer | None:
    """The recording in the database itself; a file has another one beside it."""
    engine = transactions.engine
    if isinstance(engine, Engine) or engine.dialect.driver != "asyncpg":
        return None
    return RecorderServer(engine, transactions.translator, anyio.from_thread.run, recorder)


async def _enter_watch(
    stack: AsyncExitStack, transactions: Transactions, file: Path | None
) -> ChangeWatch | ServerWatch | None:
    """What tells of changes until ``stack`` is left; None: nothing does."""
    if file is not None:
        return stack.enter_context(closing(ChangeWatch(file)))
    engine = transactions.engine
    if isinstance(engine, Engine) or engine.dialect.driver != "asyncpg":
        return None
    watch = await stack.enter_async_context(watched_server(engine))
    transactions.written = watch.note
    return watch


@asynccontextmanager
async def _open_file(
    address: URL,
    file: Path | None,
    backups: BackupRotation | None,
    translator: ErrorTranslator,
    busy_timeout_ms: int,
) -> AsyncGenerator[Transactions]:
    """Transactions of a file, or of a server, whose schema is up to date."""
    with translator.translate_errors():
        if file is not None:
            make_private_directory(file.parent)
            if backups is not None and _was_emptied(file, backups):
                raise translator.make_error(ErrorCode.DATABASE_DAMAGED, "it is empty")
        engine = make_engine(address, busy_timeout_ms)
    transactions = Transactions(engine, translator)
    try:
        await _prepare(transactions, translator, file, backups)
        if backups is None:
            yield transactions
        else:
            async with _kept_backed_up(backups):
                yield transactions
    finally:
        with anyio.CancelScope(shield=True):
            await _dispose(engine)


@asynccontextmanager
async def _open_memory_copy(
    file: Path, translator: ErrorTranslator, reason: StorageError, fault: ErrorInfo
) -> AsyncGenerator[Transactions]:
    """Transactions that read what can be read of ``file``, and raise ``fault`` instead of writing.

    Raises ``reason`` when nothing can be read.
    """
    try:
        copy = await anyio.to_thread.run_sync(MemoryCopy, file)
    except sqlite3.Error:
        raise reason from None
    engine = copy.make_engine()
    set_up_sqlite(engine, BUSY_TIMEOUT_MS)
    try:
        await _prepare(Transactions(engine, translator), translator, None, None)
        yield Transactions(engine, translator, refusal=fault)
    finally:
        engine.dispose()
        copy.close()


@asynccontextmanager
async def _reopened(
    transactions: Transactions,
    open_file: Callable[[], AbstractAsyncContextManager[Transactions]],
    interval_s: float,
) -> AsyncGenerator[None]:
    """Have ``transactions`` go on with the file itself as soon as it can be opened."""

    async def try_again() -> None:
        async with AsyncExitStack() as stack:
            while transactions.refusal is not None:
                await anyio.sleep(interval_s)
                with suppress(StorageError):
                    transactions.continue_with(await stack.enter_async_context(open_file()))
            log.info("database_opened_again")
            await anyio.sleep_forever()

    trying = asyncio.create_task(try_again(), name="database reopening")
    try:
        yield
    finally:
        trying.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({trying})


@asynccontextmanager
async def _kept_backed_up(backups: BackupRotation) -> AsyncGenerator[None]:
    """Make a copy whenever one is due, while the database is open and when it closes."""

    async def look_now_and_then() -> None:
        while True:
            await anyio.sleep(BACKUP_LOOK_S)
            await anyio.to_thread.run_sync(backups.back_up_if_due)

    looking = asyncio.create_task(look_now_and_then(), name="database copies")
    try:
        yield
    finally:
        looking.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({looking})
            await anyio.to_thread.run_sync(backups.back_up_if_due)


async def _dispose(engine: "Engine | AsyncEngine") -> None:
    if isinstance(engine, Engine):
        engine.dispose()
    else:
        await engine.dispose()


def _was_emptied(file: Path, backups: BackupRotation) -> bool:
    """Whether there is nothing in a file that was copied once. SQLite would take it for a new one."""
    return _is_empty(file) and backups.newest() is not None


def _is_empty(file: Path) -> bool:
    # SQLite takes a single byte for nothing, too.
    return file.exists() and file.stat().st_size <= 1


def _describe_beginning(file: Path, backups: BackupRotation) -> str | None:
    """What the user is informed of about a new database where there was one before; None otherwise."""
    if _is_empty(file):
        return f"The database {file} was empty and there is no copy of it: a new one was begun"
    if not file.exists() and (newest := backups.newest()) is not None:
        beginning = f"There was no database {file}: a new one was begun"
        return f"{beginning}. The newest copy of the former one is {newest}"
    return None


def _is_small(file: Path) -> bool:
    return file.stat().st_size <= QUICK_CHECK_BYTES


async def _prepare(
    transactions: Transactions, translator: ErrorTranslator, file: Path | None, backups: BackupRotation | None
) -> None:
    revision, fault = await transactions.read(partial(_look_into, file=file))
    if fault is not None:
        raise translator.make_error(ErrorCode.DATABASE_DAMAGED, fault)
    check_not_newer(revision)
    if revision == HEAD:
        return
    if backups is not None and revision is not None:
        with translator.translate_errors():
            await anyio.to_thread.run_sync(backups.back_up, revision)
    await transactions.change_schema(bring_up_to_date)


def _look_into(connection: Connection, file: Path | None) -> tuple[str | None, str | None]:
    """The revision of the schema, and what is damaged in a small file; None: nothing that is known."""
    revision = revision_of(connection)
    is_checked = file is not None and _is_small(file)
    answers = list(connection.execute(text("PRAGMA quick_check(1)")).scalars()) if is_checked else ["ok"]
    return revision, None if answers == ["ok"] else str(answers)
