"""Keeps an SQLite file open: copies it now and then, and repairs it when it is damaged.

States, which ``Transactions.refusal`` and its pauses show to everybody else:

- open: transactions go to the file, which this program uses together with others. Once a minute it is looked
  whether a copy is due. Once a second it is looked whether the file was found to be damaged, by a transaction
  or while it was copied, or another program wants to have it alone.
- paused: then all transactions wait, the file is closed and opened anew. Whoever has it alone first repairs
  it (``repair/file_repair.py``); others find another file and leave it as it is.
- refused: it cannot be opened, as its disk is full, or it cannot be repaired. At a start what can be read of
  it is in memory then, and all that would write is refused; later all is. It is tried every few seconds to
  open the file after all.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread
import structlog
from sqlalchemy import URL, Connection, text

from micboard_tui.config.atomic_files import make_private_directory
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StorageError
from micboard_tui.storage.backup_rotation import BackupRotation
from micboard_tui.storage.change_watch import ChangeWatch
from micboard_tui.storage.database_engine import dispose, make_engine, set_up_sqlite
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.memory_copy import MemoryCopy
from micboard_tui.storage.repair.file_repair import FileRepair
from micboard_tui.storage.repair.file_use import FileUse
from micboard_tui.storage.schema_upgrade import HEAD, bring_up_to_date, check_not_newer, revision_of
from micboard_tui.storage.transactions import Transactions

BACKUP_LOOK_S = 60.0
DAMAGE_LOOK_S = 1.0
ALONE_WAIT_S = 5.0
"""So long others have to let go of a damaged file, who look for that every ``DAMAGE_LOOK_S``."""
SHARE_WAIT_S = 30.0
"""So long another program may repair or restore the file."""
MAX_REPAIRS = 3
"""A file that is damaged again more often while one program runs is on a disk that fails."""
MAKE_ROOM = "Make room; storing starts by itself"
QUICK_CHECK_BYTES = 64 * 1024 * 1024
"""Files up to this size are checked whenever they are opened, which takes some milliseconds."""

_READABLE = frozenset({ErrorCode.DISK_FULL, ErrorCode.DATABASE_DAMAGED})
"""What keeps a file from being used, though most of it may be read."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long is waited, and for what."""

    busy_timeout_ms: int
    """For the writing transaction of another process."""
    reopen_interval_s: float
    """Before a file that could not be opened is tried again."""
    alone_wait_s: float
    """Until other processes have let go of a damaged file."""


