"""Keeps the entries of a store as they are wanted, whatever happens to the server or the connection.

Theory of operation. ``want`` and ``drop`` say how an entry is to be; they never wait. ``run`` writes what
differs: up to ``BATCH`` entries beside each other, each key with its newest value only, and never twice at
the same time, so that no older value comes last. At first, and whenever the connection was lost or a write
has failed, it reads what the store holds, and writes all that differs: also everything, when the server has
lost its disk. It does so every ``READ_ANEW_S`` as well: a client that may only read can have an answer of the
server written in the place of an entry. What the store holds beside that stays as it is until it is dropped.

Other processes may write the same key, as the owners of a device do one after the other. So an entry is only
written over the one that is known (by its revision). Where there is another one its token decides: nothing is
written over a greater one, and that key is not wanted any more.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import aclosing
from typing import NoReturn

import anyio
import structlog

from micboard_tui.bus.connection import BusError, Connection, Entry, EntryChangedError, EntryStore

BATCH = 32
"""So many entries are written beside each other."""
RETRY_S = 0.25
MAX_RETRY_S = 4.0
READ_ANEW_S = 60.0

log = structlog.get_logger(__name__)


class EntryWriter:
    def __init__(
        self,
        connection: Connection,
        open_store: Callable[[], Awaitable[EntryStore]],
        token_in: Callable[[str, bytes], int] = lambda _, __: 0,
    ) -> None:
        """``token_in``: that of who wrote a value under a key, which grows with each owner."""
        self._connection, self._open_store, self._token_in = connection, open_store, token_in
        self._wanted: dict[str, bytes] = {}
        self._pending: dict[str, bytes | None] = {}
        """What is to be written, or deleted where it is None."""
        self._writing: frozenset[str] = frozenset()
        self._stored: dict[str, Entry] = {}
        """What the store held when it was read, and was written since."""
        self._wake, self._change, self._written = anyio.Event(), anyio.Event(), anyio.Event()
        self._is_stale = False
        """Whether what the store holds has to be read again."""
        self.reads = 0
        """How often it was read."""
        self._has_failed = False
        connection.on_change(self._take_change)

    @property
    def known_keys(self) -> Collection[str]:
        """Of all entries that are in the store, or are to be."""
        return self._stored.keys() | self._wanted.keys() | self._writing

    @property
    def stored(self) -> Mapping[str, Entry]:
        """What the store holds, as far as it is known: others may have written it since it was read."""
        return self._stored

    def want(self, key: str, value: bytes) -> None:
        """The entry has to be there with this value."""
        if self._wanted.get(key) != value:
            self._wanted[key] = value
            self._add(key, value)

    def offer(self, key: str, value: bytes) -> None:
        """Write the entry once, unless another process has written it since the store was read."""
        if key not in self._wanted:
            self._add(key, value)

    def drop(self, key: str) -> None:
        """The entry must not be there."""
        self._wanted.pop(key, None)
        if self._pending.pop(key, None) is not None or key in self._stored or key in self._writing:
            self._stored.pop(key, None)
            self._add(key, None)

    def release(self, key: str) -> None:
        """Another process writes the entry from now on; if it was dropped, that is still done."""
        self._wanted.pop(key, None)
        if self._pending.get(key) is not None:
            del self._pending[key]

    async def write_last(self, key: str, value: bytes, limit_s: float) -> None:
        """Write an entry, and release it when it is in the store or cannot be written within ``limit_s``."""
        self.want(key, value)
        with anyio.move_on_after(limit_s):
            while self._wanted.get(key) == value and not self._has_stored(key, value):
                if self._connection.lost_since is not None:
                    break
                await self._written.wait()
        if self._wanted.get(key) == value:
            self.release(key)

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
        found: dict[str, Entry] = {}
        async with aclosing(store.watch()) as entries:  # type: ignore[type-var] # all of them can be closed
            async for entry in entries:
                if entry is None:
                    break
                if entry.value is not None:
                    found[entry.key] = entry
            else:
                raise BusError("the connection was lost")
        dropped = [key for key, value in self._pending.items() if value is None and key in found]
        self._stored = found
        self._pending = dict.fromkeys(dropped)
        for key in dropped:
            del found[key]
        for key, value in tuple(self._wanted.items()):
            self._compare(key, value)
        self.reads += 1

    def _compare(self, key: str, value: bytes) -> None:
        """Write a value unless the store has it, or that of a later owner."""
        stored = self._stored.get(key)
        written = None if stored is None else stored.value
        if written is not None and self._token_in(key, written) > self._token_in(key, value):
            self.release(key)
        elif written != value:
            self._pending.setdefault(key, value)

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
            self._has_failed, self._writing = False, frozenset(keys)
            async with anyio.create_task_group() as tasks:
                for key in keys:
                    tasks.start_soon(self._write, store, key, self._pending.pop(key))
            self._writing = frozenset()
            self._note_written()
            if self._has_failed:
                raise BusError("an entry was not written")

    async def _write(self, store: EntryStore, key: str, value: bytes | None) -> None:
        try:
            if value is None:
                await store.delete(key)
                return
            try:
                revision = await self._put(store, key, value)
                self._stored[key] = Entry(key, value, revision)
            except EntryChangedError:
                await self._settle(store, key, value)
        except BusError:
            # A newer value may wait already.
            self._pending.setdefault(key, value)
            self._has_failed = True

    async def _put(self, store: EntryStore, key: str, value: bytes) -> int:
        known = self._stored.get(key)
        return await (store.create(key, value) if known is None else store.update(key, value, known.revision))

    async def _settle(self, store: EntryStore, key: str, value: bytes) -> None:
        """Another process has written the entry. Raises BusError: it does so again and again."""
        found = await store.get(key)
        if found is None or found.value is None:
            self._stored.pop(key, None)
        else:
            self._stored[key] = found
            is_of_equal = self._token_in(key, found.value) == self._token_in(key, value)
            if is_of_equal and found.value != value and self._wanted.get(key) == value:
                # One of the two has to end, and so finds time for it.
                raise BusError("another process writes the same entry")
        if (wanted := self._wanted.get(key)) is not None:
            self._compare(key, wanted)

    def _has_stored(self, key: str, value: bytes) -> bool:
        stored = self._stored.get(key)
        return stored is not None and stored.value == value

    def _add(self, key: str, value: bytes | None) -> None:
        self._pending[key] = value
        self._wake.set()

    def _note_written(self) -> None:
        written, self._written = self._written, anyio.Event()
        written.set()

    def _take_change(self) -> None:
        self._is_stale = True
        self._wake.set()
        self._change.set()
        self._note_written()
