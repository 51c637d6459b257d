"""A connection that stands for one that is still to be opened, for a board that is painted before.

Implements ``Connection``. Until then nothing can be sent or heard, as without a network, but it is not lost.
"""

from collections.abc import Callable
from contextlib import suppress

from micboard_tui.bus.connection import (
    BusError,
    Connection,
    EndCalls,
    EntryStore,
    Handler,
    Subscription,
)
from micboard_tui.bus.connection_calls import ConnectionCalls


class LateConnection:
    def __init__(self) -> None:
        self._found: Connection | None = None
        self._calls = ConnectionCalls()

    def use(self, connection: Connection) -> None:
        """It is open now. To be called once."""
        self._found = connection
        connection.on_change(self._calls.tell_change)
        connection.on_denied(self._calls.tell_denied)
        self._calls.tell_change()

    @property
    def lost_since(self) -> float | None:
        return None if self._found is None else self._found.lost_since

    @property
    def is_refused(self) -> bool:
        return self._found is not None and self._found.is_refused

    def on_change(self, call: Callable[[], None]) -> EndCalls:
        return self._calls.on_change(call)

    def on_denied(self, call: Callable[[str], None]) -> EndCalls:
        return self._calls.on_denied(call)

    def new_inbox(self) -> str:
        return self._open.new_inbox()

    async def publish(self, subject: str, payload: bytes, reply: str = "") -> None:
        await self._open.publish(subject, payload, reply)

    async def subscribe(self, subject: str, handler: Handler, queue: str = "") -> Subscription:
        return await self._open.subscribe(subject, handler, queue)

    async def open_store(
        self, name: str, *, lifetime_s: float | None = None, is_kept: bool = False
    ) -> EntryStore:
        return await self._open.open_store(name, lifetime_s=lifetime_s, is_kept=is_kept)

    def find_store(self, name: str) -> EntryStore:
        return self._open.find_store(name)

    async def close(self) -> None:
        with suppress(BusError):
            await self._open.close()

    @property
    def _open(self) -> Connection:
        if self._found is None:
            raise BusError("the connection is not open yet")
        return self._found
