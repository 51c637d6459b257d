"""A bus in memory: subjects with wildcards and queues, and entry stores, between connections of one process.

``MemoryBus`` is the server. It can be stopped and started again, with or without what its stores hold, and
connections can be cut and let in again. Connections implement ``micboard_tui.bus.connection.Connection``.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count

from micboard_tui.bus.connection import (
    MAX_PAYLOAD,
    BusError,
    EndCalls,
    Entry,
    EntryChangedError,
    EntryStore,
    Handler,
    Message,
    Subscription,
)
from micboard_tui.bus.connection_calls import ConnectionCalls

ANSWER_TIMEOUT_S = 2.0


def matches(pattern: str, subject: str) -> bool:
    """Whether a subject is one of those that a pattern with wildcards means."""
    wanted, given = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        return len(given) >= len(wanted) and all(map(_is_same, wanted[:-1], given))
    return len(wanted) == len(given) and all(map(_is_same, wanted, given))


def _is_same(wanted: str, given: str) -> bool:
    return wanted in {"*", given}


class MemoryBus:
    def __init__(self) -> None:
        self.is_running = True
        self.connections: list[MemoryConnection] = []
        self.entries: dict[str, dict[str, Entry]] = {}
        """By store and key."""
        self.published: list[Message] = []
        """All messages to subjects, as they came."""
        self.kept: set[str] = set()
        self.lifetimes: dict[str, float | None] = {}
        self.numbers = count(1)
        self._revisions: dict[str, int] = {}
        """The last of each store; one that lost its content begins at 1 again."""
        self._turns = count()

    def connect(
        self, *, may: Callable[[str], bool] = lambda _: True, inbox: str = "_INBOX"
    ) -> "MemoryConnection":
        """Another connection; ``may`` says to which subjects it may publish."""
        connection = MemoryConnection(self, may, inbox)
        self.connections.append(connection)
        return connection

    def stop(self) -> None:
        """End the server; what only its memory held is gone when it starts again."""
        self.is_running = False
        for connection in self.connections:
            connection.cut()

    def start(self, *, loses_disk: bool = False) -> None:
        """Start it again; all connections come back."""
        self.is_running = True
        kept = set() if loses_disk else self.kept
        self.entries = {name: found for name, found in self.entries.items() if name in kept}
        self._revisions = {name: found for name, found in self._revisions.items() if name in kept}
        for connection in self.connections:
            connection.restore()

    def deliver(self, message: Message) -> None:
        self.published.append(message)
        queues: dict[tuple[str, str], list[MemorySubscription]] = {}
        is_heard = False
        for subscription in list(self._open_subscriptions()):
            if not matches(subscription.subject, message.subject):
                continue
            is_heard = True
            if subscription.queue:
                queues.setdefault((subscription.subject, subscription.queue), []).append(subscription)
            else:
                subscription.take(message)
        for members in queues.values():
            members[next(self._turns) % len(members)].take(message)
        if message.reply and not is_heard:
            self.deliver(Message(message.reply, b"", "", has_no_responders=True))

    def write(self, store: str, key: str, value: bytes | None) -> int:
        self._revisions[store] = self._revisions.get(store, 0) + 1
        entry = Entry(key, value, self._revisions[store])
        self.entries[store][key] = entry
        for connection in self.connections:
            connection.tell(store, entry)
        if value is not None and (lifetime_s := self.lifetimes.get(store)) is not None:
            asyncio.get_running_loop().call_later(lifetime_s, self._expire, store, entry)
        return entry.revision

    def _expire(self, store: str, entry: Entry) -> None:
        if self.entries.get(store, {}).get(entry.key) is entry:
            self.write(store, entry.key, None)

    def _open_subscriptions(self) -> "Iterator[MemorySubscription]":
        for connection in self.connections:
            if connection.lost_since is None:
                yield from connection.subscriptions


class MemoryConnection:
    def __init__(self, bus: MemoryBus, may: Callable[[str], bool], inbox: str) -> None:
        self.bus, self._may, self._inbox = bus, may, inbox
        self.lost_since: float | None = None
        self.is_refused = False
        self.is_stalled = False
        """The network swallows everything, and this is not noticed yet."""
        self.on_its_way = 0
        """So many changes of entries arrive nevertheless, but no answer comes back."""
        self.awake = asyncio.Event()
        self.awake.set()
        self.subscriptions: list[MemorySubscription] = []
        self._watchers: dict[str, list[asyncio.Queue[Entry | BaseException | None]]] = {}
        self._made: dict[str, bool] = {}
        self.calls = ConnectionCalls()

    def freeze(self) -> None:
        """The process stands still: what comes waits, and nothing is sent."""
        self.awake.clear()

    def thaw(self) -> None:
        self.awake.set()

    def cut(self) -> None:
        """Lose the connection."""
        self.is_stalled = False
        if self.lost_since is None:
            self.lost_since = asyncio.get_running_loop().time()
            for queue in (queue for queues in self._watchers.values() for queue in queues):
                queue.put_nowait(StopAsyncIteration())
            self.calls.tell_change()

    def restore(self) -> None:
        """Have it back."""
        if self.is_stalled:
            self.cut()
        if self.lost_since is not None:
            self.lost_since, self.is_refused = None, False
            for name in self._made:
                self.bus.entries.setdefault(name, {})
            self.calls.tell_change()

    def on_change(self, call: Callable[[], None]) -> EndCalls:
        return self.calls.on_change(call)

    def on_denied(self, call: Callable[[str], None]) -> EndCalls:
        return self.calls.on_denied(call)

    def new_inbox(self) -> str:
        return f"{self._inbox}.{next(self.bus.numbers)}"

    async def publish(self, subject: str, payload: bytes, reply: str = "") -> None:
        await asyncio.sleep(0)
        await self.awake.wait()
        self._check_open()
        if len(payload) > MAX_PAYLOAD:
            raise BusError("too large")
        if self._may(subject):
            self.bus.deliver(Message(subject, payload, reply))
        else:
            self.calls.tell_denied(subject)

    async def subscribe(self, subject: str, handler: Handler, queue: str = "") -> Subscription:
        self._check_open()
        subscription = MemorySubscription(self, subject, handler, queue)
        self.subscriptions.append(subscription)
        return subscription

    async def open_store(
        self, name: str, *, lifetime_s: float | None = None, is_kept: bool = False
    ) -> EntryStore:
        self._check_open()
        self._made[name] = is_kept
        self.bus.entries.setdefault(name, {})
        self.bus.lifetimes[name] = lifetime_s
        if is_kept:
            self.bus.kept.add(name)
        return self.find_store(name)

    def find_store(self, name: str) -> EntryStore:
        return MemoryStore(self, name)

    async def close(self) -> None:
        for subscription in list(self.subscriptions):
            await subscription.end()
        self.cut()
        self.bus.connections.remove(self)

    def tell(self, store: str, entry: Entry) -> None:
        if self.lost_since is None and not self.is_stalled:
            for queue in self._watchers.get(store, ()):
                queue.put_nowait(entry)

    async def watch(self, store: str) -> AsyncIterator[Entry | None]:
        self._check_store(store)
        queue: asyncio.Queue[Entry | BaseException | None] = asyncio.Queue()
        for entry in self.bus.entries[store].values():
            queue.put_nowait(entry)
        queue.put_nowait(None)
        self._watchers.setdefault(store, []).append(queue)
        try:
            while not isinstance(found := await queue.get(), BaseException):
                yield found
        finally:
            self._watchers[store].remove(queue)

    def _check_open(self) -> None:
        if self.lost_since is not None:
            raise BusError("the connection is lost")

    def _check_store(self, store: str) -> None:
        self._check_open()
        if store not in self.bus.entries:
            raise BusError("there is no such store")


class MemoryStore:
    def __init__(self, connection: MemoryConnection, name: str) -> None:
        self._connection, self._name = connection, name

    async def put(self, key: str, value: bytes) -> int:
        await asyncio.sleep(0)
        return await self._write(key, value)

    async def create(self, key: str, value: bytes) -> int:
        return await self._replace(key, value, 0)

    async def update(self, key: str, value: bytes, revision: int) -> int:
        return await self._replace(key, value, revision)

    async def delete(self, key: str) -> None:
        await asyncio.sleep(0)
        await self._write(key, None)

    async def get(self, key: str) -> Entry | None:
        await asyncio.sleep(0)
        self._connection._check_store(self._name)
        found = self._connection.bus.entries[self._name].get(key)
        return None if found is None or found.value is None else found

    def watch(self) -> AsyncIterator[Entry | None]:
        return self._connection.watch(self._name)

    async def _replace(self, key: str, value: bytes, revision: int) -> int:
        found = await self.get(key)
        if (0 if found is None else found.revision) != revision:
            raise EntryChangedError("it has another revision")
        return await self._write(key, value)

    async def _write(self, key: str, value: bytes | None) -> int:
        self._connection._check_store(self._name)
        if not self._connection.is_stalled:
            return self._connection.bus.write(self._name, key, value)
        if self._connection.on_its_way:
            self._connection.on_its_way -= 1
            self._connection.bus.write(self._name, key, value)
        await asyncio.sleep(ANSWER_TIMEOUT_S)
        raise BusError("no answer")


class MemorySubscription:
    def __init__(self, connection: MemoryConnection, subject: str, handler: Handler, queue: str) -> None:
        self.subject, self.queue = subject, queue
        self._connection, self._handler = connection, handler
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(), name=f"subscription {subject}")

    def take(self, message: Message) -> None:
        self._waiting.put_nowait(message)

    async def end(self) -> None:
        if self in self._connection.subscriptions:
            self._connection.subscriptions.remove(self)
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            message = await self._waiting.get()
            await self._connection.awake.wait()
            await self._handler(message)
