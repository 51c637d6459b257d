"""Implements ``RecordingStore`` in the database of a PostgreSQL server, in a schema of its own.

What is written and read is the same as in a file (``recording_rows``, ``recorder_queries``). Statements run
on the event loop that the engine belongs to, and what they answer is decoded in the thread that asks.

One process writes into a schema: the one whose token stands in its row ``writer``. Each transaction looks for
the token and notes the time of the server beside it, so one that was frozen, and whose place was taken, finds
out before it writes a row. ``open`` takes the place of a writer that closed, or has written nothing for a
while. What is read is of all schemas. The room of the server is watched by those who run it: there is no
bound by bytes, only that by time.
"""

from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import uuid4

from anyio import CancelScope

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.recording_store import RecordedStep, WindowRecord
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.chunk import Chunk
from micboard_tui.domain.recording.recorded_span import AlarmWindow, WindowTitle
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.span_columns import Series, join_series
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.recorder import recorder_queries
from micboard_tui.storage.recorder.recorder_retention import LONGEST_KEPT_S, prune
from micboard_tui.storage.recorder.recorder_tables import (
    VERSION,
    drop_if_old,
    enter_deserted_schemas,
    enter_schema,
    list_schemas,
    make_tables,
    schema_of,
)
from micboard_tui.storage.recorder.recording_rows import RecordingRows

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

WRITER_LIMIT_S = 5.0
"""A writer that has written nothing for so long has ended, or is frozen: seconds come once a second."""
_TAKE = """
UPDATE writer SET token = ?, seen_at = clock_timestamp()
WHERE token IS NULL OR token = ? OR seen_at < clock_timestamp() - make_interval(secs => ?)
RETURNING id"""
_CONFIRM = "UPDATE writer SET seen_at = clock_timestamp() WHERE token = ? RETURNING id"
_LET_GO = "UPDATE writer SET token = NULL WHERE token = ?"

Value = TypeVar("Value")


class RunInLoop(Protocol):
    """Runs a coroutine function on the event loop, for a thread that waits: ``anyio.from_thread.run``."""

    def __call__(self, work: Callable[[], Coroutine[Any, Any, Value]], /) -> Value: ...