class FileDatabase:
    """One file. ``opened`` is used once."""

    def __init__(
        self,
        address: URL,
        file: Path,
        backups: BackupRotation,
        translator: ErrorTranslator,
        waits: Waits,
    ) -> None:
        self._address, self._file, self._backups, self._translator = address, file, backups, translator
        self._waits = waits
        self._use, self._repair = FileUse(file), FileRepair(file, backups)
        self._repairs = 0
        self._tolerated: str | None = None
        """Damage that was not found when the file was looked at."""
        self.find_repairs = self._repair.find_repairs
        self.watch = ChangeWatch(file)
        self.note: str | None = None
        """What the user should know of how it was opened last; None: nothing."""

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[Transactions]:
        """Transactions as long as the block lasts. Raises StorageError."""
        with self._translator.translate_errors():
            self.note = _describe_beginning(self._file, self._backups)
        async with AsyncExitStack() as memory, AsyncExitStack() as current:
            try:
                transactions = await current.enter_async_context(self._open())
            except StorageError as error:
                if error.code not in _READABLE:
                    raise
                self.note = None
                fault = _find_fault(error)
                transactions = await memory.enter_async_context(self._open_memory_copy(error, fault))
            keeping = asyncio.create_task(self._keep_open(transactions, current), name="database file")
            try:
                yield transactions
            finally:
                keeping.cancel()
                with anyio.CancelScope(shield=True):
                    await asyncio.wait({keeping})
                    await anyio.to_thread.run_sync(self.watch.close)

    async def _keep_open(self, transactions: Transactions, current: AsyncExitStack) -> None:
        while True:
            if transactions.refusal is None:
                await anyio.sleep(DAMAGE_LOOK_S)
                if not self._has_to_be_opened_anew():
                    continue
                await transactions.pause(self._translator.make_error(ErrorCode.DATABASE_DAMAGED).info)
                await anyio.to_thread.run_sync(self.watch.close)
                await current.aclose()
            else:
                await anyio.sleep(self._waits.reopen_interval_s)
            try:
                transactions.continue_with(await current.enter_async_context(self._open()))
                log.info("database_opened_again")
            except StorageError as error:
                if transactions.is_paused:
                    transactions.close(_find_fault(error))

    def _has_to_be_opened_anew(self) -> bool:
        damage = self._translator.damage or self._backups.damage
        return self._use.is_wanted or (damage is not None and damage != self._tolerated)

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[Transactions]:
        """Transactions of the file, repaired if need be, whose schema is up to date."""
        with self._translator.translate_errors():
            make_private_directory(self._file.parent)
        await self._share()
        async with AsyncExitStack() as stack:
            stack.callback(self._use.let_go)
            try:
                transactions = await stack.enter_async_context(self._connect())
            except StorageError as error:
                if error.code is not ErrorCode.DATABASE_DAMAGED:
                    raise
                await self._repair_damage(error)
                transactions = await stack.enter_async_context(self._connect())
            await stack.enter_async_context(self._kept_backed_up())
            yield transactions

    async def _share(self) -> None:
        if not await anyio.to_thread.run_sync(self._use.share, SHARE_WAIT_S):
            raise self._translator.make_error(ErrorCode.DATABASE_LOCKED, "it is being repaired or restored")

    @asynccontextmanager
    async def _connect(self) -> AsyncGenerator[Transactions]:
        found = self._translator.damage or self._backups.damage
        self._identity = _identity_of(self._file)
        with self._translator.translate_errors():
            if self._repair.is_unfinished or _was_emptied(self._file, self._backups):
                raise self._translator.make_error(ErrorCode.DATABASE_DAMAGED, "it is empty")
            engine = make_engine(self._address, self._waits.busy_timeout_ms)
        transactions = Transactions(engine, self._translator)
        try:
            await self._prepare(transactions, self._backups, found)
            self._translator.damage = self._backups.damage = None
            yield transactions
        finally:
            with anyio.CancelScope(shield=True):
                await dispose(engine)

    async def _repair_damage(self, error: StorageError) -> None:
        """Repair the file, or wait until another program has done it. Raises StorageError."""
        reason = str(error.info.details.get("reason", ""))
        if self._repairs == MAX_REPAIRS:
            cure = f"It was damaged {MAX_REPAIRS + 1} times: its disk may be failing. Use another one"
            raise self._translator.make_error(ErrorCode.DATABASE_DAMAGED, reason, cure=cure)
        with self._translator.translate_errors():
            is_repaired = await anyio.to_thread.run_sync(self._repair_alone, reason)
        if is_repaired:
            self._repairs += 1
            repairs = self._repair.find_repairs()
            self.note = repairs[0].text if repairs else "A backup that was being restored is open now"
        await self._share()

    def _repair_alone(self, reason: str) -> bool:
        """Whether it was this program that repaired it."""
        if not self._use.take_alone(self._waits.alone_wait_s):
            cure = "Another program holds it: end that, and this one repairs it"
            raise self._translator.make_error(ErrorCode.DATABASE_DAMAGED, reason, cure=cure)
        try:
            if self._repair.is_unfinished:
                self._repair.finish()
            elif self._identity != _identity_of(self._file):
                return False
            else:
                self._repair.run(reason)
        finally:
            self._use.let_go()
        self._translator.damage = self._backups.damage = None
        return True

    async def _prepare(
        self, transactions: Transactions, backups: BackupRotation | None, found: str | None
    ) -> None:
        """``found``: damage that was found before, so that the file is looked at in whole."""
        revision, fault = await transactions.read(partial(_look_into, file=self._file, found=found))
        # An older copy must not take the place of a newer one.
        check_not_newer(revision)
        if fault is not None:
            raise self._translator.make_error(ErrorCode.DATABASE_DAMAGED, fault)
        self._tolerated = found
        if revision == HEAD:
            return
        if backups is not None and revision is not None:
            with self._translator.translate_errors():
                await anyio.to_thread.run_sync(backups.back_up, revision)
        await transactions.change_schema(bring_up_to_date)

    @asynccontextmanager
    async def _open_memory_copy(self, reason: StorageError, fault: ErrorInfo) -> AsyncGenerator[Transactions]:
        """Transactions that read what can be read of the file, and raise ``fault`` instead of writing.

        Raises ``reason`` when nothing can be read.
        """
        try:
            copy = await anyio.to_thread.run_sync(MemoryCopy, self._file)
        except sqlite3.Error:
            raise reason from None
        engine = copy.make_engine()
        set_up_sqlite(engine, self._waits.busy_timeout_ms)
        try:
            await self._prepare(Transactions(engine, self._translator), None, None)
            yield Transactions(engine, self._translator, refusal=fault)
        finally:
            engine.dispose()
            copy.close()

    @asynccontextmanager
    async def _kept_backed_up(self) -> AsyncGenerator[None]:
        """Make a copy whenever one is due, while the database is open and when it closes."""

        async def look_now_and_then() -> None:
            while True:
                await anyio.sleep(BACKUP_LOOK_S)
                await anyio.to_thread.run_sync(self._backups.back_up_if_due)

        looking = asyncio.create_task(look_now_and_then(), name="database copies")
        try:
            yield
        finally:
            looking.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait({looking})
                await anyio.to_thread.run_sync(self._backups.back_up_if_due)


