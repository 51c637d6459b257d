"""Opens the database: backup, migrations, and a clean end."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.from_thread
import anyio.to_thread
from sqlalchemy import URL, Engine

from micboard_tui.config.secret_mask import mask_url
from micboard_tui.contracts.access import LockRepository
from micboard_tui.contracts.alarms import AlarmRepository
from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.audit import AuditRepository
from micboard_tui.contracts.device import DeviceRepository
from micboard_tui.contracts.errors import ErrorInfo
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
from micboard_tui.storage.database_engine import dispose, file_of, make_engine, parse_address
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.database_health import SqlProbe
from micboard_tui.storage.file_database import ALONE_WAIT_S, FileDatabase, Waits
from micboard_tui.storage.recorder.recorder_server import RecorderServer
from micboard_tui.storage.repositories.alarm_repository import SqlAlarms
from micboard_tui.storage.repositories.assignment_repository import SqlAssignments
from micboard_tui.storage.repositories.audit_repository import SqlAudit
from micboard_tui.storage.repositories.device_repository import SqlDevices
from micboard_tui.storage.repositories.event_repository import SqlEvents
from micboard_tui.storage.repositories.handover_repository import SqlHandover
from micboard_tui.storage.repositories.lease_repository import SqlLease
from micboard_tui.storage.repositories.line_check_repository import SqlLineChecks
from micboard_tui.storage.repositories.location_repository import SqlLocations
from micboard_tui.storage.repositories.lock_repository import SqlLock
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

BUSY_TIMEOUT_MS = 5000
REOPEN_INTERVAL_S = 5.0
"""So often it is tried to open a file again that could not be written."""


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
    locks: LockRepository
    audit: AuditRepository
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
    find_note: Callable[[], str | None]
    """Tells what the user should know of how it was opened last, and repaired if need be; None: nothing."""


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
    alone_wait_s: float = ALONE_WAIT_S,
    recorder: str = "",
) -> AsyncGenerator[Database]:
    """Open the database, back it up and migrate it when that is due, and close it in the end.

    Copies go to ``backup_directory``, by default ``backups`` beside the file. A writing transaction waits up
    to ``busy_timeout_ms`` for those of other processes. A damaged file is repaired, or an earlier copy takes
    its place, as ``find_note`` says; other processes have to let go of it within ``alone_wait_s``. When
    it cannot be repaired, or its disk is full, what can be read of it is read into memory, and all that
    would write raises DATABASE_DAMAGED or DISK_FULL until the file can be opened after all, which is tried
    every ``reopen_interval_s``. ``recorder``: under which name this process records on a server that others
    record to as well; empty: it is the only one.

    Raises StorageError: DATABASE_DAMAGED, DATABASE_LOCKED, DATABASE_NEWER, DISK_FULL,
    DIRECTORY_NOT_WRITABLE, DATABASE_ERROR. A file that is damaged is kept beside.
    """
    address = parse_address(url)
    path = file_of(address)
    backups = None if path is None else BackupRotation(path, backup_directory or path.parent / "backups")
    # As users write it, without the library that is used.
    shown = address.set(drivername=address.get_backend_name())
    name = str(path) if path else mask_url(shown.render_as_string(hide_password=True))
    translator = ErrorTranslator(name, backups, is_server=address.get_backend_name() != "sqlite")
    async with AsyncExitStack() as stack:
        file: FileDatabase | None = None
        watch: ChangeWatch | ServerWatch | None
        if path is None or backups is None:
            transactions = await stack.enter_async_context(_open_server(address, translator, busy_timeout_ms))
            watch = await _enter_watch(stack, transactions)
        else:
            file = FileDatabase(
                address,
                path,
                backups,
                translator,
                Waits(busy_timeout_ms, reopen_interval_s, alone_wait_s),
            )
            transactions, watch = await stack.enter_async_context(file.opened()), file.watch
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
            SqlLock(transactions),
            SqlAudit(transactions),
            SqlSealedSecrets(transactions, watch),
            SqlRefusedKeys(transactions),
            SqlProbe(transactions, path, tuple if file is None else file.find_repairs),
            SqlLease(transactions),
            _find_recording(transactions, recorder),
            name,
            address.get_backend_name() != "sqlite",
            lambda: transactions.refusal,
            lambda: None if file is None else file.note,
        )


def _find_recording(transactions: Transactions, recorder: str) -> RecorderServer | None:
    """The recording in the database itself; a file has another one beside it."""
    engine = transactions.engine
    if isinstance(engine, Engine) or engine.dialect.driver != "asyncpg":
        return None
    return RecorderServer(engine, transactions.translator, anyio.from_thread.run, recorder)


async def _enter_watch(stack: AsyncExitStack, transactions: Transactions) -> ServerWatch | None:
    """What tells of changes until ``stack`` is left; None: nothing does."""
    engine = transactions.engine
    if isinstance(engine, Engine) or engine.dialect.driver != "asyncpg":
        return None
    watch = await stack.enter_async_context(watched_server(engine))
    transactions.written = watch.note
    return watch


@asynccontextmanager
async def _open_server(
    address: URL, translator: ErrorTranslator, busy_timeout_ms: int
) -> AsyncGenerator[Transactions]:
    """Transactions of a server, or of a database in memory, whose schema is up to date."""
    with translator.translate_errors():
        engine = make_engine(address, busy_timeout_ms)
    transactions = Transactions(engine, translator)
    try:
        revision = await transactions.read(revision_of)
        check_not_newer(revision)
        if revision != HEAD:
            await transactions.change_schema(bring_up_to_date)
        yield transactions
    finally:
        with anyio.CancelScope(shield=True):
            await dispose(engine)