class RecorderServer:
    """``engine`` uses asyncpg."""

    def __init__(
        self, engine: "AsyncEngine", translator: ErrorTranslator, run_in_loop: RunInLoop, writer: str = ""
    ) -> None:
        """``writer``: under which name this process records; empty: as the only one, on one rack."""
        self._writer, self._schema = writer, schema_of(writer)
        self._engine, self._translator, self._loop = engine, translator, Loop(run_in_loop)
        self._rows = RecordingRows()
        self._token = uuid4().hex
        self._is_open = False

    # Writing: one thread at a time.

    def open(self) -> str | None:
        self._is_open = False
        with self._transaction() as connection:
            make_tables(connection, self._writer)
        with self._transaction() as connection:
            self._check_version(connection)
            if connection.execute(_TAKE, (self._token, self._token, WRITER_LIMIT_S)).fetchone() is None:
                raise self._refuse()
            self._rows.load(connection)
        self._is_open = True
        with self._writing() as connection:
            last, chunks = self._rows.find_unheld(connection)
            self._rows.write_recovered(connection, last, chunks)
        return None

    def write(self, steps: Sequence[RecordedStep], windows: Sequence[WindowRecord]) -> None:
        with self._writing() as connection:
            if (newest := self._rows.write(connection, steps, windows)) is not None:
                prune(connection, newest)
                for schema in enter_deserted_schemas(connection, self._schema):
                    prune(connection, newest)
                    drop_if_old(connection, schema, LONGEST_KEPT_S)

    def close(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        try:
            with self._transaction() as connection:
                connection.execute(_LET_GO, (self._token,))
        except StorageError:
            pass  # The next writer waits a moment longer.

    # Reading: any thread.

    def read_seconds(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> Mapping[ChannelRef, Series]:
        read = partial(recorder_queries.read_seconds, channels=channels, start=start, end=end)
        parts = self._read(read)
        return {ref: join_series([part[ref] for part in parts]) for ref in channels} if parts else {}

    def read_chunks(
        self, step_s: int, channels: Collection[ChannelRef], start: float, end: float
    ) -> Mapping[ChannelRef, Sequence[Chunk]]:
        read = partial(recorder_queries.read_chunks, step_s=step_s, channels=channels, start=start, end=end)
        parts = self._read(read)
        return {ref: [chunk for part in parts for chunk in part.get(ref, ())] for ref in channels}

    def find_newest(self) -> float | None:
        """When the second that was written last begins; None: there is none. Raises StorageError."""
        return max((at for at in self._read(recorder_queries.find_newest) if at is not None), default=None)

    def list_windows(
        self, since: float, until: float | None, channels: Collection[ChannelRef], limit: int
    ) -> Sequence[WindowTitle]:
        read = partial(
            recorder_queries.list_windows, since=since, until=until, channels=channels, limit=limit
        )
        # That of a whole location has a part in each.
        titles = dict.fromkeys(title for part in self._read(read) for title in part)
        return sorted(titles, key=lambda title: title.raised_at)[-limit:] if limit else []

    def read_window(self, key: AlarmKey, raised_at: float) -> AlarmWindow | None:
        found = self._read(partial(recorder_queries.read_window, key=key, raised_at=raised_at))
        return _join_windows([window for window in found if window is not None])

    def _read(self, read: Callable[["ServerConnection"], Value]) -> list[Value]:
        """What ``read`` finds in the recording of each process."""
        found: list[Value] = []
        with self._transaction() as connection, self._translator.translate_broken_rows():
            for schema in list_schemas(connection):
                enter_schema(connection, schema)
                self._check_version(connection)
                found.append(read(connection))
        return found

    @contextmanager
    def _writing(self) -> Iterator["ServerConnection"]:
        """A transaction of the only writer. Any error has the recording opened anew."""
        if not self._is_open:
            raise self._translator.make_error(ErrorCode.DATABASE_ERROR, "the recording is not open")
        try:
            with self._transaction() as connection:
                self._confirm(connection)
                yield connection
        except BaseException:  # Also when it is cancelled.
            self._is_open = False
            raise

    def _confirm(self, connection: "ServerConnection") -> None:
        """Raises StorageError ALREADY_RUNNING for a process that is not the writer any more."""
        if connection.execute(_CONFIRM, (self._token,)).fetchone() is None:
            raise self._refuse()

    @contextmanager
    def _transaction(self) -> Iterator["ServerConnection"]:
        """Committed at the end of the block, rolled back when that raises. Raises StorageError."""
        with self._translator.translate_errors():
            connection = ServerConnection(self._loop.run(self._connect), self._loop)
            try:
                enter_schema(connection, self._schema)
                yield connection
                connection.commit()
            finally:
                connection.close()

    async def _connect(self) -> "AsyncConnection":
        return await self._engine.connect()

    def _check_version(self, connection: "ServerConnection") -> None:
        (version,) = connection.execute("SELECT version FROM writer").fetchone()
        if version > VERSION:
            raise StorageError(
                ErrorCode.DATABASE_NEWER,
                "The recording in the database was made by a newer version of micboard-tui",
                hint="Update this one",
            )

    def _refuse(self) -> StorageError:
        return StorageError(
            ErrorCode.ALREADY_RUNNING,
            "Another micboard-tui records to this database",
            hint="Use that one",
        )


def _join_windows(parts: Sequence[AlarmWindow]) -> AlarmWindow | None:
    """What each process recorded of one alarm, also of a channel that went from one to the other."""
    samples: dict[ChannelRef, list[Sample]] = {}
    for part in parts:
        for ref, found in part.samples.items():
            samples.setdefault(ref, []).extend(found)
    ordered = {ref: sorted(found, key=lambda sample: sample.at) for ref, found in samples.items()}
    return AlarmWindow(parts[0].title, ordered) if parts else None


class Loop:
    """The event loop, for threads. What runs there is bounded, and ends also when the thread is given up."""

    def __init__(self, run_in_loop: RunInLoop) -> None:
        self._run_in_loop = run_in_loop

    def run(self, work: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
        async def run_to_the_end() -> Value:
            scope = CancelScope(shield=True)
            with scope:
                value = await work()
            return value  # noqa: RET504 - of a scope that could swallow an error

        return self._run_in_loop(run_to_the_end)


class ServerConnection:
    """A ``RecorderConnection`` of a server, for a thread: each statement waits for the event loop."""

    def __init__(self, connection: "AsyncConnection", loop: "Loop") -> None:
        self._connection, self._loop = connection, loop

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> "ServerRows":
        async def run() -> Sequence[Any]:
            answer = await self._connection.exec_driver_sql(_numbered(statement), tuple(parameters))
            return answer.fetchall() if answer.returns_rows else []

        return ServerRows(self._loop.run(run))

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> None:
        rows = [tuple(row) for row in parameters]

        async def run() -> None:
            await self._connection.exec_driver_sql(_numbered(statement), rows)

        if rows:
            self._loop.run(run)

    def commit(self) -> None:
        self._loop.run(self._connection.commit)

    def close(self) -> None:
        """Give it back; what was not committed is rolled back."""
        self._loop.run(self._connection.close)


class ServerRows:
    """What a statement answered, all of it."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = iter(rows)

    def fetchone(self) -> Any:  # noqa: ANN401 - a row, or None
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rows


def _numbered(statement: str) -> str:
    """With ``$1`` and so on for each ``?``."""
    numbers = count(1)
    first, *others = statement.split("?")
    return first + "".join(f"${next(numbers)}{part}" for part in others)