def _find_fault(error: StorageError) -> ErrorInfo:
    """Why nothing is stored."""
    hint = MAKE_ROOM if error.code is ErrorCode.DISK_FULL else error.info.hint
    return ErrorInfo(error.code, f"{error.info.message}; nothing is stored", hint=hint)


def _identity_of(file: Path) -> tuple[int, int] | None:
    """What distinguishes the file from another one of its name; None: there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _was_emptied(file: Path, backups: BackupRotation) -> bool:
    """Whether there is nothing in a file that was copied once. SQLite would take it for a new one."""
    return _is_empty(file) and backups.newest() is not None


def _is_empty(file: Path) -> bool:
    # SQLite takes a single byte for nothing, too.
    return file.exists() and file.stat().st_size <= 1


def _describe_beginning(file: Path, backups: BackupRotation) -> str | None:
    """What the user is informed of about a new database where there was one before; None otherwise."""
    if _is_empty(file) and backups.newest() is None:
        return f"The database {file} was empty and there is no copy of it: a new one was begun"
    if not file.exists() and (newest := backups.newest()) is not None:
        beginning = f"There was no database {file}: a new one was begun"
        return f"{beginning}. The newest copy of the former one is {newest}"
    return None


def _look_into(connection: Connection, file: Path, found: str | None) -> tuple[str | None, str | None]:
    """The revision of the schema, and what is damaged in a small file; None: nothing that is known."""
    revision = revision_of(connection)
    if found is not None and "decode" in found:
        # Text that is none: no check looks for that.
        return revision, found
    is_small = file.exists() and file.stat().st_size <= QUICK_CHECK_BYTES
    if not is_small and found is None:
        return revision, None
    check = "quick_check" if found is None else "integrity_check"
    answers = list(connection.execute(text(f"PRAGMA {check}(1)")).scalars())
    return revision, None if answers == ["ok"] else str(answers)
