"""A connection through which nothing is sent or taken without the lease of the hub.

A hub that was frozen runs on for a moment before it is ended. What it would send then is of the time
before, and another hub may be active: so the lease is asked before every send.
"""

from collections.abc import AsyncIterator, Callable

from micboard_tui.bus.connection import (
    BusError,
    Connection,
    EndCalls,
    Entry,
    EntryStore,
    Handler,
    Message,
    Subscription,
)
from micboard_tui.bus.connection_calls import ConnectionCalls


class LeasedConnection:
    """Implements ``Connection``. ``close`` ends what goes through it, and leaves the one behind it open."""

    def __init__(self, connection: Connection, is_held: Callable[[], bool]) -> None:
        self._connection, self._is_held = connection, is_held
        self._is_closed = False
        self._calls = ConnectionCalls()
        self._end_calls = (
            connection.on_change(self._calls.tell_change),
            connection.on_denied(self._calls.tell_denied),
        )

    @property
    def lost_since(self) -> float | None:
        return self._connection.lost_since

    @property
    def is_refused(self) -> bool:
        return self._connection.is_refused

    def on_change(self, call: Callable[[], None]) -> EndCalls:
        return self._calls.on_change(call)

    def on_denied(self, call: Callable[[str], None]) -> EndCalls:
        return self._calls.on_denied(call)

    def new_inbox(self) -> str:
        return self._connection.new_inbox()

    async def publish(self, subject: str, payload: bytes, reply: str = "") -> None:
        self._check()
        await self._connection.publish(subject, payload, reply)

    async def subscribe(self, subject: str, handler: Handler, queue: str = "") -> Subscription:
        async def take(message: Message) -> None:
            if self._may_act:
                await handler(message)

        return await self._connection.subscribe(subject, take, queue)

    async def open_store(
        self, name: str, *, lifetime_s: float | None = None, is_kept: bool = False
    ) -> EntryStore:
        self._check()
        store = await self._connection.open_store(name, lifetime_s=lifetime_s, is_kept=is_kept)
        return LeasedStore(store, self._check)

    def find_store(self, name: str) -> EntryStore:
        return LeasedStore(self._connection.find_store(name), self._check)

    async def close(self) -> None:
        self._is_closed = True
        self._calls.clear()
        for end_calls in self._end_calls:
            end_calls()

    @property
    def _may_act(self) -> bool:
        return self._is_held() and not self._is_closed

    def _check(self) -> None:
        if not self._may_act:
            raise BusError("this hub is not the active one")


class LeasedStore:
    """Implements ``EntryStore``. ``check`` raises BusError."""

    def __init__(self, store: EntryStore, check: Callable[[], None]) -> None:
        self._store, self._check = store, check

    async def put(self, key: str, value: bytes) -> int:
        self._check()
        return await self._store.put(key, value)

    async def create(self, key: str, value: bytes) -> int:
        self._check()
        return await self._store.create(key, value)

    async def update(self, key: str, value: bytes, revision: int) -> int:
        self._check()
        return await self._store.update(key, value, revision)

    async def delete(self, key: str) -> None:
        self._check()
        await self._store.delete(key)

    async def get(self, key: str) -> Entry | None:
        return await self._store.get(key)

    def watch(self) -> AsyncIterator[Entry | None]:
        return self._store.watch()
