"""Keeps the entries of a store as they are wanted, whatever happens to the server or the connection.

Theory of operation. ``want`` and ``drop`` say how an entry is to be; they never wait. ``run`` writes what
differs: up to ``BATCH`` entries beside each other, each key with its newest value only, and never twice at
the same time, so that no older value comes last. At first, and whenever the connection was lost or a write
has failed, it reads what the store holds, and writes all that differs: also everything, when the server has
lost its disk. It does so every ``READ_ANEW_S`` as well: a client that may only read can have an answer of the
server written in the place of an entry. What the store holds beside that stays as it is until it is dropped.
"""

from collections.abc import Awaitable, Callable, Collection
from contextlib import aclosing
from typing import NoReturn

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Connection, EntryStore

BATCH = 32
"""So many entries are written beside each other."""
RETRY_S = 0.25
MAX_RETRY_S = 4.0
READ_ANEW_S = 60.0

log = structlog.get_logger(__name__)


class EntryWriter:
    def __init__(self, connection: Connection, open_store: Callable[[], Awaitable[EntryStore]]) -> None:
        self._connection, self._open_store = connection, open_store
        self._wanted: dict[str, bytes] = {}
        self._pending: dict[str, bytes | None] = {}
        """What is to be written, or deleted where it is None."""
        self._stored: dict[str, bytes] = {}
        """What the store held when it was read, and was written since."""
        self._wake, self._change = anyio.Event(), anyio.Event()
        self._is_stale = False
        """Whether what the store holds has to be read again."""
        self.reads = 0
        """How often it was read."""
        self._has_failed = False
        connection.on_change(self._take_change)

    @property
    def known_keys(self) -> Collection[str]:
        """Of all entries that are in the store, or are to be."""
        return self._stored.keys() | self._wanted.keys()

    def want(self, key: str, value: bytes) -> None:
        """The entry has to be there with this value."""
        if self._wanted.get(key) != value:
            self._wanted[key] = value
            self._add(key, value)

    def drop(self, key: str) -> None:
        """The entry must not be there."""
        if self._wanted.pop(key, None) is not None or key in self._stored:
            self._stored.pop(key, None)
            self._add(key, None)

    def release(self, key: str) -> None:
        """Another process writes the entry from now on."""
        self._wanted.pop(key, None)
        self._pending.pop(key, None)

    async def run(self) -> NoReturn:
        """Until cancelled."""
        retry_s = RETRY_S
        while True:
            try:
                self._is_stale, self._change = False, anyio.Event()
                store = await self._open_store()
                await self._read(store)
                retry_s = RETRY_S
                await self._keep(store)
            except BusError as error:
                if self._connection.lost_since is None:
                    log.warning("entries_not_written", reason=str(error), retry_s=retry_s)
            with anyio.move_on_after(retry_s):
                await self._change.wait()
            retry_s = min(2 * retry_s, MAX_RETRY_S)

    async def _read(self, store: EntryStore) -> None:
        """Find out what has to be written."""
        found: dict[str, bytes] = {}
        async with aclosing(store.watch()) as entries:  # type: ignore[type-var] # all of them can be closed
            async for entry in entries:
                if entry is None:
                    break
                if entry.value is not None:
                    found[entry.key] = entry.value
            else:
                raise BusError("the connection was lost")
        dropped = [key for key, value in self._pending.items() if value is None and key in found]
        self._stored = {key: value for key, value in found.items() if key not in dropped}
        self._pending = dict.fromkeys(dropped)
        self._pending |= {key: value for key, value in self._wanted.items() if found.get(key) != value}
        self.reads += 1

    async def _keep(self, store: EntryStore) -> None:
        """Write what differs until it is to be read anew. Raises BusError: a write has failed."""
        end = anyio.current_time() + READ_ANEW_S
        while not self._is_stale and anyio.current_time() < end:
            if not self._pending:
                self._wake = anyio.Event()
                with anyio.CancelScope(deadline=end):
                    await self._wake.wait()
                continue
            keys = list(self._pending)[:BATCH]
            self._has_failed = False
            async with anyio.create_task_group() as tasks:
                for key in keys:
                    tasks.start_soon(self._write, store, key, self._pending.pop(key))
            if self._has_failed:
                raise BusError("an entry was not written")

    async def _write(self, store: EntryStore, key: str, value: bytes | None) -> None:
        try:
            if value is None:
                await store.delete(key)
            else:
                await store.put(key, value)
                self._stored[key] = value
        except BusError:
            # A newer value may wait already.
            self._pending.setdefault(key, value)
            self._has_failed = True

    def _add(self, key: str, value: bytes | None) -> None:
        self._pending[key] = value
        self._wake.set()

    def _take_change(self) -> None:
        self._is_stale = True
        self._wake.set()
        self._change.set()
