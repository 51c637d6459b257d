"""An entry store in a key-value bucket of NATS JetStream. Implements ``EntryStore``."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

from nats.errors import Error as NatsError
from nats.js.api import RawStreamMsg
from nats.js.client import JetStreamContext
from nats.js.errors import KeyWrongLastSequenceError, NotFoundError
from nats.js.kv import KV_DEL, KV_MARKER_REASON, KV_OP, KV_PURGE, KeyValue

from micboard_tui.bus.connection import BusError, Entry, EntryChangedError

P = ParamSpec("P")
T = TypeVar("T")


class _NotThereError(BusError):
    """There is no such entry or store."""


class NatsStore:
    def __init__(self, streams: JetStreamContext, name: str, is_lost: Callable[[], bool]) -> None:
        self._streams, self._name, self._is_lost = streams, name, is_lost
        self._bucket = KeyValue(name, f"KV_{name}", f"$KV.{name}.", streams, direct=True)
        self._watchers: set[KeyValue.KeyWatcher] = set()

    async def put(self, key: str, value: bytes) -> int:
        return await self._ask(self._bucket.put, key, value)

    async def create(self, key: str, value: bytes) -> int:
        try:
            return await self._ask(self._bucket.update, key, value, 0)
        except EntryChangedError:
            # The library's own fails after an entry that ended by itself, for as long again as it lived.
            if (found := await self._find(key)) is None or not _is_marker(found):
                raise
            return await self._ask(self._bucket.update, key, value, found.seq)

    async def update(self, key: str, value: bytes, revision: int) -> int:
        return await self._ask(self._bucket.update, key, value, revision)

    async def delete(self, key: str) -> None:
        await self._ask(self._bucket.delete, key)

    async def get(self, key: str) -> Entry | None:
        # The library's own takes an entry that ended by itself for an empty one.
        found = await self._find(key)
        return None if found is None or _is_marker(found) else Entry(key, found.data or b"", found.seq or 0)

    async def watch(self) -> AsyncIterator[Entry | None]:
        watcher = await self._ask(self._bucket.watchall)
        self._watchers.add(watcher)
        try:
            async for found in watcher:
                yield None if found is None else _entry_of(found)
        finally:
            self._watchers.discard(watcher)
            await _stop(watcher)

    async def end_watching(self) -> None:
        """End all iterators: after the connection was lost theirs hear nothing for 20 seconds."""
        for watcher in tuple(self._watchers):
            await _stop(watcher)

    async def _find(self, key: str) -> RawStreamMsg | None:
        """The last message of a key, also one that says that it is gone."""
        subject = f"$KV.{self._name}.{key}"
        try:
            return await self._ask(
                self._streams.get_msg, f"KV_{self._name}", None, subject, direct=True, next=False
            )
        except _NotThereError:
            return None

    async def _ask(self, ask: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of the server. Raises BusError."""
        # The client would send it after the connection is back, when it is out of date.
        if self._is_lost():
            raise BusError("the connection is lost")
        try:
            return await ask(*args, **kwargs)
        except NotFoundError as error:
            raise _NotThereError("it is not there") from error
        except KeyWrongLastSequenceError as error:
            raise EntryChangedError(str(error)) from error
        except (NatsError, OSError, TimeoutError) as error:
            raise BusError(str(error) or type(error).__name__) from error


def _is_marker(found: RawStreamMsg) -> bool:
    """Whether it says that the entry is gone."""
    return bool({KV_OP, KV_MARKER_REASON} & (found.headers or {}).keys())


async def _stop(watcher: KeyValue.KeyWatcher) -> None:
    with suppress(NatsError, OSError):
        await watcher.stop()  # type: ignore[no-untyped-call] # of the library


def _entry_of(found: KeyValue.Entry) -> Entry:
    is_gone = found.operation in {KV_DEL, KV_PURGE}
    return Entry(found.key, None if is_gone else found.value or b"", found.revision or 0)
